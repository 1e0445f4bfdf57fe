// Reads the AI's questions aloud, sentence by sentence, because long utterances stop without a word in some browsers.
// The text is always shown: silence loses nothing. How far a question was really heard is told when it broke off.

const LONGEST = 200; // characters; remote voices fall silent after about 15 seconds
const VOICES_WITHIN = 2_000;
const SLOWEST_START = 3_000;
const PER_CHARACTER = 150; // ms; a sentence that takes longer has silently broken off

/** Pieces of at most 200 characters, each with where it begins: cut after sentences, else after a comma or a word. */
export function piecesOf(text) {
  const pieces = [];
  for (const sentence of text.matchAll(/[^.!?。！？]+[.!?。！？]*["”’)]*\s*|[.!?。！？]+\s*/g)) {
    let rest = sentence[0];
    let from = sentence.index;
    while (rest.length > LONGEST) {
      const start = rest.slice(0, LONGEST);
      const comma = Math.max(...[",", ";", ":", "–", "、", "，"].map((mark) => start.lastIndexOf(mark)));
      const end = (comma > LONGEST / 2 ? comma : start.lastIndexOf(" ")) + 1 || LONGEST;
      pieces.push({ from, text: rest.slice(0, end) });
      rest = rest.slice(end);
      from += end;
    }
    if (rest.trim()) pieces.push({ from, text: rest });
  }
  return pieces;
}

export class ReadAloud {
  #language;
  #on;
  #queue = [];
  #current = null; // { id, piece, isFirst, isLast, heard }
  #heard = 0; // characters of the current question, without a gap
  #isSpeaking = false;
  #timer = 0;
  isOn = false;

  static get exists() {
    return "speechSynthesis" in globalThis;
  }

  /**
   * on: { change(isSpeaking): the microphone rests while the computer speaks; cut(id, characters): a question was
   * heard until there only; failed(words) }
   */
  constructor({ language, on }) {
    this.#language = language;
    this.#on = on;
  }

  get isSpeaking() {
    return this.#isSpeaking;
  }

  /** Whether there is a voice for this language; asked once the browser has had time to load them. */
  async hasVoice() {
    return (await this.#voices()).length > 0;
  }

  say(id, text) {
    if (!this.isOn) return;
    const pieces = piecesOf(text);
    pieces.forEach((piece, at) => this.#queue.push({ id, piece, isFirst: at === 0, isLast: at === pieces.length - 1, heard: 0 }));
    if (!this.#isSpeaking) this.#next();
  }

  /** At once: somebody interrupts, pauses, or is not here any more. */
  stop() {
    const broken = this.#current;
    const unheard = new Set(this.#queue.map(({ id }) => id));
    this.#queue = [];
    this.#current = null;
    clearTimeout(this.#timer);
    if (ReadAloud.exists) speechSynthesis.cancel();
    if (broken) this.#on.cut?.(broken.id, Math.max(this.#heard, broken.heard));
    unheard.delete(broken?.id);
    for (const id of unheard) this.#on.cut?.(id, 0);
    this.#set(false);
  }

  async #voices() {
    const mine = () => speechSynthesis.getVoices().filter((voice) => voice.lang.toLowerCase().startsWith(this.#language.toLowerCase()));
    if (speechSynthesis.getVoices().length === 0) {
      await new Promise((resolve) => {
        speechSynthesis.addEventListener("voiceschanged", resolve, { once: true });
        setTimeout(resolve, VOICES_WITHIN);
      });
    }
    return mine();
  }

  async #next() {
    const next = this.#queue.shift();
    if (!next) {
      this.#set(false);
      return;
    }
    if (next.isFirst) this.#heard = 0;
    this.#current = next;
    this.#set(true);
    const voices = await this.#voices();
    if (this.#current === next) this.#speak(next, voices);
  }

  #speak(current, voices) {
    const { piece } = current;
    const utterance = new SpeechSynthesisUtterance(piece.text);
    utterance.lang = this.#language;
    utterance.voice = voices.find((voice) => voice.localService) ?? voices[0] ?? null;
    utterance.addEventListener("boundary", ({ charIndex }) => {
      if (this.#heard >= piece.from) current.heard = piece.from + charIndex;
    });
    utterance.addEventListener("end", () => this.#over(current, { wasHeard: true }));
    utterance.addEventListener("error", ({ error }) => {
      if (this.#current === current) this.#on.failed?.(error);
      this.#over(current, { wasHeard: false });
    });
    this.#timer = setTimeout(() => {
      speechSynthesis.cancel();
      this.#over(current, { wasHeard: false });
    }, SLOWEST_START + piece.text.length * PER_CHARACTER);
    speechSynthesis.speak(utterance);
  }

  #over(current, { wasHeard }) {
    if (this.#current !== current) return;
    this.#current = null;
    clearTimeout(this.#timer);
    const { id, piece, isLast } = current;
    const end = piece.from + piece.text.length;
    if (this.#heard >= piece.from) this.#heard = wasHeard ? end : Math.max(this.#heard, current.heard);
    if (isLast && this.#heard < end) this.#on.cut?.(id, this.#heard);
    this.#next();
  }

  #set(isSpeaking) {
    if (this.#isSpeaking === isSpeaking) return;
    this.#isSpeaking = isSpeaking;
    this.#on.change(isSpeaking);
  }
}
