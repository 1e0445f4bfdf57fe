// Speaking in place of typing: the provider's transcription where there is one, else the browser's, else typing. The
// rung is chosen by what works, and falling down a rung is said. Several may live on one page, each with its own
// source of sound; they share one SpokenWords.
import { BrowserRecognition } from "./browser_recognition.js";
import { setText } from "./dom.js";
import { Microphone, MicrophoneTrouble } from "./microphone.js";
import { SpeechSegments } from "./speech_segments.js";

const INTERIM_EVERY = 300;
const FALLS_AFTER = 2; // segments in a row that the provider could not write down
const RISES_AFTER = 120_000;
const WORDS = {
  listening: "Listening…",
  rests: "Not listening while the question is read aloud",
  asleep: "No sound arrives: press anywhere on this page to wake the microphone",
};
const HINTS = {
  provider: "An AI provider writes down what you say.",
  browser: "Your browser writes down what you say, and may send the sound to its maker.",
  typing: "Speech cannot be written down here. Please type.",
};
const FALLEN = {
  browser: "What you say cannot be written down the usual way now; the sound is kept. Press Speak to let your browser write it down (it may send the sound to its maker), or type.",
  typing: "What you say cannot be written down now; the sound is kept. Please type.",
};

export class VoiceInput {
  #socket;
  #words;
  #on;
  #extra;
  #elements;
  #names;
  #canUseBrowser;
  #microphone;
  #segments;
  #recognition;
  #mine = new Set();
  #failures = 0;
  #fallenUntil = 0;
  #interimAt = 0;
  #soFar = { segId: "", text: "" };
  #heard = { segId: "", said: {} }; // what the browser hears now, and with which fields
  #saidBefore = null; // the fields of what it has still to tell of those who spoke until now
  #state = { isListening: false, rests: false, isAsleep: false };
  hasProvider = false;
  /** With headphones: the microphone stays open while the computer speaks, and a voice stops it. */
  mayInterrupt = false;

