// Speaking in place of typing: the provider's transcription where there is one, else the browser's, else typing. The
// rung is chosen by what works, and falling down a rung is said.
import { BrowserRecognition } from "./browser_recognition.js";
import { need, setText } from "./dom.js";
import { Microphone, MicrophoneTrouble } from "./microphone.js";
import { SpeechSegments } from "./speech_segments.js";
import { SpokenWords } from "./spoken_words.js";

export class VoiceInput {
  #socket;
  #on;
  #words;
  #microphone;
  #segments;
  #recognition;
  #rests = false;
  #isListening = false;
  hasProvider = false;

  /** on: { segment(segId), final(segId, text), problem(words), silence(isSilent) } */
  constructor({ socket, language, on }) {
    this.#socket = socket;
    this.#on = on;
    this.#words = new SpokenWords(socket);
    this.#segments = new SpeechSegments({
      onVoice: () => this.#voice(),
      onSegment: (segId, frames) => {
        on.segment(segId);
        this.#words.send(segId, frames);
        on.silence(true);
      },
    });
    this.#microphone = new Microphone({
      onFrame: (samples, level) => {
        need("level").value = Math.min(1, level * 8);
        if (!this.#rests) this.#segments.push(samples, level);
      },
      onLost: (words) => {
        this.#segments.flush();
        this.#show(false);
        on.problem(words);
      },
    });
    this.#recognition = new BrowserRecognition({
      language,
      on: {
        interim: (segId, text) => {
          this.#voice();
          socket.drop({ type: "segment.interim", seg_id: segId, text });
          setText(need("interim"), text);
        },
        final: (segId, text) => {
          setText(need("interim"), "");
          on.final(segId, text);
          on.silence(true);
        },
        failed: (words) => {
          this.#show(false);
          on.problem(words);
        },
      },
    });
  }

  get isListening() {
    return this.#isListening;
  }

  get isWaiting() {
    return this.#words.isWaiting || this.#segments.isSpeaking;
  }

  #voice() {
    this.#on.silence(false);
    this.#socket.drop({ type: "segment.interim", seg_id: "speaking", text: "" });
  }

  async start() {
    try {
      if (this.hasProvider) await this.#microphone.open();
      else if (BrowserRecognition.exists) this.#recognition.open();
      else throw new MicrophoneTrouble("Speech cannot be written down here. Please type.");
      this.#show(true);
    } catch (trouble) {
      this.#show(false);
      if (!(trouble instanceof MicrophoneTrouble)) throw trouble;
      this.#on.problem(trouble.message);
    }
  }

  stop() {
    this.#segments.flush();
    if (this.#microphone.isOpen) this.#microphone.close();
    if (this.#recognition.isOpen) this.#recognition.close();
    this.#show(false);
  }

  /** While the computer speaks it must not hear itself. */
  rest(rests) {
    this.#rests = rests;
    if (rests) this.#segments.flush();
  }

  #show(isListening) {
    this.#isListening = isListening;
    need("speak").setAttribute("aria-pressed", String(isListening));
    setText(need("speak-words"), isListening ? "Stop speaking" : "Speak");
    need("listening").hidden = !isListening;
    if (!isListening) this.#on.silence(false);
  }
}
