// Spoken segments on their way to becoming words: sent while they are spoken if nothing else is, else whole, a few at
// a time; sent again whole after a cut or when the server was busy; and kept, also over a reload, until their words are
// stored or given up by whoever said them. What becomes of each is told by events of its own: sent, failed, settled.
import { RoomStore, SOUNDS } from "./room_store.js";
import { SaidAt } from "./said_at.js";
import { joined } from "./speech_segments.js";

const PIECE = 32 * 1024;
const LIVE_FRAMES = 10; // a second of sound at once
const RATE = 16_000;
const AT_ONCE = 3; // one less than the server takes
const ANSWERED_WITHIN = 30_000;
const TRIES = 3;
const RESCUED_AFTER = [4_000, 20_000, 60_000]; // what failed is tried again by itself: providers come back
const WITH_OUTCOME = new Set(["segment.final", "segment.doubled", "segment.empty"]);
const FOR_NOW = new Set(["busy", "rights_changed"]); // a refusal that says: send it again soon
const SOUND_CODES = new Set(["busy", "no_speech", "audio_too_long"]); // of an answer that names no segment
const WORDLESS = new Set(["nothing_heard"]);
const BUSY_FOR = [1_000, 2_000, 4_000, 8_000];

export class SpokenWords extends EventTarget {
  #socket;
  #store;
  #entries = new Map(); // by segment: { seg_id, samples, extra, sentAt, tries, hasFailed, rescues, isRescue, timer }
  #live = null; // what is being spoken and sent: { segId, frames } with the frames that are still to be sent
  #isCandidate; // whether the room knows this page as the candidate's
  #busyTimes = 0;
  #busyTimer = 0;

  /** With what an earlier page of this room could not deliver. */
  static async open({ socket, room }) {
    const words = new SpokenWords(socket, await RoomStore.open(room, SOUNDS));
    for (const { seg_id, samples, extra, at } of await words.#store.all()) {
      words.#keep({ seg_id, samples, extra, saidAt: new SaidAt(at) });
    }
    return words;
  }

  constructor(socket, store) {
    super();
    this.#socket = socket;
    this.#store = store;
    socket.addEventListener("welcome", ({ detail }) => {
      this.#isCandidate = detail.you.role === "candidate";
      this.#sendAllAgain();
    });
    socket.addEventListener("event", ({ detail }) => {
      if (!this.#isOurs(detail)) return;
      if (WITH_OUTCOME.has(detail.kind)) this.forget(detail.seg_id);
      if (detail.kind === "segment.failed") this.#fail(detail.seg_id, { isTold: true });
    });
    socket.addEventListener("known", ({ detail }) => this.forget(detail.seg_id));
    socket.addEventListener("refused", ({ detail }) => this.#refused(detail));
  }

  /** The segments without words, oldest first: [{ segId, extra, hasFailed }]. */
  get waiting() {
    return [...this.#entries.values()].map(({ seg_id, extra, hasFailed }) => ({ segId: seg_id, extra, hasFailed }));
  }

  has(segId) {
    return this.#entries.has(segId);
  }

  /** Somebody begins to speak. Sent at once, it can be shown before it ends, and is there sooner when it does. */
  begin(segId, extra = {}) {
    if (!this.#socket.isOpen || this.#busyTimer || this.#live || this.#sent().length >= AT_ONCE) return;
    this.#live = { segId, frames: [] };
    this.#start(segId, extra);
  }

  /** What they say, 100 ms at a time. */
  hear(segId, samples) {
    if (this.#live?.segId !== segId) return;
    this.#live.frames.push(samples);
    if (this.#live.frames.length >= LIVE_FRAMES) this.#sendLive();
  }

  /** A whole segment, as frames of 16 bit samples. `extra` goes with it: who speaks, where that is not its sender. */
  send(segId, frames, extra = {}, saidAt = new SaidAt()) {
    const samples = joined(frames);
    this.#store.put({ seg_id: segId, samples, extra, at: saidAt.wall });
    const entry = this.#keep({ seg_id: segId, samples, extra, saidAt });
    this.#tell("sent", { seg_id: segId, extra });
    if (this.#live?.segId === segId && this.#socket.isOpen) {
      this.#sendLive();
      this.#live = null;
      this.#end(entry);
    } else {
      this.#pump();
    }
  }

  /** Once more from the start, after it failed. */
  retry(segId) {
    const entry = this.#entries.get(segId);
    if (!entry) return;
    this.#once(entry, { isRescue: false });
  }

  /** Its words are known: the sound is kept no longer. */
  forget(segId) {
    const entry = this.#entries.get(segId);
    if (!entry) return;
    clearTimeout(entry.timer);
    this.#entries.delete(segId);
    this.#busyTimes = 0;
    this.#store.remove(segId);
    this.#tell("settled", { seg_id: segId });
    this.#pump();
  }

  #keep({ seg_id, samples, extra, saidAt }) {
    const entry = { seg_id, samples, extra, saidAt, sentAt: 0, tries: 0, hasFailed: false, rescues: 0, isRescue: false, timer: 0 };
    this.#entries.set(seg_id, entry);
    return entry;
  }

  #once(entry, { isRescue }) {
    this.#takeBack(entry);
    Object.assign(entry, { hasFailed: false, tries: TRIES - 1, isRescue });
    this.#pump();
  }

  #sendAllAgain() {
    this.#live = null; // its beginning went out over another connection: it is sent whole when it ends
    for (const entry of this.#entries.values()) if (!entry.hasFailed) this.#takeBack(entry);
    this.#pump();
  }

  #takeBack(entry) {
    clearTimeout(entry.timer);
    entry.sentAt = 0;
  }

  #pump() {
    if (!this.#socket.isOpen || this.#busyTimer) return;
    const all = [...this.#entries.values()].filter((entry) => !entry.hasFailed);
    const free = AT_ONCE - all.filter((entry) => entry.sentAt).length;
    for (const entry of all.filter((one) => !one.sentAt).slice(0, Math.max(0, free))) this.#sendOne(entry);
  }

  /** One segment at a time is open on a socket: what is being spoken meanwhile waits for its own end. */
  #sendOne(entry) {
    this.#live = null;
    this.#start(entry.seg_id, entry.extra);
    this.#sendSamples(entry.samples);
    this.#end(entry);
  }

  #start(segId, extra) {
    this.#socket.drop({ type: "audio.start", seg_id: segId, codec: "pcm16", rate: RATE, ...extra });
  }

  #sendSamples(samples) {
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    for (let from = 0; from < bytes.length; from += PIECE) this.#socket.dropBytes(bytes.subarray(from, from + PIECE));
  }

  #end(entry) {
    entry.sentAt = Date.now();
    entry.tries += 1;
    entry.timer = setTimeout(() => this.#unanswered(entry), ANSWERED_WITHIN);
    this.#socket.drop({ type: "audio.end", seg_id: entry.seg_id, age_ms: entry.saidAt.age });
  }

  #sendLive() {
    this.#sendSamples(joined(this.#live.frames));
    this.#live.frames = [];
  }

