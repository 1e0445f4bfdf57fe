// Reads the AI's questions aloud, sentence by sentence, because long utterances stop without a word in some browsers.
// The text is always shown: silence loses nothing.

const SLOWEST_START = 3_000;
const PER_CHARACTER = 150; // ms; a sentence that takes longer has silently broken off

export class ReadAloud {
  #language;
  #queue = [];
  #isSpeaking = false;
  #timer = 0;
  #onChange;
  isOn = false;

  static get exists() {
    return "speechSynthesis" in globalThis;
  }

  /** onChange(isSpeaking): the microphone rests while the computer speaks. */
  constructor({ language, onChange }) {
    this.#language = language;
    this.#onChange = onChange;
  }

  say(text) {
    if (!this.isOn) return;
    this.#queue.push(...(text.match(/[^.!?]+[.!?]*\s*/g) ?? [text]));
    if (!this.#isSpeaking) this.#next();
  }

  stop() {
    this.#queue = [];
    clearTimeout(this.#timer);
    speechSynthesis.cancel();
    this.#set(false);
  }

  #next() {
    const sentence = this.#queue.shift();
    if (!sentence) {
      this.#set(false);
      return;
    }
    this.#set(true);
    const utterance = new SpeechSynthesisUtterance(sentence);
    utterance.lang = this.#language;
    const voices = speechSynthesis.getVoices().filter((voice) => voice.lang.startsWith(this.#language));
    utterance.voice = voices.find((voice) => voice.localService) ?? voices[0] ?? null;
    let isDone = false;
    const goOn = () => {
      if (isDone) return;
      isDone = true;
      clearTimeout(this.#timer);
      this.#next();
    };
    utterance.addEventListener("end", goOn);
    utterance.addEventListener("error", goOn);
    this.#timer = setTimeout(goOn, SLOWEST_START + sentence.length * PER_CHARACTER);
    speechSynthesis.speak(utterance);
  }

  #set(isSpeaking) {
    if (this.#isSpeaking === isSpeaking) return;
    this.#isSpeaking = isSpeaking;
    this.#onChange(isSpeaking);
  }
}
