// Whether the interview is being recorded, said to members: what the candidate answered, and whether sound comes.
import { find, need, setText } from "./dom.js";

const SAYS = { none: "No recording", agreed: "Recording agreed", recording: "Recording" };

export class RecordingState {
  #place = need("recording");
  #isAgreed = null; // nobody has answered yet
  #isRunning = false;
  #state = "waiting"; // of the interview

  answered({ answer, recording }) {
    this.#isAgreed = answer === "given" && recording === true;
    if (!this.#isAgreed) this.#isRunning = false;
    this.#show();
  }

  /** The first sound of a stretch has come; a pause or a reload begins the next. Answers whether that is news. */
  begun() {
    const wasRunning = this.#isRunning;
    this.#isRunning = true;
    this.#show();
    return !wasRunning;
  }

  /** Nothing is recorded while the interview is not live. */
  follow(state) {
    this.#state = state;
    if (state !== "live") this.#isRunning = false;
    this.#show();
  }

  #show() {
    this.#place.hidden = this.#isAgreed === null || this.#state === "ended";
    const kind = !this.#isAgreed ? "none" : this.#isRunning ? "recording" : "agreed";
    const words = find("span", this.#place);
    words.className = `status status-${kind}`;
    setText(words, SAYS[kind]);
  }
}
