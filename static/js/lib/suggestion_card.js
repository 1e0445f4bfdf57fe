// One suggestion at a time, and quiet: the next one waits until this one is answered; what is put aside stays in reach.
import { find, findAll, make, need, setText } from "./dom.js";
import { announce } from "./live_region.js";

export class SuggestionCard {
  #answer;
  #jump;
  #shown = null;
  #next = null;
  #later = new Map(); // id → its line
  #closed = new Set();
  #announced = new Set();

  /** answer(id, answer) tells the server; jump(segId, quote) shows the words that caused it. */
  constructor({ answer, jump }) {
    this.#answer = answer;
    this.#jump = jump;
    for (const button of findAll("[data-suggestion]")) {
      button.addEventListener("click", () => this.#decide(this.#shown, button.dataset.suggestion));
    }
  }

  /** Told by the server, perhaps again. */
  ready(suggestion) {
    if (this.#closed.has(suggestion.id) || this.#later.has(suggestion.id)) return;
    if (suggestion.answer === "later") this.#keep(suggestion);
    else if (!this.#shown || this.#shown.id === suggestion.id) this.#show(suggestion);
    else this.#next = suggestion;
  }

  /** Answered here or by another interviewer. */
  answered(id, answer) {
    const row = this.#shown?.id === id ? this.#shown : null;
    if (answer === "later" && row) this.#keep(row);
    if (answer !== "later") {
      this.#closed.add(id);
      this.#later.get(id)?.remove();
      this.#later.delete(id);
      need("later").hidden = this.#later.size === 0;
    }
    if (this.#next?.id === id) this.#next = null;
    if (row) this.#showNext();
  }

  #decide(suggestion, answer) {
    this.#answer(suggestion.id, answer);
    const hadFocus = need("suggestion").contains(document.activeElement);
    this.answered(suggestion.id, answer);
    if (hadFocus && !this.#shown) need("suggestion-title").focus();
  }

  #show(suggestion) {
    this.#shown = suggestion;
    setText(need("suggestion-text"), suggestion.text);
    need("suggestion-because").replaceChildren(...suggestion.because.map((cause) => this.#cause(cause)));
    need("suggestion").hidden = false;
    need("no-suggestion").hidden = true;
    if (!this.#announced.has(suggestion.id)) announce(`Suggestion: ${suggestion.text}`);
    this.#announced.add(suggestion.id);
  }

  #cause([segId, words]) {
    const link = make("button", { type: "button", class: "button-link live-because" }, words);
    link.addEventListener("click", () => this.#jump(segId, words));
    return link;
  }

  #showNext() {
    const next = this.#next;
    this.#shown = null;
    this.#next = null;
    need("suggestion").hidden = true;
    need("no-suggestion").hidden = false;
    if (next) this.#show(next);
  }

  #keep(suggestion) {
    const used = make("button", { type: "button", class: "button button-small" }, "I asked it");
    const dismissed = make("button", { type: "button", class: "button button-small button-quiet" }, "Dismiss");
    const line = make("li", {}, make("p", {}, suggestion.text), make("div", { class: "actions" }, used, dismissed));
    used.addEventListener("click", () => this.#decideLater(suggestion, "use"));
    dismissed.addEventListener("click", () => this.#decideLater(suggestion, "dismiss"));
    this.#later.set(suggestion.id, line);
    need("later-list").append(line);
    need("later").hidden = false;
  }

  #decideLater(suggestion, answer) {
    this.#answer(suggestion.id, answer);
    this.answered(suggestion.id, answer);
    (find("summary", need("later")).checkVisibility() ? find("summary", need("later")) : need("suggestion-title")).focus();
  }
}
