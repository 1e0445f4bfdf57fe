// Changes words where they stand: Escape leaves them, Control and Enter keep the change.
import { make } from "./dom.js";

export class WordsEditor {
  #form;
  #on;
  segId;

  /** on: { input(), save(text), closed() } */
  constructor({ segId, text, after, on }) {
    this.segId = segId;
    this.#on = on;
    const field = make("textarea", { id: "words-editor", rows: 3 }, text);
    const cancel = make("button", { class: "button button-small", type: "button" }, "Cancel");
    this.#form = make(
      "form",
      { class: "words-editor" },
      make("label", { class: "visually-hidden", for: "words-editor" }, "What you said"),
      field,
      make("p", { class: "actions" }, cancel, make("button", { class: "button button-primary button-small", type: "submit" }, "Save")),
    );
    field.addEventListener("input", () => on.input());
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.stopPropagation();
        this.close();
      }
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.#form.requestSubmit();
      }
    });
    cancel.addEventListener("click", () => this.close());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      const words = field.value.trim();
      if (words && words !== text) on.save(words);
      this.close();
    });
    after.after(this.#form);
    field.focus();
    field.setSelectionRange(text.length, text.length);
  }

  close() {
    if (!this.#form.isConnected) return;
    this.#form.remove();
    this.#on.closed();
  }
}
