// Reading the questions aloud, as a choice of whoever listens: offered where there is a voice, stopped by one button.
import { need, setText } from "./dom.js";
import { ReadAloud } from "./read_aloud.js";

const STILL_HERE_EVERY = 8_000;

export class QuestionReading {
  #aloud;
  #key;
  #stillHere = 0;

  /**
   * on: { speaking(isSpeaking), stillHere() now and then while it is read: who listens is not silent;
   * cut(msgId, characters), problem(words), stopped() by the button }
   */
  constructor({ interview, language, on }) {
    this.#key = `meetmind-aloud-${interview}`;
    this.#aloud = new ReadAloud({
      language,
      on: {
        change: (isSpeaking) => {
          need("reading").hidden = !isSpeaking;
          clearInterval(this.#stillHere);
          if (isSpeaking) this.#stillHere = setInterval(() => on.stillHere(), STILL_HERE_EVERY);
          on.speaking(isSpeaking);
        },
        cut: on.cut,
        failed: () => on.problem("This browser cannot read aloud now. The question is shown as text."),
      },
    });
    need("read-aloud").addEventListener("click", () => this.#choose(!this.#aloud.isOn));
    need("stop-reading").addEventListener("click", () => {
      this.stop();
      on.stopped();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.stop();
    });
    addEventListener("pagehide", () => this.stop());
  }

  get isSpeaking() {
    return this.#aloud.isSpeaking;
  }

  say(msgId, text) {
    this.#aloud.say(msgId, text);
  }

  stop() {
    this.#aloud.stop();
  }

  /** What was chosen before a reload holds; before the start it is a box to tick, ticked where it works. */
  async offer({ isWanted }) {
    if (!ReadAloud.exists) return;
    need("read-aloud").hidden = false;
    const chosen = sessionStorage.getItem(this.#key);
    this.#choose(chosen === "true", { isKept: chosen !== null });
    const hasVoice = await this.#aloud.hasVoice();
    need("start-aloud-choice").hidden = !hasVoice;
    if (chosen === null) need("start-aloud").checked = hasVoice && isWanted;
  }

  /** The interview starts: a click was made, so the browser lets the page speak. */
  begin() {
    this.#choose(need("start-aloud").checked);
  }

  /** Nothing of the choice stays on this device. */
  forget() {
    sessionStorage.removeItem(this.#key);
  }

  #choose(isOn, { isKept = true } = {}) {
    this.#aloud.isOn = isOn && ReadAloud.exists;
    if (!this.#aloud.isOn) this.stop();
    if (isKept) sessionStorage.setItem(this.#key, String(this.#aloud.isOn));
    need("read-aloud").setAttribute("aria-pressed", String(this.#aloud.isOn));
    setText(need("read-aloud-words"), this.#aloud.isOn ? "Stop reading aloud" : "Read the questions aloud");
  }
}
