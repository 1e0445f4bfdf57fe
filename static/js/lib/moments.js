// Marks the words of a citation in a shown transcript.
import { find, findAll, make } from "./dom.js";
import { announce } from "./live_region.js";

export function unmark(list) {
  for (const mark of findAll("mark", list)) {
    const text = mark.parentElement;
    mark.replaceWith(...mark.childNodes);
    text.normalize();
  }
  for (const turn of findAll(".is-current", list)) turn.classList.remove("is-current");
}

/** Marks the quoted words. The server counts characters, JavaScript counts halves of some: so by code points. */
function markWords(turn, { quote, start, end }) {
  const text = find(".transcript-text", turn);
  const characters = [...text.textContent];
  let [from, to] = [Number(start), Number(end)];
  if (characters.slice(from, to).join("") !== quote) {
    const at = text.textContent.indexOf(quote);
    if (at < 0) {
      announce("These words were corrected since they were quoted.");
      return;
    }
    from = [...text.textContent.slice(0, at)].length;
    to = from + [...quote].length;
  }
  const mark = make("mark", {}, characters.slice(from, to).join(""));
  text.replaceChildren(characters.slice(0, from).join(""), mark, characters.slice(to).join(""));
}

/** Brings a turn of `list` into view, with the focus on it; `words` ({ quote, start, end }) are marked in it. */
export function showMoment(list, turn, words = null) {
  unmark(list);
  turn.classList.add("is-current");
  if (words) markWords(turn, words);
  turn.tabIndex = -1;
  turn.focus({ preventScroll: true });
  (find("mark", turn) ?? turn).scrollIntoView({ block: "center" });
}

/** The link of a citation that was clicked, unless it is to be opened elsewhere. */
export function citationOf(event) {
  const link = event.target.closest("a");
  return !link || event.ctrlKey || event.metaKey || event.shiftKey || event.button ? null : link;
}
