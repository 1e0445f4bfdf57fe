// Records the candidate's voice while the interview is live and they agree, and says truthfully whether it does.
// Each unbroken stretch is a recording of its own: a pause, a reload or another microphone begins the next.
import { csrfToken, setText } from "./dom.js";
import { MicrophoneTrouble, openMicrophone } from "./microphone.js";
import { RecordingUpload } from "./recording_upload.js";

const CHUNK_MS = 5_000;
const BITS_PER_SECOND = 32_000; // speech in Opus
const KINDS = ["audio/webm;codecs=opus", "audio/webm", "audio/mp4"];
const LOST = "The microphone was lost, so you are not recorded.";
const CANNOT = "This browser cannot record, so you are not recorded.";
const UNREACHED = "The server cannot be reached, so you are not recorded yet. Try again.";
const STUCK = "It is kept on this device until it can be sent.";

export class Recorder {
  #upload;
  #clock;
  #elements;
  #stoppedKey;
  #openKey;
  #isAgreed;
  #isLive = false;
  #isOpening = false;
  #media = null;
  #trouble = "";
  #sending = ""; // what the server says of the chunks

  /** elements: { box, words, button }; isAgreed: what the candidate last answered. */
  static async open({ interview, clock, isAgreed, elements }) {
    return new Recorder({ interview, clock, isAgreed, elements, upload: await RecordingUpload.open(interview) });
  }

  constructor({ interview, clock, isAgreed, elements, upload }) {
    this.#upload = upload;
    this.#clock = clock;
    this.#elements = elements;
    this.#stoppedKey = `meetmind-not-recorded-${interview}`;
    this.#openKey = `meetmind-recording-${interview}`;
    this.#endWhatAReloadBrokeOff();
    // Stopped while the server was away: a reload must not begin again.
    const isStopped = sessionStorage.getItem(this.#stoppedKey) !== null;
    this.#isAgreed = isAgreed && !isStopped;
    if (isStopped) this.#tellStopped();
    upload.addEventListener("change", ({ detail }) => {
      this.#sending = detail.words;
      this.#show();
    });
    elements.button.addEventListener("click", () => {
      if (this.#media || this.#isOpening) this.#stopForGood();
      else this.#agree();
    });
    this.#show();
  }

  /** Records while the room is live. */
  follow(isLive) {
    if (isLive !== this.#isLive) this.#trouble = "";
    this.#isLive = isLive;
    this.#follow();
  }

  /** The interview is over. True once the server has everything. */
  async finish(milliseconds) {
    this.follow(false);
    return this.#upload.drained(milliseconds);
  }

  #follow() {
    const isWanted = this.#isLive && this.#isAgreed && !this.#trouble;
    if (isWanted && !this.#media && !this.#isOpening) this.#begin();
    if (!isWanted && this.#media) this.#end();
    this.#show();
  }

  async #begin() {
    this.#isOpening = true;
    try {
      const stream = await openMicrophone();
      this.#isOpening = false;
      if (this.#isLive && this.#isAgreed) this.#record(stream);
      else release(stream);
    } catch (trouble) {
      this.#isOpening = false;
      if (!(trouble instanceof MicrophoneTrouble)) throw trouble;
      this.#trouble = `You are not recorded. ${trouble.message}`;
    }
    this.#show();
  }

  #record(stream) {
    const mimeType = globalThis.MediaRecorder ? KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)) : undefined;
    if (!mimeType) {
      release(stream);
      this.#trouble = CANNOT;
      return;
    }
    const media = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITS_PER_SECOND });
    const recording = { recording: crypto.randomUUID(), mime: mimeType.split(";")[0], started_ms: this.#clock.elapsed() };
    let number = 0;
    media.addEventListener("dataavailable", async ({ data }) => {
      if (data.size === 0) return;
      const chunk = { ...recording, number: number++ };
      sessionStorage.setItem(this.#openKey, JSON.stringify({ ...recording, number }));
      await this.#upload.add({ ...chunk, data: await data.arrayBuffer() });
    });
    media.addEventListener("stop", () => {
      release(stream);
      this.#tellEnd({ ...recording, number });
      if (this.#media !== media) return;
      this.#media = null; // it stopped by itself
      this.#trouble = LOST;
      this.#show();
    });
    this.#media = media;
    media.start(CHUNK_MS);
  }

  /** So it need not be waited for. */
  #endWhatAReloadBrokeOff() {
    const broken = sessionStorage.getItem(this.#openKey);
    if (broken) this.#tellEnd(JSON.parse(broken));
  }

  #tellEnd(recording) {
    const open = JSON.parse(sessionStorage.getItem(this.#openKey) ?? "{}");
    if (open.recording === recording.recording) sessionStorage.removeItem(this.#openKey);
    this.#upload.add({ ...recording, data: new ArrayBuffer(0) });
  }

  #end() {
    const media = this.#media;
    this.#media = null;
    media.stop();
  }

  #stopForGood() {
    this.#isAgreed = false;
    sessionStorage.setItem(this.#stoppedKey, "");
    this.#follow();
    this.#tellStopped();
  }

  async #tellStopped() {
    for (let wait = 1_000; sessionStorage.getItem(this.#stoppedKey) !== null; wait = Math.min(30_000, wait * 2)) {
      const status = await choose("off");
      if (status && status < 500) sessionStorage.removeItem(this.#stoppedKey);
      else await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  /** Only what the server knows of is recorded. */
  async #agree() {
    sessionStorage.removeItem(this.#stoppedKey);
    this.#trouble = "";
    const status = await choose("on");
    this.#isAgreed = status === 204;
    if (!this.#isAgreed) this.#trouble = UNREACHED;
    this.#follow();
  }

  #show() {
    const { box, words, button } = this.#elements;
    const isRecording = this.#media !== null;
    box.dataset.state = isRecording ? "recording" : "silent";
    setText(words, this.#words(isRecording));
    setText(button, isRecording || this.#isOpening ? "Stop recording" : this.#trouble ? "Try again" : "Record again");
    button.hidden = !this.#isLive;
  }

  #words(isRecording) {
    if (this.#trouble) return this.#trouble;
    if (!this.#isAgreed) return "Your voice is not recorded any more.";
    if (!this.#isLive) return "Your voice is not recorded during the pause.";
    if (!isRecording) return "Waiting for the microphone, to record you…";
    const delay = this.#sending || (this.#upload.isStuck ? STUCK : "");
    return `Your voice is being recorded.${delay && ` ${delay}`}`;
  }
}

function release(stream) {
  for (const track of stream.getTracks()) track.stop();
}

/** The status of the answer; 0 without one. */
async function choose(recording) {
  try {
    const body = new URLSearchParams({ recording, csrfmiddlewaretoken: csrfToken() });
    return (await fetch("/room/recording/", { method: "POST", body })).status;
  } catch {
    return 0;
  }
}
