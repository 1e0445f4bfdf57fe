// The form in which a member writes words into the room: their own, or what the candidate says.
import { need } from "./dom.js";

export class SayForm {
  #words = need("words");
  #speaker = document.getElementById("speaker"); // where the AI leads nobody writes for somebody else

  /** on: { say(text, extra) }, where `extra` says whose words they are */
  constructor({ on }) {
    need("say").addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.#words.value.trim();
      if (!text) return;
      on.say(text, this.#speaker?.value ? { speaker: this.#speaker.value } : {});
      this.#words.value = "";
      this.#words.focus();
    });
    this.#words.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) need("say").requestSubmit();
    });
  }

  /** Words that the room refused stand here again with their speaker, unless others do. Answers whether they do. */
  takeBack({ text, speaker = "" }) {
    if (this.#words.value) return false;
    this.#words.value = text;
    if (this.#speaker) this.#speaker.value = speaker;
    return true;
  }
}
