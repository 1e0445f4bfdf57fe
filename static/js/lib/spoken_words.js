// Spoken segments on their way to becoming words: sent whole, kept until their words are stored, sent again after
// a cut under the same id.

const PIECE = 32 * 1024;
const RATE = 16_000;

export class SpokenWords {
  #socket;
  #waiting = new Map();

  constructor(socket) {
    this.#socket = socket;
    socket.addEventListener("welcome", () => this.#sendAll());
    socket.addEventListener("event", ({ detail }) => {
      if (detail.kind === "segment.final" || detail.kind === "segment.failed") this.#waiting.delete(detail.seg_id);
    });
    socket.addEventListener("refused", ({ detail }) => {
      if (detail.code === "nothing_heard") this.#waiting.delete(detail.seg_id);
    });
  }

  get isWaiting() {
    return this.#waiting.size > 0;
  }

  /** A whole segment, as frames of 16 bit samples. */
  send(segId, frames) {
    const length = frames.reduce((sum, frame) => sum + frame.length, 0);
    const samples = new Int16Array(length);
    let at = 0;
    for (const frame of frames) {
      samples.set(frame, at);
      at += frame.length;
    }
    this.#waiting.set(segId, samples);
    this.#sendOne(segId, samples);
  }

  #sendAll() {
    for (const [segId, samples] of this.#waiting) this.#sendOne(segId, samples);
  }

  #sendOne(segId, samples) {
    if (!this.#socket.isOpen) return;
    this.#socket.drop({ type: "audio.start", seg_id: segId, codec: "pcm16", rate: RATE });
    const bytes = new Uint8Array(samples.buffer);
    for (let from = 0; from < bytes.length; from += PIECE) this.#socket.dropBytes(bytes.subarray(from, from + PIECE));
    this.#socket.drop({ type: "audio.end", seg_id: segId });
  }
}