  #unanswered(entry) {
    if (!this.#socket.isOpen) return; // all are sent again with the next welcome
    this.#takeBack(entry);
    if (entry.tries >= TRIES) this.#fail(entry.seg_id);
    this.#pump();
  }

  #refused({ code, seg_id, sent }) {
    if (this.#live && this.#live.segId === seg_id) this.#live = null; // what comes of it is asked at its end
    if (sent || !(this.has(seg_id) || SOUND_CODES.has(code))) return; // it is about something written
    if (code === "seg_id_taken") this.#rename(seg_id);
    else if (WORDLESS.has(code)) this.forget(seg_id);
    else if (FOR_NOW.has(code)) this.#comeLater(seg_id);
    else this.#fail(seg_id ?? this.#latest()?.seg_id);
  }

  /**
   * An id is seen by the whole room while its words are spoken: somebody else's words may stand under it. Names do not
   * tell whose they are: what was stored before somebody was renamed keeps the old one.
   */
  #isOurs({ kind, seg_id, speaker, fed_by }) {
    const entry = this.#entries.get(seg_id);
    if (!entry || kind === "segment.doubled") return true;
    return (speaker === "candidate") === this.#isCandidate || Boolean(entry.extra.speaker && fed_by);
  }

  #rename(segId) {
    const { samples, extra, saidAt } = this.#entries.get(segId);
    this.forget(segId);
    this.send(crypto.randomUUID(), [samples], extra, saidAt);
  }

  #comeLater(segId) {
    const entry = this.#entries.get(segId) ?? this.#latest();
    if (!entry) return;
    this.#takeBack(entry);
    entry.tries -= 1; // being turned away is no try
    const wait = BUSY_FOR[Math.min(this.#busyTimes, BUSY_FOR.length - 1)];
    this.#busyTimes += 1;
    clearTimeout(this.#busyTimer);
    this.#busyTimer = setTimeout(() => {
      this.#busyTimer = 0;
      this.#pump();
    }, wait);
  }

  /** The server answers in the order of sending: without an id, the last one sent is meant. */
  #latest() {
    return this.#sent().at(-1);
  }

  #sent() {
    return [...this.#entries.values()].filter((entry) => entry.sentAt).sort((a, b) => a.sentAt - b.sentAt);
  }

  /**
   * The sound stays: it is tried again by itself, which nobody is told of, and by hand; or its words are typed.
   * `isTold`: the room's log says so already.
   */
  #fail(segId, { isTold = false } = {}) {
    const entry = this.#entries.get(segId);
    if (!entry || entry.hasFailed) return;
    this.#takeBack(entry);
    entry.hasFailed = true;
    if (!isTold && !entry.isRescue) this.#tell("failed", { seg_id: segId });
    if (entry.rescues < RESCUED_AFTER.length) {
      entry.timer = setTimeout(() => this.#once(entry, { isRescue: true }), RESCUED_AFTER[entry.rescues]);
      entry.rescues += 1;
    }
    this.#pump();
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
