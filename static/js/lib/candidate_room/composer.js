// The answer field and its buttons. What stands in it survives a reload until it is sent.
import { need } from "../dom.js";

export class Composer {
  #field = need("answer");
  #key;

  /** on: { done(): the answer is complete; part(): this much of it is; writing() } */
  constructor({ interview, on }) {
    this.#key = `meetmind-draft-${interview}`;
    this.#field.value = sessionStorage.getItem(this.#key) ?? "";
    this.#field.addEventListener("input", () => {
      sessionStorage.setItem(this.#key, this.#field.value);
      on.writing();
    });
    this.#field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      on.done();
    });
    need("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      on.done();
    });
    need("send").addEventListener("click", () => {
      on.part();
      this.focus();
    });
  }

  get text() {
    return this.#field.value.trim();
  }

  set text(text) {
    this.#field.value = text;
    if (text) sessionStorage.setItem(this.#key, text);
    else this.forget();
  }

  focus() {
    this.#field.focus();
  }

  /** Nothing of it stays on this device. */
  forget() {
    sessionStorage.removeItem(this.#key);
  }
}
