// What was written and not yet acknowledged, kept in the browser until the server has it: a reload, a crash
// or a dropped network loses no word. Wiped when the interview is over.

const NAME = "meetmind-outbox";
const STORE = "messages";

function asPromise(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}

async function openStore() {
  const opening = indexedDB.open(NAME, 1);
  opening.addEventListener("upgradeneeded", () => {
    opening.result.createObjectStore(STORE, { keyPath: ["room", "client_id", "client_seq"] });
  });
  return asPromise(opening);
}

/** The outbox of one room. Where the browser refuses storage (private windows), memory has to do. */
export class Outbox {
  #room;
  #database;
  #memory = new Map();
  #numbers = new Map();
  #next = 0;

  static async open(room) {
    let database = null;
    try {
      database = await openStore();
    } catch {
      // Memory only.
    }
    const outbox = new Outbox(room, database);
    await outbox.#load();
    return outbox;
  }

  constructor(room, database) {
    this.#room = room;
    this.#database = database;
  }

  async #load() {
    if (!this.#database) return;
    const kept = await asPromise(this.#store("readonly").getAll());
    const mine = kept.filter((entry) => entry.room === this.#room).sort((a, b) => a.at - b.at || a.client_seq - b.client_seq);
    for (const entry of mine) this.#remember(entry);
  }

  #store(mode) {
    return this.#database.transaction(STORE, mode).objectStore(STORE);
  }

  #remember(entry) {
    const key = `${entry.client_id}/${entry.client_seq}`;
    this.#memory.set(key, entry);
    this.#numbers.set(key, this.#next++);
  }

  /** Keeps a message under its sender's own key; resolves once it is safe. */
  async add(message) {
    const entry = { room: this.#room, client_id: message.client_id, client_seq: message.client_seq, at: Date.now(), message };
    this.#remember(entry);
    if (!this.#database) return;
    try {
      await asPromise(this.#store("readwrite").put(entry));
    } catch {
      // The disk is full: the message is still in memory and on its way.
    }
  }

  /** The messages in the order in which they were written. */
  all() {
    const keys = [...this.#memory.keys()].sort((a, b) => this.#numbers.get(a) - this.#numbers.get(b));
    return keys.map((key) => this.#memory.get(key).message);
  }

  get size() {
    return this.#memory.size;
  }

  /** Takes out what was acknowledged or refused; the message, if it was here. */
  async remove(clientId, clientSeq) {
    const key = `${clientId}/${clientSeq}`;
    const entry = this.#memory.get(key);
    if (!entry) return null;
    this.#memory.delete(key);
    this.#numbers.delete(key);
    if (this.#database) await asPromise(this.#store("readwrite").delete([this.#room, clientId, clientSeq]));
    return entry.message;
  }
}

/** Nothing of any interview stays on this device. */
export async function wipeOutbox() {
  try {
    const database = await openStore();
    await asPromise(database.transaction(STORE, "readwrite").objectStore(STORE).clear());
    database.close();
  } catch {
    // There was nothing to wipe.
  }
}
