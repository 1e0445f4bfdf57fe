// Words that arrive bit by bit, shown word by word at a reading pace, however they came.
import { make } from "./dom.js";

const EVERY = 45;
const FAST_ABOVE = 40; // words behind: then several at a time, so that the text never lags far
const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export class StreamedText {
  #element;
  #text = "";
  #shown = 0;
  #timer = 0;
  #whenShown = null;

  constructor(element) {
    this.#element = element;
  }

  /** The next words. What does not fit at its place is left out: the whole text comes later. */
  add(offset, words) {
    if (offset !== this.#text.length) return;
    this.#text += words;
    this.#go();
  }

  /** The whole text: shown at once, or from where the words stand. */
  finish(text, { atOnce = false } = {}) {
    if (atOnce || !text.startsWith(this.#text.slice(0, this.#shown))) {
      this.#stop();
      this.#text = text;
      this.#shown = text.length;
      this.#element.textContent = text;
      return Promise.resolve();
    }
    this.#text = text;
    return new Promise((resolve) => {
      this.#whenShown = resolve;
      this.#go();
    });
  }

  #go() {
    if (isCalm()) {
      this.#show(this.#text.length);
      return;
    }
    this.#timer ||= setInterval(() => this.#step(), EVERY);
  }

  #step() {
    const behind = this.#text.slice(this.#shown);
    const count = behind.split(/\s+/).length > FAST_ABOVE ? 3 : 1;
    let end = this.#shown;
    for (let i = 0; i < count; i += 1) {
      const word = /^\s*\S+\s*/.exec(this.#text.slice(end));
      if (!word) break;
      end += word[0].length;
    }
    this.#show(end > this.#shown ? end : this.#text.length);
  }

  #show(end) {
    if (end > this.#shown) {
      this.#element.append(make("span", { class: "word" }, this.#text.slice(this.#shown, end)));
      this.#shown = end;
    }
    if (this.#shown < this.#text.length) return;
    this.#stop();
    if (this.#whenShown) {
      this.#element.textContent = this.#text;
      this.#whenShown();
      this.#whenShown = null;
    }
  }

  #stop() {
    clearInterval(this.#timer);
    this.#timer = 0;
  }
}
