// The browser's own speech recognition: the rung between the provider's transcription and typing. That it exists
// proves nothing, so it counts only once a result came; it stops by itself and is started again.

const Recognition = globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition;
const PROVES_ITSELF_WITHIN = 8_000;
const LAST_WORDS_WITHIN = 1_500;
const RESTARTS = [100, 300, 1_000, 3_000]; // pauses before starting again; the last one stays
const MOST_TROUBLES = 4; // in a row: a network that drops once is no reason to give up
const FATAL = new Set(["not-allowed", "service-not-allowed", "audio-capture", "language-not-supported"]);
const NOT_ALLOWED = "The browser may not use the microphone. Allow it in the address bar, or go on typing.";
const FAILED = "This browser cannot write down speech now. Please type; nothing is lost.";

export class BrowserRecognition {
  static get exists() {
    return Boolean(Recognition);
  }

  #language;
  #on;
  #isOpen = false;
  #rests = false;
  #recognition = null; // the one that runs now
  #segId = "";
  #interim = "";
  #proofTimer = 0;
  #restartTimer = 0;
  #restarts = 0;
  #troubles = 0;
  #whenEnded = [];
  hasProvedItself = false;
  hasFailed = false;

  /** on: { voice(segId), interim(segId, text), final(segId, text), failed(words) } */
  constructor({ language, on }) {
    this.#language = language;
    this.#on = on;
  }

  get isOpen() {
    return this.#isOpen;
  }

  open() {
    this.#isOpen = true;
    this.#restarts = 0;
    this.#troubles = 0;
    if (!this.#recognition && !this.#rests) this.#begin();
  }

  close() {
    this.#isOpen = false;
    this.#end();
  }

  /** While the computer speaks it must not hear itself. What was heard until then counts. */
  rest(rests) {
    if (this.#rests === rests) return;
    this.#rests = rests;
    if (rests) this.#end();
    else if (this.#isOpen && !this.#recognition) this.#begin();
  }

  /** Resolves when the last words are told; then it listens on. */
  async finish() {
    if (!this.#recognition) return;
    const ended = new Promise((resolve) => this.#whenEnded.push(resolve));
    this.#recognition.stop();
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, LAST_WORDS_WITHIN))]);
    this.#settle();
  }

  #begin() {
    clearTimeout(this.#restartTimer);
    const recognition = new Recognition();
    recognition.lang = this.#language;
    recognition.continuous = true;
    recognition.interimResults = true;
    recognition.addEventListener("result", (event) => recognition === this.#recognition && this.#heard(event));
    recognition.addEventListener("speechstart", () => this.#waitForProof());
    recognition.addEventListener("error", ({ error }) => recognition === this.#recognition && this.#trouble(error));
    recognition.addEventListener("end", () => recognition === this.#recognition && this.#ended());
    this.#recognition = recognition;
    try {
      recognition.start();
    } catch {
      this.#recognition = null;
      this.#beginLater();
    }
  }

  #end() {
    clearTimeout(this.#proofTimer);
    clearTimeout(this.#restartTimer);
    this.#recognition?.stop();
  }

  #ended() {
    this.#recognition = null;
    clearTimeout(this.#proofTimer);
    this.#settle();
    for (const resolve of this.#whenEnded.splice(0)) resolve();
    if (this.#isOpen && !this.#rests) this.#beginLater();
  }

  #beginLater() {
    const pause = RESTARTS[Math.min(this.#restarts, RESTARTS.length - 1)];
    this.#restarts += 1;
    clearTimeout(this.#restartTimer);
    this.#restartTimer = setTimeout(() => {
      if (this.#isOpen && !this.#rests && !this.#recognition) this.#begin();
    }, pause);
  }

  #heard(event) {
    this.hasProvedItself = true;
    this.#restarts = 0;
    this.#troubles = 0;
    clearTimeout(this.#proofTimer);
    const waiting = [];
    for (const result of [...event.results].slice(event.resultIndex)) {
      const text = result[0].transcript.trim();
      if (!text) continue;
      this.#segId ||= crypto.randomUUID();
      if (result.isFinal) this.#final(text);
      else waiting.push(text);
    }
    this.#interim = waiting.join(" ");
    if (this.#interim) this.#on.interim(this.#segId, this.#interim);
  }

  #final(text) {
    const segId = this.#segId;
    this.#segId = "";
    this.#interim = "";
    this.#on.final(segId, text);
  }

  /** It ended over words that it had not settled: better those than none. */
  #settle() {
    if (this.#interim) this.#final(this.#interim);
  }

  #waitForProof() {
    this.#on.voice(this.#segId || "speaking");
    if (this.hasProvedItself) return;
    clearTimeout(this.#proofTimer);
    this.#proofTimer = setTimeout(() => this.#fail(FAILED), PROVES_ITSELF_WITHIN);
  }

  #trouble(error) {
    if (FATAL.has(error)) {
      this.#fail(error === "not-allowed" ? NOT_ALLOWED : FAILED);
    } else if (error !== "no-speech" && error !== "aborted") {
      this.#troubles += 1;
      if (!this.hasProvedItself || this.#troubles >= MOST_TROUBLES) this.#fail(FAILED);
    }
  }

  #fail(words) {
    if (!this.#isOpen) return;
    this.hasFailed = words === FAILED; // a permission can still be given
    this.close();
    this.#settle();
    this.#on.failed(words);
  }
}