  /**
   * words: the page's SpokenWords. source: opens another sound than the microphone; then only a provider can write
   * it down. extra(): fields that go with each segment, asked when it begins. elements, all optional: button,
   * buttonWords, listening, listeningWords, level, interim. names: { speak, stop } of the button.
   * shownOf: the speaker whose words so far this shows as the room tells them; none where the page shows everybody's.
   * on: { segment(segId, wordsSoFar), final(segId, text, extra) heard by the browser, problem(words), silence?(isSilent),
   * change?(isListening), sustained?() }
   */
  constructor({ socket, words, language, source, lost, extra = () => ({}), elements = {}, names = { speak: "Speak", stop: "Stop speaking" }, shownOf = null, on }) {
    this.#socket = socket;
    this.#words = words;
    this.#on = on;
    this.#extra = extra;
    this.#elements = elements;
    this.#names = names;
    this.#canUseBrowser = !source;
    let said = {}; // who speaks is settled when a segment begins
    this.#segments = new SpeechSegments({
      on: {
        voice: (segId) => {
          if (!this.#mine.has(segId)) {
            said = this.#extra();
            words.begin(segId, said);
          }
          this.#mine.add(segId);
          this.#voice(segId, "", said);
        },
        frame: (segId, samples) => words.hear(segId, samples),
        sustained: () => this.#on.sustained?.(),
        segment: (segId, frames) => {
          on.segment(segId, this.#soFar.segId === segId ? this.#soFar.text : "");
          this.#showSoFar("", "");
          words.send(segId, frames, said);
          on.silence?.(true);
        },
      },
    });
    this.#microphone = new Microphone({
      source,
      lost,
      on: {
        frame: (samples, level) => this.#frame(samples, level),
        lost: (trouble) => {
          this.#segments.flush();
          this.#show({ isListening: false });
          on.problem(trouble);
        },
        asleep: (isAsleep) => this.#show({ isAsleep }),
      },
    });
    this.#recognition = new BrowserRecognition({ language, on: this.#heardByBrowser() });
    socket.addEventListener("event", ({ detail }) => this.#watchProvider(detail));
    socket.addEventListener("frame", ({ detail }) => {
      const isOpen = detail.type === "segment.interim" && detail.seg_id === this.#segments.openId;
      if (isOpen && detail.speaker === shownOf) this.#showSoFar(detail.seg_id, detail.text); // an id is nobody's own
    });
    socket.addEventListener("refused", ({ detail }) => {
      if (detail.code === "no_speech" && this.#microphone.isOpen) this.#fall();
    });
  }

  get isListening() {
    return this.#state.isListening;
  }

  /** The rung that speech would take now: provider, browser or typing. */
  get rung() {
    if (this.hasProvider && Date.now() >= this.#fallenUntil) return "provider";
    const canUseBrowser = this.#canUseBrowser && BrowserRecognition.exists && !this.#recognition.hasFailed;
    return canUseBrowser ? "browser" : "typing";
  }

  /** Said beside the button before anything is heard: where the sound goes. */
  get hint() {
    return HINTS[this.rung];
  }

  /** The device that is really used. */
  get deviceId() {
    return this.#microphone.deviceId;
  }

  async start() {
    const { rung } = this;
    try {
      if (rung === "typing") throw new MicrophoneTrouble(HINTS.typing);
      if (rung === "browser") this.#recognition.open();
      else if (!(await this.#microphone.open())) return;
      this.#show({ isListening: true, isAsleep: false });
    } catch (trouble) {
      this.#show({ isListening: false });
      if (!(trouble instanceof MicrophoneTrouble)) throw trouble;
      this.#on.problem(trouble.message);
    }
  }

  stop() {
    this.#segments.flush();
    this.#microphone.close();
    this.#recognition.close();
    this.#show({ isListening: false });
  }

  /** The answer is done, or somebody else speaks now: resolves when the last words are handed over. It listens on. */
  async finish() {
    this.#segments.flush();
    this.#saidBefore ??= this.#extra();
    try {
      await this.#recognition.finish();
    } finally {
      this.#saidBefore = null;
    }
  }

  /** While the computer speaks it must not hear itself. */
  rest(rests) {
    const isDeaf = rests && !(this.mayInterrupt && this.#microphone.isOpen);
    if (isDeaf) this.#segments.flush();
    this.#recognition.rest(rests);
    this.#show({ rests: isDeaf });
  }

  #frame(samples, level) {
    const { rests } = this.#state;
    if (this.#elements.level) this.#elements.level.value = rests ? 0 : Math.min(1, level * 8);
    if (!rests) this.#segments.push(samples, level);
  }

  #voice(segId, text, said) {
    this.#on.silence?.(false);
    if (text && Date.now() - this.#interimAt < INTERIM_EVERY) return;
    this.#interimAt = Date.now();
    this.#socket.drop({ type: "segment.interim", seg_id: segId, text, ...said });
  }

  /** What was understood until now of a segment that goes on. */
  #showSoFar(segId, text) {
    this.#soFar = { segId, text };
    if (this.#elements.interim) setText(this.#elements.interim, text);
  }

  #heardByBrowser() {
    return {
      voice: (segId) => this.#voice(segId, "", this.#extra()),
      interim: (segId, text) => {
        this.#voice(segId, text, this.#fieldsOf(segId));
        this.#showSoFar(segId, text);
      },
      final: (segId, text) => {
        this.#showSoFar("", "");
        this.#on.final(segId, text, this.#fieldsOf(segId));
        this.#on.silence?.(true);
      },
      failed: (trouble) => {
        this.#showSoFar("", "");
        this.#show({ isListening: false });
        this.#on.problem(trouble);
      },
    };
  }

  /** Settled when it begins, as with sound: whoever speaks when its words are told may be somebody else. */
  #fieldsOf(segId) {
    if (this.#heard.segId !== segId) this.#heard = { segId, said: this.#saidBefore ?? this.#extra() };
    return this.#heard.said;
  }

  #watchProvider({ kind, seg_id }) {
    if (!this.#mine.has(seg_id)) return;
    if (kind === "segment.final") this.#failures = 0;
    if (kind !== "segment.failed") return;
    this.#failures += 1;
    if (this.#failures >= FALLS_AFTER) this.#fall();
  }

  #fall() {
    this.#failures = 0;
    this.#fallenUntil = Date.now() + RISES_AFTER;
    if (this.#microphone.isOpen) this.stop();
    this.#on.problem(FALLEN[this.rung]);
  }

  #show(change) {
    const before = this.#state;
    this.#state = { ...before, ...change };
    const { isListening, rests, isAsleep } = this.#state;
    const { button, buttonWords, listening, listeningWords, level } = this.#elements;
    button?.setAttribute("aria-pressed", String(isListening));
    if (buttonWords) setText(buttonWords, isListening ? this.#names.stop : this.#names.speak);
    if (listening) listening.hidden = !isListening;
    if (level) level.hidden = !this.#microphone.isOpen;
    if (listeningWords) setText(listeningWords, isAsleep ? WORDS.asleep : rests ? WORDS.rests : WORDS.listening);
    if (isListening === before.isListening) return;
    if (!isListening) this.#on.silence?.(false);
    this.#on.change?.(isListening);
  }
}
