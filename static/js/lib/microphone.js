// The microphone as frames of 16 kHz sound. Trouble is told in words that say what to do.

const WORKLET = new URL("../worklets/pcm16.js", import.meta.url);
const TROUBLE = {
  NotAllowedError: "The browser may not use the microphone. Allow it in the address bar, or go on typing.",
  NotFoundError: "No microphone was found. Plug one in, or go on typing.",
  NotReadableError: "Another program uses the microphone. Close it, or go on typing.",
};

export class MicrophoneTrouble extends Error {}

export class Microphone {
  #stream = null;
  #context = null;
  #onFrame;
  #onLost;

  constructor({ onFrame, onLost }) {
    this.#onFrame = onFrame;
    this.#onLost = onLost;
  }

  get isOpen() {
    return this.#stream !== null;
  }

  async open() {
    if (!navigator.mediaDevices) throw new MicrophoneTrouble("This page has no access to a microphone here (it needs https). Please type.");
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
    } catch (problem) {
      throw new MicrophoneTrouble(TROUBLE[problem.name] ?? "The microphone cannot be used. Please type.");
    }
    this.#context = new AudioContext();
    await this.#context.audioWorklet.addModule(WORKLET);
    const source = this.#context.createMediaStreamSource(this.#stream);
    const node = new AudioWorkletNode(this.#context, "pcm16", { numberOfOutputs: 0 });
    node.port.addEventListener("message", ({ data }) => this.#onFrame(data.samples, data.level));
    node.port.start();
    source.connect(node);
    for (const track of this.#stream.getAudioTracks()) {
      track.addEventListener("ended", () => {
        if (!this.isOpen) return;
        this.close();
        this.#onLost("The microphone was lost. What you said until then is kept; plug it in again, or type.");
      });
    }
  }

  close() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#context?.close();
    this.#stream = null;
    this.#context = null;
  }
}
