// The client of a room: applies events in the order of `seq`, resumes after every break, and resends what was
// not acknowledged. It says what happened by events of its own: welcome, reset, event, frame, refused, status, sent,
// known (sound that was sent again).
import { ComingBack } from "./coming_back.js";

const SUBPROTOCOL = "interview.v1";
const PING_EVERY = 15_000;
const DEAD_AFTER = 35_000; // two pongs missed
const ACK_EVERY = 32;
const ACK_AFTER = 1_000;
const ANSWERS_WITHIN = 4_000; // when the network has just changed
const WELCOMES_WITHIN = 10_000; // by then; a welcome takes more work than an answer
const WITHOUT_PAUSE = 10; // messages at once; then slower than the server's limit of messages a second
const PAUSE = 70;
const TOO_FAST = 4029;
const CALMS_DOWN = 5_000;
const FINAL = { 4001: "signed_out", 4003: "not_allowed", 4004: "missing", 4009: "replaced", 4010: "over" };

export class RoomSocket extends EventTarget {
  #url;
  #as;
  #outbox;
  #socket = null;
  #clientId = crypto.randomUUID();
  #clientSeq = 0;
  #epoch = null;
  #lastSeq = 0;
  #ackedSeq = 0;
  #isWelcome = false;
  #heardAt = 0;
  #writtenAt = 0;
  #askedForGap = false;
  #sent = new Set(); // keys of the outbox's messages that went out over this connection
  #unanswered = []; // of those, what the server has not answered yet: it answers in the order of sending
  #timers = { ack: 0, ping: 0, probe: 0 };
  #comingBack;
  #stopped = false;
  #isSending = false;

