// The conversation as a column of bubbles: the AI's questions, the candidate's answers, members' words, notices.
import { isAtEnd, make, need, scrollToEnd } from "./dom.js";
import { StreamedText } from "./streamed_text.js";

const AI = "AI interviewer";

export class Conversation {
  #chat = need("chat");
  #scroller = need("scroller");
  #questions = new Map();
  #segments = new Map();
  #thinking = null;

  constructor() {
    // The composer grows and shrinks: whoever reads the end goes on reading the end.
    let wasAtEnd = true;
    this.#scroller.addEventListener("scroll", () => {
      wasAtEnd = isAtEnd(this.#scroller);
    });
    new ResizeObserver(() => wasAtEnd && scrollToEnd(this.#scroller)).observe(this.#scroller);
  }

  clear() {
    this.#chat.replaceChildren();
    this.#questions.clear();
    this.#segments.clear();
    this.#thinking = null;
  }

  #add(item) {
    const follow = isAtEnd(this.#scroller);
    this.#chat.append(item);
    if (follow) scrollToEnd(this.#scroller);
    return item;
  }

  #follow() {
    if (isAtEnd(this.#scroller, 200)) scrollToEnd(this.#scroller);
  }

  #bubble(kind, name, text, at) {
    const body = make("p", { class: "bubble-text" }, text);
    const head = make("p", { class: "bubble-name" }, name);
    if (at) head.append(make("span", { class: "faint" }, shortTime(at)));
    return { item: this.#add(make("li", { class: `bubble ${kind}` }, head, body)), body };
  }

  notice(text) {
    this.#add(make("li", { class: "chat-notice" }, text));
  }

  /** The AI has the word and has not begun to speak. */
  showThinking() {
    if (this.#thinking) return;
    this.#thinking = this.#bubble("bubble-ai is-streaming", AI, "").item;
    this.#thinking.setAttribute("aria-hidden", "true");
  }

  hideThinking() {
    this.#thinking?.remove();
    this.#thinking = null;
  }

  #question(id, at) {
    let question = this.#questions.get(id);
    if (!question) {
      this.hideThinking();
      const { item, body } = this.#bubble("bubble-ai is-streaming", AI, "", at);
      question = { item, text: new StreamedText(body) };
      this.#questions.set(id, question);
      new ResizeObserver(() => this.#follow()).observe(item);
    }
    return question;
  }

  questionWords({ msg_id, offset, text }) {
    if (!this.#questions.has(msg_id) && offset !== 0) return;
    this.#question(msg_id).text.add(offset, text);
    this.#follow();
  }

  async questionAsked({ msg_id, text, at }, { atOnce }) {
    const question = this.#question(msg_id, at);
    await question.text.finish(text, { atOnce });
    question.item.classList.remove("is-streaming");
    this.#follow();
  }

  questionWithdrawn({ msg_id }) {
    const question = this.#questions.get(msg_id);
    if (!question) return false;
    this.#questions.delete(msg_id);
    question.item.classList.remove("is-streaming");
    question.item.classList.add("is-withdrawn");
    question.item.append(make("p", { class: "bubble-note" }, "This broke off. It is asked again."));
    return true;
  }

  /** Words of the candidate that are on their way. */
  pending(segId, text, name, words = "Sending…") {
    const { item } = this.#bubble("bubble-candidate is-pending", name, text);
    const note = make("p", { class: "bubble-note" }, words);
    item.append(note);
    this.#segments.set(segId, { item, note });
  }

  stored({ seg_id, speaker, name, text, at, after_end }) {
    const known = this.#segments.get(seg_id);
    if (known) {
      known.item.classList.remove("is-pending", "is-failed");
      known.note?.remove();
      known.note = null;
      known.item.querySelector(".bubble-text").textContent = text; // spoken words are known only now
      this.#add(known.item); // in the room's order, also when it waited since an earlier page
      return;
    }
    this.hideThinking();
    const kind = speaker === "candidate" ? "bubble-candidate" : "bubble-member";
    const { item } = this.#bubble(kind, name, text, at);
    if (after_end) item.append(make("p", { class: "bubble-note" }, "Arrived after the end; kept, and marked as late."));
    this.#segments.set(seg_id, { item, note: null });
  }

  /** There were no words in it after all. */
  removePending(segId) {
    this.#segments.get(segId)?.item.remove();
    this.#segments.delete(segId);
  }

  corrected({ seg_id, text }) {
    const known = this.#segments.get(seg_id);
    if (known) known.item.querySelector(".bubble-text").textContent = text;
  }

  failed(segId, why) {
    const known = this.#segments.get(segId);
    if (!known) return;
    known.item.classList.remove("is-pending");
    known.item.classList.add("is-failed");
    known.note?.remove();
    known.note = make("p", { class: "bubble-note" }, `Not sent: ${why}`);
    known.item.append(known.note);
  }
}

function shortTime(at) {
  const when = at ? new Date(at) : new Date();
  return new Intl.DateTimeFormat(undefined, { timeStyle: "short" }).format(when);
}
