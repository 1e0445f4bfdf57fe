// The browser's own speech recognition: the rung between the provider's transcription and typing. That it exists
// proves nothing, so it counts only once a result came; it stops by itself and is started again.

const Recognition = globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition;
const PROVES_ITSELF_WITHIN = 8_000;
const FATAL = new Set(["not-allowed", "service-not-allowed", "audio-capture", "network", "language-not-supported"]);

export class BrowserRecognition {
  static get exists() {
    return Boolean(Recognition);
  }

  #language;
  #on;
  #recognition = null;
  #segId = "";
  #timer = 0;
  #hasProvedItself = false;

  /** on: { interim(segId, text), final(segId, text), failed(words) } */
  constructor({ language, on }) {
    this.#language = language;
    this.#on = on;
  }

  get isOpen() {
    return this.#recognition !== null;
  }

  open() {
    const recognition = new Recognition();
    recognition.lang = this.#language;
    recognition.continuous = true;
    recognition.interimResults = true;
    recognition.addEventListener("result", (event) => this.#heard(event));
    recognition.addEventListener("speechstart", () => this.#waitForProof());
    recognition.addEventListener("error", (event) => FATAL.has(event.error) && this.#fail());
    recognition.addEventListener("end", () => {
      if (this.#recognition === recognition) recognition.start();
    });
    this.#recognition = recognition;
    recognition.start();
  }

  close() {
    const recognition = this.#recognition;
    this.#recognition = null;
    clearTimeout(this.#timer);
    recognition?.stop();
  }

  #heard(event) {
    this.#hasProvedItself = true;
    clearTimeout(this.#timer);
    for (const result of [...event.results].slice(event.resultIndex)) {
      this.#segId ||= crypto.randomUUID();
      const text = result[0].transcript.trim();
      if (!text) continue;
      if (result.isFinal) {
        this.#on.final(this.#segId, text);
        this.#segId = "";
      } else {
        this.#on.interim(this.#segId, text);
      }
    }
  }

  #waitForProof() {
    if (this.#hasProvedItself) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fail(), PROVES_ITSELF_WITHIN);
  }

  #fail() {
    this.close();
    this.#on.failed("This browser cannot write down speech. Please type; nothing is lost.");
  }
}
