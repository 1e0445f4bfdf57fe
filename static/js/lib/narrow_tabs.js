// Parts of a page that stand beside each other on a wide screen and are tabs on a narrow one. On the wide screen
// nothing of the tabs is left: no roles, nothing hidden.
import { findAll } from "./dom.js";

const MOVES = { ArrowRight: 1, ArrowLeft: -1 };

export class NarrowTabs {
  #list;
  #tabs;
  #isNarrow;

  /** `list` holds buttons with data-tab: the id of the part that each shows. */
  constructor(list, query = "(max-width: 61.99rem)") {
    this.#list = list;
    this.#tabs = findAll("[data-tab]", list);
    this.#isNarrow = matchMedia(query);
    for (const tab of this.#tabs) tab.addEventListener("click", () => this.show(tab.dataset.tab));
    list.addEventListener("keydown", (event) => this.#move(event));
    this.#isNarrow.addEventListener("change", () => this.show(this.#tabs[0].dataset.tab));
    this.show(this.#tabs[0].dataset.tab);
  }

  show(id) {
    const isNarrow = this.#isNarrow.matches;
    this.#list.hidden = !isNarrow;
    for (const tab of this.#tabs) {
      const part = document.getElementById(tab.dataset.tab);
      const isShown = tab.dataset.tab === id;
      part.hidden = isNarrow && !isShown;
      if (isNarrow) part.setAttribute("role", "tabpanel");
      else part.removeAttribute("role");
      tab.setAttribute("aria-selected", String(isShown));
      tab.tabIndex = isShown ? 0 : -1;
    }
  }

  #move(event) {
    const step = MOVES[event.key];
    if (!step) return;
    event.preventDefault();
    const at = this.#tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
    const next = this.#tabs[(at + step + this.#tabs.length) % this.#tabs.length];
    this.show(next.dataset.tab);
    next.focus();
  }
}
