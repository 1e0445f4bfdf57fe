// The conversation as a column of bubbles: the AI's questions, the candidate's answers, members' words, notices.
// What was misheard can be put right where it stands.
import { icon, make, need } from "./dom.js";
import { EndInView } from "./end_in_view.js";
import { KEPT_HERE } from "./outbox.js";
import { StreamedText } from "./streamed_text.js";
import { WordsEditor } from "./words_editor.js";

const AI = "AI interviewer";
const SENDING = "Sending…";
const WRITING_DOWN = "Writing down what you said…";

export class Conversation {
  #chat = need("chat");
  #scroller = need("scroller");
  #end = new EndInView(this.#scroller);
  #questions = new Map();
  #segments = new Map();
  #thinking = null;
  #editor = null;
  #isOver = false;
  #isConnected = false;
  #on;

  /**
   * on: { correct(segId, text), type(segId, text) in place of sound that could not be written down, retry(segId),
   * editing() while somebody changes words }
   */
  constructor({ on }) {
    this.#on = on;
    // The composer grows and shrinks: whoever reads the end goes on reading the end.
    let wasAtEnd = true;
    this.#scroller.addEventListener("scroll", () => {
      wasAtEnd = this.#end.isNear();
    });
    new ResizeObserver(() => wasAtEnd && this.#end.show()).observe(this.#scroller);
  }

  get isEditing() {
    return this.#editor !== null;
  }

  /** Nothing can be changed any more. */
  end() {
    this.#isOver = true;
    this.#editor?.close();
    for (const segment of this.#segments.values()) {
      if (segment.onItsWay) this.#mark(segment, "is-failed", "Not sent: the interview is over.");
      segment.actions?.remove();
    }
  }

  clear() {
    this.#editor?.close();
    this.#chat.replaceChildren();
    this.#end.restart();
    this.#questions.clear();
    this.#segments.clear();
    this.#thinking = null;
  }

  #add(item) {
    this.#end.keep();
    this.#chat.append(item);
    return item;
  }

  #follow() {
    this.#end.keep(200);
  }

  #bubble(kind, name, text, at) {
    const body = make("p", { class: "bubble-text" }, text);
    const head = make("p", { class: "bubble-name" }, name);
    if (at) head.append(make("span", { class: "faint" }, shortTime(at)));
    const item = this.#add(make("li", { class: `bubble ${kind}` }, head, body));
    return { item, body, name: head.firstChild, note: null, actions: null, onItsWay: "" };
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
  pending(segId, text, name) {
    this.#onItsWay(segId, text, name, SENDING);
  }

  /** Sound of the candidate that has no words yet. */
  wordless(segId, name, soFar = "") {
    this.#onItsWay(segId, soFar || "…", name, WRITING_DOWN);
  }

  /** Whether what is on its way can be sent now: if not, it is said where it waits. */
  connected(isConnected) {
    this.#isConnected = isConnected;
    for (const segment of this.#segments.values()) if (segment.onItsWay) this.#markOnItsWay(segment, segment.onItsWay);
  }

  #onItsWay(segId, text, name, words) {
    const segment = this.#segments.get(segId) ?? this.#bubble("bubble-candidate", name, text);
    this.#segments.set(segId, segment);
    this.#markOnItsWay(segment, words);
    segment.body.textContent = text;
  }

  #markOnItsWay(segment, words) {
    this.#mark(segment, "is-pending", this.#isConnected ? words : KEPT_HERE);
    segment.onItsWay = words;
  }

  stored({ seg_id, speaker, name, text, at, after_end }) {
    const known = this.#segments.get(seg_id);
    if (!known) this.hideThinking();
    const kind = speaker === "candidate" ? "bubble-candidate" : "bubble-member";
    const segment = known ?? this.#bubble(kind, name, text, at);
    this.#segments.set(seg_id, segment);
    if (this.#editor?.segId === seg_id) this.#editor.close();
    this.#mark(segment, "", after_end ? "Arrived after the end; kept, and marked as late." : "");
    segment.body.textContent = text; // spoken words are known only now
    segment.name.data = name; // it may have been changed while these were on their way
    if (known) this.#add(segment.item); // in the room's order, also when it waited since an earlier page
    if (speaker === "candidate") this.#offer(segment, [this.#editButton(seg_id)]);
  }

  /** There were no words in it after all. */
  removePending(segId) {
    this.#segments.get(segId)?.item.remove();
    this.#segments.delete(segId);
  }

  corrected({ seg_id, text }) {
    const segment = this.#segments.get(seg_id);
    if (!segment) return;
    const hadFocus = segment.actions?.contains(document.activeElement);
    segment.body.textContent = text;
    this.#mark(segment, "", "Corrected. What was heard first is kept beside it.");
    const edit = this.#editButton(seg_id);
    this.#offer(segment, [edit]);
    if (hadFocus) edit.focus();
  }

  failed(segId, why) {
    const segment = this.#segments.get(segId);
    if (segment) this.#mark(segment, "is-failed", `Not sent: ${why}`);
  }

  /** Its sound is kept: it can be tried again, or typed. */
  unheard(segId, name) {
    const segment = this.#segments.get(segId) ?? this.#bubble("bubble-candidate", name, "…");
    this.#segments.set(segId, segment);
    this.#mark(segment, "is-failed", "This could not be written down. The sound is kept on this device.");
    const retry = make("button", { class: "button button-small", type: "button" }, "Try again");
    retry.addEventListener("click", () => {
      this.wordless(segId, name);
      this.#on.retry(segId);
    });
    const type = make("button", { class: "button button-small", type: "button" }, "Type it instead");
    type.addEventListener("click", () => this.#edit(segId, "", (text) => this.#on.type(segId, text)));
    this.#offer(segment, [retry, type]);
  }

  #mark(segment, state, words) {
    segment.item.classList.remove("is-pending", "is-failed");
    if (state) segment.item.classList.add(state);
    segment.onItsWay = "";
    segment.note?.remove();
    segment.note = words ? make("p", { class: "bubble-note" }, words) : null;
    if (segment.note) segment.item.append(segment.note);
    segment.actions?.remove();
    segment.actions = null;
  }

  #offer(segment, buttons) {
    if (this.#isOver) return;
    segment.actions?.remove();
    segment.actions = make("p", { class: "bubble-actions" }, ...buttons);
    segment.item.append(segment.actions);
  }

  #editButton(segId) {
    const { body } = this.#segments.get(segId);
    const words = body.textContent.slice(0, 60);
    const button = make("button", { class: "button button-quiet button-small", type: "button", "aria-label": `Edit: ${words}` }, icon("pencil"), "Edit");
    button.addEventListener("click", () => this.#edit(segId, body.textContent, (text) => this.#on.correct(segId, text)));
    return button;
  }

  #edit(segId, text, save) {
    this.#editor?.close();
    const { item, body, actions } = this.#segments.get(segId);
    body.hidden = true;
    actions.hidden = true;
    this.#editor = new WordsEditor({
      segId,
      text,
      after: body,
      on: {
        input: () => this.#on.editing(),
        save,
        closed: () => {
          this.#editor = null;
          body.hidden = false;
          actions.hidden = false;
          item.querySelector("button")?.focus();
        },
      },
    });
    this.#on.editing();
  }
}

function shortTime(at) {
  const when = at ? new Date(at) : new Date();
  return new Intl.DateTimeFormat(undefined, { timeStyle: "short" }).format(when);
}
