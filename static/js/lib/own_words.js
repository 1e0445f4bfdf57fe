// A member's own words in the conversation until the room has them: written ones on their way; spoken ones being written
// down, or failed, and then they can be tried again, because the sound is kept.
import { make } from "./dom.js";
import { announce } from "./live_region.js";
import { KEPT_HERE } from "./outbox.js";

const TAKEN = "seg_id_taken";
const SENDING = "sending…";
const WRITING = "Writing down what was said…";
const FAILED = "This could not be written down. The sound is kept on this device.";

export class OwnWords {
  #room;
  #transcript;
  #whose;
  #takeBack;
  #isConnected;
  #refusals = new Map(); // of written words, by segment: { sent, message }

  /**
   * room: { socket, outbox, words, clock }; whose(extra): { speaker, name, isFed } of a segment sent with these fields;
   * takeBack(message) answers whether words that were refused stand where they can be changed
   */
  constructor({ room, transcript, whose, takeBack }) {
    this.#room = room;
    this.#transcript = transcript;
    this.#whose = whose;
    this.#takeBack = takeBack;
    this.#isConnected = room.socket.isOpen;
    room.words.addEventListener("sent", ({ detail }) => this.#showSpoken(detail.seg_id));
    room.words.addEventListener("failed", ({ detail }) => {
      this.failed(detail.seg_id);
      announce(FAILED);
    });
    room.words.addEventListener("settled", ({ detail }) => transcript.gone(detail.seg_id));
    room.socket.addEventListener("refused", ({ detail }) => {
      if (detail.sent?.type === "segment.final") this.#refused(detail);
    });
    room.socket.addEventListener("status", ({ detail }) => this.#connected(detail.status === "open"));
    this.showAll();
  }

  /** Words that were written, or heard by the browser; `extra` says whose they are. */
  say(text, { segId = crypto.randomUUID(), source, extra = {} }) {
    const at = this.#room.clock.elapsed();
    const message = { type: "segment.final", seg_id: segId, text, source, started_ms: at, ended_ms: at, ...extra };
    this.#room.socket.send(message);
    this.#showWritten(message);
  }

  /** Also what an earlier page could not deliver. */
  showAll() {
    for (const { segId, hasFailed } of this.#room.words.waiting) if (hasFailed) this.failed(segId);
    for (const { sent, message } of this.#refusals.values()) this.#showRefused(sent, message);
    this.#showOnItsWay();
  }

  failed(segId) {
    this.#showSpoken(segId, FAILED, [
      this.#button("Try again", () => {
        this.#showSpoken(segId);
        this.#room.words.retry(segId);
      }),
      this.#button("Leave it out", () => this.#room.words.forget(segId)),
    ]);
  }

  #refused({ code, sent, message }) {
    if (code === TAKEN) {
      this.#sayAgain(sent);
      return;
    }
    if (this.#takeBack(sent)) {
      this.#transcript.gone(sent.seg_id);
      return;
    }
    this.#refusals.set(sent.seg_id, { sent, message });
    this.#showRefused(sent, message);
  }

  #showRefused(sent, message) {
    const { seg_id, text, speaker } = sent;
    const buttons = [this.#button("Try again", () => this.#sayAgain(sent)), this.#button("Leave it out", () => this.#leaveOut(seg_id))];
    this.#transcript.waiting({ segId: seg_id, text, note: `Not sent: ${message}`, buttons, ...this.#whose({ speaker }) });
  }

  #leaveOut(segId) {
    this.#refusals.delete(segId);
    this.#transcript.gone(segId);
  }

  /** Under an id of its own: the first was seen by the whole room while the words were spoken, and anybody could use it. */
  #sayAgain({ seg_id, text, source, speaker }) {
    this.#leaveOut(seg_id);
    this.say(text, { source, extra: speaker ? { speaker } : {} });
  }

  /** Each try to connect is no change. */
  #connected(isConnected) {
    if (isConnected === this.#isConnected) return;
    this.#isConnected = isConnected;
    this.#showOnItsWay();
  }

  #showOnItsWay() {
    for (const message of this.#room.outbox.all()) if (message.type === "segment.final") this.#showWritten(message);
    for (const { segId, hasFailed } of this.#room.words.waiting) if (!hasFailed) this.#showSpoken(segId);
  }

  #showWritten({ seg_id, text, speaker }) {
    const note = this.#isConnected ? SENDING : KEPT_HERE;
    this.#transcript.waiting({ segId: seg_id, text, note, ...this.#whose({ speaker }) });
  }

  #showSpoken(segId, text = this.#isConnected ? WRITING : KEPT_HERE, buttons = []) {
    const entry = this.#room.words.waiting.find((one) => one.segId === segId);
    if (entry) this.#transcript.waiting({ segId, text, buttons, ...this.#whose(entry.extra) });
  }

  #button(words, act) {
    const button = make("button", { class: "button button-small", type: "button" }, words);
    button.addEventListener("click", () => {
      act();
      this.#transcript.focus(); // the button is gone with what it was about
    });
    return button;
  }
}
