// Runs beside the sound card: any sample rate in, frames of 100 ms at 16 kHz and 16 bit out, with their loudness.

const RATE = 16_000;
const FRAME = RATE / 10;

class Pcm16 extends AudioWorkletProcessor {
  #frame = new Int16Array(FRAME);
  #filled = 0;
  #energy = 0;
  #position = 0; // between two input samples
  #last = 0;

  process([[channel]]) {
    if (!channel) return true;
    const step = sampleRate / RATE;
    while (this.#position < channel.length) {
      const at = Math.floor(this.#position);
      const before = at === 0 ? this.#last : channel[at - 1];
      const share = this.#position - at;
      this.#add(before + (channel[at] - before) * share);
      this.#position += step;
    }
    this.#position -= channel.length;
    this.#last = channel[channel.length - 1];
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
