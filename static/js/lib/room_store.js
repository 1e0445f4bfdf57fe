// What this browser keeps of a room until the server has it: written messages, spoken sound, a recording. Wiped when the
// interview is over.

const NAME = "meetmind-outbox";
const VERSION = 3;
const FORGOTTEN_AFTER = 7 * 24 * 3600 * 1000; // a room that was never opened again
export const MESSAGES = "messages";
export const SOUNDS = "sounds";
export const CHUNKS = "chunks"; // of a recording
const KEYS = { [MESSAGES]: ["room", "client_id", "client_seq"], [SOUNDS]: ["room", "seg_id"], [CHUNKS]: ["room", "recording", "number"] };

function asPromise(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}

async function openDatabase() {
  const opening = indexedDB.open(NAME, VERSION);
  opening.addEventListener("upgradeneeded", () => {
    for (const [name, keyPath] of Object.entries(KEYS)) {
      if (!opening.result.objectStoreNames.contains(name)) opening.result.createObjectStore(name, { keyPath });
    }
  });
  const blocked = new Promise((_, reject) => {
    opening.addEventListener("blocked", () => reject(new Error("An older page holds the database.")));
  });
  const database = await Promise.race([asPromise(opening), blocked]);
  database.addEventListener("versionchange", () => database.close());
  return database;
}

/** One kind of entries of one room. Where the browser refuses storage (private windows), nothing is kept. */
export class RoomStore {
  #room;
  #kind;
  #database = null;

  static async open(room, kind) {
    const store = new RoomStore(room, kind);
    try {
      store.#database = await openDatabase();
    } catch {
      // The page's own memory has to do.
    }
    return store;
  }

  constructor(room, kind) {
    this.#room = room;
    this.#kind = kind;
  }

  /** This room's entries, in the order in which they were put. */
  async all() {
    const kept = (await this.#do("readwrite", (store) => store.getAll())) ?? [];
    const [, ...key] = KEYS[this.#kind];
    for (const entry of kept.filter(({ at }) => Date.now() - at > FORGOTTEN_AFTER)) {
      await this.#do("readwrite", (store) => store.delete([entry.room, ...key.map((name) => entry[name])]));
    }
    return kept.filter((entry) => entry.room === this.#room).sort((a, b) => a.at - b.at);
  }

  /** Resolves once the entry is safe, or cannot be made so. */
  async put(entry) {
    await this.#do("readwrite", (store) => store.put({ ...entry, room: this.#room }));
  }

  async remove(...key) {
    await this.#do("readwrite", (store) => store.delete([this.#room, ...key]));
  }

  async #do(mode, work) {
    if (!this.#database) return null;
    try {
      return await asPromise(work(this.#database.transaction(this.#kind, mode).objectStore(this.#kind)));
    } catch {
      return null; // the disk is full, or the database was closed: what the page holds in memory goes on
    }
  }
}

/** Nothing of this interview stays on this device; other rooms keep what they still have to send. */
export async function wipeRoom(room) {
  try {
    const database = await openDatabase();
    const work = database.transaction(Object.keys(KEYS), "readwrite");
    const mine = IDBKeyRange.bound([room], [room, []]);
    await Promise.all(Object.keys(KEYS).map((name) => asPromise(work.objectStore(name).delete(mine))));
    database.close();
  } catch {
    // There was nothing to wipe.
  }
}
