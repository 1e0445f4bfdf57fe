// Spoken sound that found no words: it can be tried again or typed where it is kept, and said again where it is not.
import { announce } from "../live_region.js";

export class UnheardSound {
  #room;
  #conversation;
  #answering;

  constructor({ room, conversation, answering }) {
    this.#room = room;
    this.#conversation = conversation;
    this.#answering = answering;
    room.words.addEventListener("failed", ({ detail }) => this.failed(detail, true));
  }

  /** A cough, or a chair. */
  nothingIn({ seg_id }) {
    this.#answering.remove(seg_id);
    this.#conversation.removePending(seg_id);
  }

  /** The sound is kept where this page has it: another device's is there. */
  failed({ seg_id }, isNews) {
    this.#answering.remove(seg_id);
    if (this.#room.words.has(seg_id)) this.#conversation.unheard(seg_id, this.#room.name);
    else this.#conversation.failed(seg_id, "the words could not be written down. Please say it again, or type it.");
    if (isNews) announce("Something you said could not be written down. You can try again, or type it.");
  }

  /** Its words were typed instead. */
  typed(segId, text) {
    this.#room.words.forget(segId);
    this.#answering.sendWords(text, { segId, source: "typed" });
  }
}