  constructor({ interview, as, outbox }) {
    super();
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.#url = `${scheme}://${location.host}/ws/interviews/${interview}/`;
    this.#as = as;
    this.#outbox = outbox;
    this.#comingBack = new ComingBack({ on: { trying: () => this.#tellStatus("connecting"), connect: () => this.connect() } });
    addEventListener("online", () => this.#hurry());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#hurry();
    });
  }

  get isOpen() {
    return this.#isWelcome;
  }

  get lastSeq() {
    return this.#lastSeq;
  }

  connect() {
    this.#stopped = false;
    this.#comingBack.end();
    this.#tellStatus("connecting");
    const socket = new WebSocket(this.#url, [SUBPROTOCOL]);
    this.#socket = socket;
    this.#sent.clear();
    this.#unanswered = [];
    socket.addEventListener("open", () => this.#sayHello());
    socket.addEventListener("message", (event) => {
      if (socket === this.#socket) this.#hear(event.data);
    });
    socket.addEventListener("close", (event) => {
      if (socket === this.#socket) this.#lost(event.code);
    });
    this.#timers.ping ||= setInterval(() => this.#ping(), PING_EVERY);
    this.#heardAt = Date.now();
  }

  /** Ends the connection for good. */
  stop() {
    this.#stopped = true;
    this.#isWelcome = false;
    this.#comingBack.end();
    clearInterval(this.#timers.ping);
    this.#timers.ping = 0;
    this.#socket?.close(1000);
  }

  /** Keeps the message, sends it, and resends it until the server has acknowledged it. Returns its number. */
  async send(message) {
    this.#clientSeq += 1;
    // The number comes first: a server that refuses a large frame unread still finds it.
    const { type, ...rest } = message;
    const whole = { type, client_seq: this.#clientSeq, client_id: this.#clientId, ...rest };
    await this.#outbox.add(whole);
    this.#sendOutbox();
    return whole.client_seq;
  }

  /** For what may be lost: words still being written. */
  drop(message) {
    if (this.#isWelcome && this.#socket.bufferedAmount < 4_000_000) this.#write(message);
  }

  /** A piece of sound. The whole segment is sent again after a break. */
  dropBytes(bytes) {
    if (this.#isWelcome && this.#socket.readyState === WebSocket.OPEN) this.#socket.send(bytes);
  }

  #write(message) {
    if (!this.#isWelcome || this.#socket.readyState !== WebSocket.OPEN) return;
    this.#writtenAt = Date.now();
    this.#socket.send(JSON.stringify(message));
  }

  #sayHello() {
    const hello = { type: "hello", as: this.#as, client_id: this.#clientId, resume_from: this.#lastSeq };
    if (this.#epoch) hello.epoch = this.#epoch;
    this.#socket.send(JSON.stringify(hello));
  }

  #hear(data) {
    this.#heardAt = Date.now();
    // While nobody looks at a page its timers run once a minute, and whoever is silent for so long counts as gone.
    if (this.#heardAt - this.#writtenAt > PING_EVERY) this.#ask();
    const frame = JSON.parse(data);
    switch (frame.type) {
      case "welcome":
        this.#welcomed(frame);
        break;
      case "event":
        this.#apply(frame);
        break;
      case "ack":
        this.#acknowledged(frame);
        break;
      case "error":
        this.#refused(frame);
        break;
      case "pong":
        if (frame.last_seq > this.#lastSeq) this.#askForGap();
        break;
      default:
        this.#tell("frame", frame);
    }
  }

  #welcomed(frame) {
    if (frame.is_reset || (this.#epoch && frame.epoch !== this.#epoch)) {
      this.#lastSeq = 0;
      this.#ackedSeq = 0;
      this.#tell("reset", frame);
    }
    this.#epoch = frame.epoch;
    this.#isWelcome = true;
    this.#comingBack.arrived();
    this.#askedForGap = false;
    this.#tell("welcome", frame);
    this.#tellStatus("open");
    this.#sendOutbox();
  }

  /** In the order of writing, also what is written meanwhile; after a break the next connection begins anew. */
  async #sendOutbox() {
    if (this.#isSending) return;
    this.#isSending = true;
    let count = 0;
    for (let message = this.#nextToSend(); message; message = this.#nextToSend()) {
      this.#sent.add(keyOf(message));
      this.#unanswered.push(message);
      this.#socket.send(JSON.stringify(message));
      count += 1;
      if (count >= WITHOUT_PAUSE) await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    this.#isSending = false;
  }

  #nextToSend() {
    if (!this.#isWelcome || this.#socket.readyState !== WebSocket.OPEN) return null;
    return this.#outbox.all().find((message) => !this.#sent.has(keyOf(message))) ?? null;
  }

  #apply(frame) {
    if (frame.seq <= this.#lastSeq) return;
    if (frame.seq > this.#lastSeq + 1) {
      this.#askForGap();
      return;
    }
    this.#lastSeq = frame.seq;
    this.#askedForGap = false;
    if (this.#lastSeq - this.#ackedSeq >= ACK_EVERY) this.#ack();
    else this.#timers.ack ||= setTimeout(() => this.#ack(), ACK_AFTER);
    this.#tell("event", frame);
  }

  #askForGap() {
    if (this.#askedForGap || this.#socket.readyState !== WebSocket.OPEN) return;
    this.#askedForGap = true;
    this.#sayHello();
  }

  #ack() {
    clearTimeout(this.#timers.ack);
    this.#timers.ack = 0;
    if (this.#lastSeq === this.#ackedSeq) return;
    this.#ackedSeq = this.#lastSeq;
    this.#write({ type: "ack", seq: this.#lastSeq });
  }

  async #acknowledged(frame) {
    if (frame.seg_id) this.#tell("known", frame);
    const message = await this.#take(frame.client_seq);
    if (message) this.#tell("sent", { message, seq: frame.seq });
  }

  async #refused(frame) {
    // What the server refuses would be refused again: it leaves the outbox, and the page is told.
    const sent = frame.client_seq ? await this.#take(frame.client_seq) : null;
    this.#tell("refused", { ...frame, sent });
  }

  /** The server answers by number alone: of two tabs' messages with one number, the one that was sent first. */
  #take(clientSeq) {
    const at = this.#unanswered.findIndex((message) => message.client_seq === clientSeq);
    if (at < 0) return null;
    const [message] = this.#unanswered.splice(at, 1);
    return this.#outbox.remove(message);
  }

  /** Silence proves nothing where the timer ran late, and nobody was asked meanwhile. */
  #ping() {
    if (this.#comingBack.isAway) return;
    const isSilent = Date.now() - this.#heardAt > DEAD_AFTER;
    if (!isSilent) this.#ask();
    else if (this.#isWelcome) this.#probe();
    else this.#reconnectNow();
  }

  #ask() {
    this.#write({ type: "ping", t: Date.now() });
  }

  #hurry() {
    if (this.#stopped) return;
    if (this.#comingBack.isAway) this.#comingBack.now();
    else if (this.#socket?.readyState === WebSocket.OPEN) this.#probe();
  }

  /** The connection may have died with the old network, without a word. */
  #probe() {
    const asked = Date.now();
    this.#ask();
    clearTimeout(this.#timers.probe);
    this.#timers.probe = setTimeout(() => {
      const isSilent = this.#heardAt < asked && !this.#stopped && !this.#comingBack.isAway;
      if (isSilent) this.#reconnectNow();
    }, this.#isWelcome ? ANSWERS_WITHIN : WELCOMES_WITHIN);
  }

  #reconnectNow() {
    const dead = this.#socket;
    this.#socket = null;
    dead?.close();
    this.#lost(1006);
  }

  #lost(code) {
    this.#isWelcome = false;
    this.#ackedSeq = this.#lastSeq;
    if (this.#stopped) return;
    if (FINAL[code]) {
      this.stop();
      this.#tellStatus(FINAL[code]);
      return;
    }
    this.#tellStatus("lost");
    this.#comingBack.begin(code === TOO_FAST ? CALMS_DOWN : 0);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #tellStatus(status) {
    this.#tell("status", { status });
  }
}

function keyOf({ client_id, client_seq }) {
  return `${client_id}/${client_seq}`;
}
