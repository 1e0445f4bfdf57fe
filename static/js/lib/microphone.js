// A source of sound, the microphone unless another is given, as frames of 16 kHz. Trouble is told in words that say
// what to do.

const WORKLET = new URL("../worklets/pcm16.js", import.meta.url);
const CHOICE = "meetmind-microphone";
const TROUBLE = {
  NotAllowedError: "The browser may not use the microphone. Allow it in the address bar, or go on typing.",
  NotFoundError: "No microphone was found. Plug one in, or go on typing.",
  NotReadableError: "Another program uses the microphone. Close it, or go on typing.",
  Unknown: "The microphone cannot be used. Please type.",
};
const LOST = "The microphone was lost. What you said until then is kept; plug it in again, or type.";

export class MicrophoneTrouble extends Error {}

/** The default source: the microphone that was chosen, else the browser's own choice. */
export async function openMicrophone() {
  if (!navigator.mediaDevices) throw new MicrophoneTrouble("This page has no access to a microphone here (it needs https). Please type.");
  const chosen = chosenMicrophone();
  try {
    // A wish, not a demand: where the chosen one was unplugged, another one is better than none.
    const deviceId = chosen ? { deviceId: { ideal: chosen } } : {};
    return await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, ...deviceId } });
  } catch (problem) {
    throw new MicrophoneTrouble(TROUBLE[problem.name] ?? TROUBLE.Unknown);
  }
}

export function chosenMicrophone() {
  return sessionStorage.getItem(CHOICE) ?? "";
}

export function chooseMicrophone(deviceId) {
  sessionStorage.setItem(CHOICE, deviceId);
}

export class Microphone {
  #source;
  #lost;
  #on;
  #stream = null;
  #context = null;
  #isAsleep = false;

  /** on: { frame(samples, level), lost(words), asleep?(isAsleep): no sound comes although the microphone is open } */
  constructor({ source = openMicrophone, lost = LOST, on }) {
    this.#source = source;
    this.#lost = lost;
    this.#on = on;
    // A browser wakes sound only when somebody touches the page, or comes back to it.
    for (const type of ["visibilitychange", "pointerdown", "keydown"]) document.addEventListener(type, () => this.#wake());
  }

  get isOpen() {
    return this.#stream !== null;
  }

  /** The id of the device that is really used. */
  get deviceId() {
    return this.#stream?.getAudioTracks()[0]?.getSettings().deviceId ?? "";
  }

  /** False if it was closed again before the permission came. Raises MicrophoneTrouble. */
  async open() {
    const context = new AudioContext();
    this.#context?.close();
    this.#context = context;
    const [sound, worklet] = await Promise.allSettled([this.#source(), context.audioWorklet.addModule(WORKLET)]);
    const isWanted = this.#context === context;
    const trouble = sound.reason ?? (worklet.reason && new MicrophoneTrouble(TROUBLE.Unknown));
    if (!isWanted || trouble) {
      for (const track of sound.value?.getTracks() ?? []) track.stop();
      if (!isWanted) return false;
      this.close();
      throw trouble;
    }
    const stream = sound.value;
    this.#stream = stream;
    this.#listen(context, stream);
    return true;
  }

  close() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#context?.close();
    this.#stream = null;
    this.#context = null;
    this.#isAsleep = false;
  }

  #listen(context, stream) {
    const node = new AudioWorkletNode(context, "pcm16", { numberOfOutputs: 0 });
    node.port.addEventListener("message", ({ data }) => {
      if (context === this.#context) this.#on.frame(data.samples, data.level);
    });
    node.port.start();
    context.createMediaStreamSource(stream).connect(node);
    context.addEventListener("statechange", () => this.#look());
    for (const track of stream.getAudioTracks()) {
      for (const type of ["mute", "unmute"]) track.addEventListener(type, () => this.#look());
      track.addEventListener("ended", () => {
        if (stream !== this.#stream) return;
        this.close();
        this.#on.lost(this.#lost);
      });
    }
    this.#look();
  }

  /** A call, a locked screen or the browser's own thrift can silence an open microphone. */
  #look() {
    if (!this.#stream) return;
    const isAsleep = this.#context.state !== "running" || this.#stream.getAudioTracks().some((track) => track.muted);
    if (isAsleep === this.#isAsleep) return;
    this.#isAsleep = isAsleep;
    this.#on.asleep?.(isAsleep);
  }

  #wake() {
    if (this.#stream && this.#context.state !== "running" && !document.hidden) this.#context.resume();
  }
}
