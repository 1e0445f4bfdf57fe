// When a spoken answer is over. A pause is not the end of one: the interviewer waits for a further silence, longer
// after a sentence that is not finished, longer still by accommodation, and without end while somebody thinks.

const AFTER_A_SENTENCE = 2_000;
const AFTER_A_BEGINNING = 2_500;
const LOOK_AGAIN = 500; // while the last words are still being written down
const STILL_HERE_EVERY = 8_000;
const FINISHED = /[.!?…。！？]["”’)]*\s*$/;

/** How long the silence after these words must be, in milliseconds. */
export function silenceAfter(words, factor) {
  return (FINISHED.test(words) ? AFTER_A_SENTENCE : AFTER_A_BEGINNING) * factor;
}

export class EndOfAnswer {
  #factor;
  #on;
  #timer = 0;
  #thinking = 0;

  /**
   * on: { lastWords(): what was heard last; state(): "settling" while words are being written down, "answered" if
   * there is an answer that silence may end, else "open"; end(); thinking(isThinking); stillHere() }
   */
  constructor({ factor, on }) {
    this.#factor = factor;
    this.#on = on;
  }

  get isThinking() {
    return this.#thinking !== 0;
  }

  /** Nobody says anything now, or somebody does: any word takes the end back. */
  silence(isSilent) {
    clearTimeout(this.#timer);
    if (!isSilent) {
      this.think(false);
      return;
    }
    const wait = silenceAfter(this.#on.lastWords(), this.#factor);
    this.#timer = setTimeout(() => this.#look(), wait);
  }

  /** Time to think, asked for: silence ends nothing until the next word, and the server is told that one is here. */
  think(isThinking) {
    if (isThinking === this.isThinking) return;
    clearTimeout(this.#timer);
    clearInterval(this.#thinking);
    this.#thinking = 0;
    if (isThinking) {
      this.#on.stillHere();
      this.#thinking = setInterval(() => this.#on.stillHere(), STILL_HERE_EVERY);
    }
    this.#on.thinking(isThinking);
  }

  /** The answer was sent, or there is none to wait for. */
  stop() {
    clearTimeout(this.#timer);
    this.think(false);
  }

  /** However long the words take, over a broken network too: who has answered must not wait for a question that waits for them. */
  #look() {
    if (this.isThinking) return;
    const state = this.#on.state();
    if (state === "answered") this.#on.end();
    else if (state === "settling") this.#timer = setTimeout(() => this.#look(), LOOK_AGAIN);
  }
}
