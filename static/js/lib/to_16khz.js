// Any sample rate to 16 kHz. What 16 kHz cannot hold is filtered away first: else a hiss at 9 kHz would come back
// as a tone at 7 kHz in the middle of the words. Pure: it runs in a worklet and in tests alike.

export const RATE = 16_000;
const REACH = 16; // zero crossings of the filter on each side
const PHASES = 64; // places between two samples for which the filter is worked out beforehand
const PASSES = 0.9; // of what the lower of both rates can hold

export class To16kHz {
  #step;
  #half;
  #kernels;
  #kept; // the newest samples, as many as the filter reaches back
  #position; // of the next sample out, counted from the start of #kept

  constructor(rate) {
    this.#step = rate / RATE;
    const cutoff = (PASSES * Math.min(rate, RATE)) / rate; // as a share of what the rate can hold
    this.#half = Math.ceil(REACH / cutoff);
    this.#kernels = Array.from({ length: PHASES + 1 }, (_, phase) => kernel(cutoff, this.#half, phase / PHASES));
    this.#kept = new Float32Array(2 * this.#half);
    this.#position = this.#half;
  }

  /** The samples at 16 kHz that these make complete. */
  push(samples) {
    const all = new Float32Array(this.#kept.length + samples.length);
    all.set(this.#kept);
    all.set(samples, this.#kept.length);
    const out = [];
    while (Math.floor(this.#position) + this.#half < all.length) {
      out.push(this.#at(all));
      this.#position += this.#step;
    }
    const used = Math.min(all.length, Math.max(0, Math.floor(this.#position) - this.#half));
    this.#kept = all.slice(used);
    this.#position -= used;
    return out;
  }

  #at(all) {
    const before = Math.floor(this.#position);
    const weights = this.#kernels[Math.round((this.#position - before) * PHASES)];
    const from = before - this.#half + 1;
    let sum = 0;
    for (let i = 0; i < weights.length; i += 1) sum += weights[i] * all[from + i];
    return sum;
  }
}

/** A windowed sinc around a place between two samples; its weights add up to one, so loudness stays. */
function kernel(cutoff, half, share) {
  const weights = new Float32Array(2 * half);
  let sum = 0;
  for (let i = 0; i < weights.length; i += 1) {
    const away = i - half + 1 - share;
    const angle = Math.PI * cutoff * away;
    const sinc = angle === 0 ? 1 : Math.sin(angle) / angle;
    const window = 0.5 + 0.5 * Math.cos((Math.PI * away) / (half + 1));
    weights[i] = sinc * window;
    sum += weights[i];
  }
  return weights.map((weight) => weight / sum);
}
