// One's notes and everybody's marks, in the order of the room's clock; each leads back to its moment.
import { findAll, icon, make } from "./dom.js";
import { clockWords } from "./time.js";

export class MomentList {
  #list;
  #jump;

  /** jump(ms, segId) shows the moment. Lines that the server wrote get their time. */
  constructor(list, jump) {
    this.#list = list;
    this.#jump = jump;
    for (const line of findAll("[data-at]", list)) line.prepend(this.#link(Number(line.dataset.at)));
  }

  note(text, ms) {
    this.#add(ms, make("li", { "data-at": ms }, this.#link(ms), make("p", {}, text)));
  }

  has(text) {
    return findAll("[data-at]:not(.is-mark) p", this.#list).some((note) => note.textContent === text);
  }

  mark(words, ms, segId) {
    this.#add(ms, make("li", { "data-at": ms, class: "is-mark" }, this.#link(ms, segId), make("p", {}, icon("bookmark"), words)));
  }

  clearMarks() {
    for (const line of findAll(".is-mark", this.#list)) line.remove();
  }

  #link(ms, segId = "") {
    const time = clockWords(ms);
    const link = make("button", { type: "button", class: "button-link", "aria-label": `${time}: show in the conversation` }, time);
    link.addEventListener("click", () => this.#jump(ms, segId));
    return link;
  }

  #add(ms, line) {
    const later = findAll("[data-at]", this.#list).find((other) => Number(other.dataset.at) > ms);
    if (later) later.before(line);
    else this.#list.append(line);
  }
}
