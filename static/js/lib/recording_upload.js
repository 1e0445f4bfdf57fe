// The way of a recording to the server: each chunk is kept in the browser first, and sent again until the server
// has it. A reload, a lost network or a full disk on the other side loses nothing.
import { csrfToken } from "./dom.js";
import { CHUNKS, RoomStore } from "./room_store.js";

const LONGEST_WAIT = 30_000;
const PATIENCE = 30_000; // for one answer
const GONE = new Set([403, 404]); // this cookie opens the room no more: a new link may
const TRY_AGAIN = new Set([408, 425, 429]);

export class RecordingUpload extends EventTarget {
  #store;
  #waiting = new Map(); // in the order of recording
  #isSending = false;
  #fails = 0;
  #wake = () => {};

  static async open(room) {
    const upload = new RecordingUpload(await RoomStore.open(room, CHUNKS));
    for (const chunk of await upload.#store.all()) upload.#waiting.set(keyOf(chunk), chunk);
    upload.#send();
    return upload;
  }

  constructor(store) {
    super();
    this.#store = store;
    addEventListener("online", () => this.#wake());
  }

  /** How many chunks the server does not have yet. */
  get size() {
    return this.#waiting.size;
  }

  /** Whether sending does not work at present. */
  get isStuck() {
    return this.#fails > 1;
  }

  /** chunk: { recording, number, mime, started_ms, data }; without data it says that the recording ended. */
  async add(chunk) {
    const entry = { ...chunk, at: Date.now() };
    this.#waiting.set(keyOf(entry), entry);
    await this.#store.put(entry);
    this.#send();
  }

  /** Resolves when all is sent, or `milliseconds` are over. True if all is sent. */
  async drained(milliseconds) {
    const until = Date.now() + milliseconds;
    while (this.size > 0 && Date.now() < until) await pause(200);
    return this.size === 0;
  }

  async #send() {
    if (this.#isSending) return;
    this.#isSending = true;
    while (this.#waiting.size > 0) {
      const [chunk] = this.#waiting.values();
      const { isDone, words } = await post(chunk);
      if (isDone) {
        this.#waiting.delete(keyOf(chunk));
        await this.#store.remove(chunk.recording, chunk.number);
      }
      this.#fails = isDone ? 0 : this.#fails + 1;
      this.dispatchEvent(new CustomEvent("change", { detail: { words } }));
      if (!isDone) await this.#backOff();
    }
    this.#isSending = false;
  }

  /** Longer each time, and never for all at once. */
  async #backOff() {
    const most = Math.min(LONGEST_WAIT, 500 * 2 ** this.#fails);
    await Promise.race([pause(most * (0.5 + Math.random() / 2)), new Promise((resolve) => { this.#wake = resolve; })]);
  }
}

/** isDone: the server has it, or will never take it. */
async function post({ recording, number, mime, started_ms, data }) {
  const query = new URLSearchParams({ mime, started_ms: String(started_ms) });
  try {
    const response = await fetch(`/room/recordings/${recording}/chunks/${number}/?${query}`, {
      method: "POST",
      headers: { "Content-Type": "application/octet-stream", "X-CSRFToken": csrfToken() },
      body: data,
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.ok) return { isDone: true, words: "" };
    const { status } = response;
    const words = response.headers.get("Content-Type") === "application/problem+json" ? (await response.json()).detail : "";
    return { isDone: status < 500 && !GONE.has(status) && !TRY_AGAIN.has(status), words: GONE.has(status) ? "" : words };
  } catch {
    return { isDone: false, words: "" }; // no network, no answer
  }
}

function keyOf({ recording, number }) {
  return `${recording}/${number}`;
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
