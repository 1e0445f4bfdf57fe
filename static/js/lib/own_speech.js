// A member's own speech in the conversation until it has words: being written down; or failed, and then it can be
// tried again, because the sound is kept.
import { make } from "./dom.js";

const WRITING = "Writing down what was said…";
const FAILED = "This could not be written down. The sound is kept on this device.";

export class OwnSpeech {
  #words;
  #transcript;
  #whose;

  /** whose(extra): { speaker, name } of a segment that was sent with these fields */
  constructor({ words, transcript, whose }) {
    this.#words = words;
    this.#transcript = transcript;
    this.#whose = whose;
    words.addEventListener("sent", ({ detail }) => this.#show(detail.seg_id));
    words.addEventListener("failed", ({ detail }) => this.failed(detail.seg_id));
    words.addEventListener("settled", ({ detail }) => transcript.gone(detail.seg_id));
    this.showAll();
  }

  /** Also what an earlier page could not deliver. */
  showAll() {
    for (const { segId, hasFailed } of this.#words.waiting) {
      if (hasFailed) this.failed(segId);
      else this.#show(segId);
    }
  }

  failed(segId) {
    this.#show(segId, FAILED, [
      this.#button("Try again", () => {
        this.#show(segId);
        this.#words.retry(segId);
      }),
      this.#button("Leave it out", () => this.#words.forget(segId)),
    ]);
  }

  #show(segId, text = WRITING, buttons = []) {
    const entry = this.#words.waiting.find((one) => one.segId === segId);
    if (entry) this.#transcript.waiting({ segId, text, buttons, ...this.#whose(entry.extra) });
  }

  #button(words, act) {
    const button = make("button", { class: "button button-small", type: "button" }, words);
    button.addEventListener("click", act);
    return button;
  }
}
