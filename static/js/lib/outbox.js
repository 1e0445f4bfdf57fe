// What was written and not yet acknowledged, kept in the browser until the server has it: a reload, a crash
// or a dropped network loses no word.
import { MESSAGES, RoomStore } from "./room_store.js";

/** Said of whatever cannot be sent now, written or spoken. */
export const KEPT_HERE = "Kept on this device, and sent when the connection is back.";

/** The outbox of one room. */
export class Outbox {
  #store;
  #entries = new Map(); // in the order of writing

  static async open(room) {
    const outbox = new Outbox(await RoomStore.open(room, MESSAGES));
    const kept = await outbox.#store.all();
    kept.sort((a, b) => a.at - b.at || a.client_seq - b.client_seq);
    for (const entry of kept) outbox.#entries.set(keyOf(entry), entry);
    return outbox;
  }

  constructor(store) {
    this.#store = store;
  }

  /** Keeps a message under its sender's own key, at once in memory; resolves once it is safe on disk too. */
  async add(message) {
    const entry = { client_id: message.client_id, client_seq: message.client_seq, at: Date.now(), message };
    this.#entries.set(keyOf(entry), entry);
    await this.#store.put(entry);
  }

  /** The messages in the order in which they were written. */
  all() {
    return [...this.#entries.values()].map((entry) => entry.message);
  }

  get size() {
    return this.#entries.size;
  }

  /** Takes out what was acknowledged or refused; the message, if it was here. */
  async remove({ client_id, client_seq }) {
    const key = keyOf({ client_id, client_seq });
    const entry = this.#entries.get(key);
    if (!entry) return null;
    this.#entries.delete(key);
    await this.#store.remove(client_id, client_seq);
    return entry.message;
  }
}

function keyOf({ client_id, client_seq }) {
  return `${client_id}/${client_seq}`;
}
