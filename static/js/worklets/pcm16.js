// Runs beside the sound card: any sample rate in, frames of 100 ms at 16 kHz and 16 bit out, with their loudness.
import { RATE, To16kHz } from "../lib/to_16khz.js";

const FRAME = RATE / 10;

class Pcm16 extends AudioWorkletProcessor {
  #to16kHz = new To16kHz(sampleRate);
  #frame = new Int16Array(FRAME);
  #filled = 0;
  #energy = 0;

  process([channels]) {
    if (channels.length === 0) return true;
    for (const sample of this.#to16kHz.push(channels[0])) this.#add(sample);
    return true;
  }

  #add(sample) {
    const clipped = Math.max(-1, Math.min(1, sample));
    this.#frame[this.#filled] = clipped * 32_767;
    this.#energy += clipped * clipped;
    this.#filled += 1;
    if (this.#filled < FRAME) return;
    const level = Math.sqrt(this.#energy / FRAME);
    this.port.postMessage({ samples: this.#frame, level }, [this.#frame.buffer]);
    this.#frame = new Int16Array(FRAME);
    this.#filled = 0;
    this.#energy = 0;
  }
}

registerProcessor("pcm16", Pcm16);
