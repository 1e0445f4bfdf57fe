// Cuts a stream of 100 ms frames into spoken segments by loudness. Pure: no browser part is used, so it can be tested.

const PRE_ROLL = 3; // frames before the voice is noticed: the first sound of a word is soft
const OPENS_AFTER = 1; // loud frames in a row
const CLOSES_AFTER = 7; // quiet frames in a row: 700 ms ends a segment, not an answer
const LONGEST = 300; // 30 s: then the next segment begins without a gap
const QUIETEST = 0.006;
const ABOVE_NOISE = 3;

export class SpeechSegments {
  #onSegment;
  #onVoice;
  #before = [];
  #segment = null;
  #loud = 0;
  #quiet = 0;
  #noise = 0.003;

  /** onVoice(id) when somebody begins to speak; onSegment(id, frames) when a segment is whole. */
  constructor({ onVoice, onSegment, newId = () => crypto.randomUUID() }) {
    this.#onVoice = onVoice;
    this.#onSegment = onSegment;
    this.newId = newId;
  }

  get isSpeaking() {
    return this.#segment !== null;
  }

  push(samples, level) {
    const isLoud = level > Math.max(QUIETEST, this.#noise * ABOVE_NOISE);
    // The room's own noise is learnt slowly, and only while nobody speaks.
    if (!isLoud && !this.#segment) this.#noise = this.#noise * 0.95 + level * 0.05;
    this.#loud = isLoud ? this.#loud + 1 : 0;
    this.#quiet = isLoud ? 0 : this.#quiet + 1;
    if (this.#segment) this.#goOn(samples);
    else this.#waitForVoice(samples);
  }

  /** The microphone is switched off in the middle of a word: what was said until then counts. */
  flush() {
    if (this.#segment) this.#close();
    this.#before = [];
  }

  #waitForVoice(samples) {
    this.#before.push(samples);
    if (this.#loud >= OPENS_AFTER) {
      this.#open(this.#before);
      this.#before = [];
    } else if (this.#before.length > PRE_ROLL) {
      this.#before.shift();
    }
  }

  #goOn(samples) {
    this.#segment.frames.push(samples);
    if (this.#quiet >= CLOSES_AFTER) {
      this.#close();
    } else if (this.#segment.frames.length >= LONGEST) {
      this.#close();
      this.#open([]);
    }
  }

  #open(frames) {
    this.#segment = { id: this.newId(), frames: [...frames] };
    this.#onVoice(this.#segment.id);
  }

  #close() {
    const { id, frames } = this.#segment;
    this.#segment = null;
    this.#onSegment(id, frames);
  }
}
