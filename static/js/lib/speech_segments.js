// Cuts a stream of 100 ms frames into spoken segments by loudness. Pure: no browser part is used, so it can be tested.

const PRE_ROLL = 3; // frames before the voice is noticed: the first sound of a word is soft
const OPENS_AFTER = 1; // loud frames in a row
const SUSTAINED_AFTER = 2; // 200 ms: a voice, not a cough
const VOICE_EVERY = 30; // 3 s: whoever speaks for long is still known to speak
const CLOSES_AFTER = 7; // quiet frames in a row: 700 ms ends a segment, not an answer
const LONGEST = 300; // 30 s: then the next segment begins without a gap
const QUIETEST = 0.006;
const ABOVE_NOISE = 3;

export class SpeechSegments {
  #on;
  #newId;
  #before = [];
  #segment = null;
  #loud = 0;
  #quiet = 0;
  #noise = 0.003;

  /**
   * on: { voice(id) at the first sound of a segment and every 3 s while it lasts; sustained?(id) once it is surely
   * a voice; frame?(id, samples) as they come; segment(id, frames) when it is whole }
   */
  constructor({ on, newId = () => crypto.randomUUID() }) {
    this.#on = on;
    this.#newId = newId;
  }

  get isSpeaking() {
    return this.#segment !== null;
  }

  /** Of the segment that is being spoken. */
  get openId() {
    return this.#segment?.id ?? null;
  }

  push(samples, level) {
    const isLoud = level > Math.max(QUIETEST, this.#noise * ABOVE_NOISE);
    // The room's own noise is learnt slowly, and only while nobody speaks.
    if (!isLoud && !this.#segment) this.#noise = this.#noise * 0.95 + level * 0.05;
    this.#loud = isLoud ? this.#loud + 1 : 0;
    this.#quiet = isLoud ? 0 : this.#quiet + 1;
    if (this.#segment) this.#goOn(samples);
    else this.#waitForVoice(samples);
    if (this.#segment && this.#loud === SUSTAINED_AFTER) this.#on.sustained?.(this.#segment.id);
  }

  /** Somebody is done, or the microphone is switched off in the middle of a word: what was said until then counts. */
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
    const { id, frames } = this.#segment;
    frames.push(samples);
    this.#on.frame?.(id, samples);
    if (frames.length % VOICE_EVERY === 0) this.#on.voice(id);
    if (this.#quiet >= CLOSES_AFTER) {
      this.#close();
    } else if (frames.length >= LONGEST) {
      this.#close();
      this.#open([]);
    }
  }

  #open(frames) {
    this.#segment = { id: this.#newId(), frames: [...frames] };
    this.#on.voice(this.#segment.id);
    for (const samples of frames) this.#on.frame?.(this.#segment.id, samples);
  }

  #close() {
    const { id, frames } = this.#segment;
    this.#segment = null;
    this.#on.segment(id, frames);
  }
}

/** Frames of a segment as one piece of sound. */
export function joined(frames) {
  const samples = new Int16Array(frames.reduce((sum, frame) => sum + frame.length, 0));
  let at = 0;
  for (const frame of frames) {
    samples.set(frame, at);
    at += frame.length;
  }
  return samples;
}
