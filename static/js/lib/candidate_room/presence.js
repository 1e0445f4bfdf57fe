// Who is here; and what this one is at who says no word: typing, thinking or listening, never what they write.
import { need, setText } from "../dom.js";

const TYPING_EVERY = 4_000;

export class Presence {
  #socket;
  #typedAt = 0;

  constructor(socket) {
    this.#socket = socket;
  }

  show(people) {
    const names = people.filter(({ role }) => role !== "candidate").map(({ name }) => name).join(", ");
    setText(need("presence"), names ? `Here with you: ${names}` : "");
    need("presence").hidden = !names;
  }

  tell(what) {
    this.#socket.drop({ type: "segment.interim", seg_id: what, text: "" });
  }

  tellTyping() {
    if (Date.now() - this.#typedAt < TYPING_EVERY) return;
    this.#typedAt = Date.now();
    this.tell("typing");
  }
}
