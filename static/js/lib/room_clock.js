// How much time is left, in calm words: whole minutes, and a hint near the end.
import { setText } from "./dom.js";

const SHORT = 5 * 60_000;

export class RoomClock {
  #element;
  #elapsed = 0;
  #total = 0;
  #since = 0; // when `elapsed` was right; 0 while the clock stands

  constructor(element) {
    this.#element = element;
    setInterval(() => this.#show(), 5_000);
  }

  set({ elapsed_ms, total_ms, runs }) {
    this.#elapsed = elapsed_ms;
    this.#total = total_ms;
    this.#since = runs ? Date.now() : 0;
    this.#show();
  }

  run(runs) {
    this.#elapsed = this.elapsed();
    this.#since = runs ? Date.now() : 0;
    this.#show();
  }

  /** Something happened at this moment: a clock that stood still with a sleeping tab, or was set back, is behind. */
  reached(ms) {
    if (!(ms > this.elapsed())) return;
    this.#elapsed = ms;
    if (this.#since) this.#since = Date.now();
    this.#show();
  }

  elapsed() {
    return Math.round(this.#elapsed + (this.#since ? Date.now() - this.#since : 0));
  }

  #show() {
    if (!this.#total) return;
    const left = this.#total - this.elapsed();
    const minutes = Math.max(0, Math.round(left / 60_000));
    setText(this.#element, left < 60_000 ? "Time is nearly up" : `${minutes} min left`);
    this.#element.classList.toggle("is-short", left < SHORT);
  }
}
