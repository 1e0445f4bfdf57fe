// The conversation as a transcript that grows while it is spoken: stored turns, words still coming, notices.
import { icon, make, need } from "./dom.js";
import { EndInView } from "./end_in_view.js";
import { showMoment } from "./moments.js";
import { clockWords } from "./time.js";

const AT_IT = { typing: "is writing…", thinking: "is thinking…", listening: "hears the question…" };
const INTERIM_LASTS = 10_000;
const LAST_WORDS = 6;

export class LiveTranscript {
  #list = need("transcript");
  #end = new EndInView(this.#list);
  #turns = new Map();
  #interims = new Map();
  #losses = new Map(); // notices of speech without words, which may still find some

  clear() {
    this.#list.replaceChildren();
    this.#end.restart();
    this.#turns.clear();
    for (const { timer } of this.#interims.values()) clearTimeout(timer);
    this.#interims.clear();
    this.#losses.clear();
  }

  focus() {
    this.#list.focus({ preventScroll: true });
  }

  #add(item) {
    this.#end.keep();
    need("nothing-yet").hidden = true;
    this.#list.append(item);
    for (const { item: interim } of this.#interims.values()) this.#list.append(interim);
    return item;
  }

  #turn(kind, name, text, startedMs, note = "") {
    const speaker = make("span", { class: "transcript-speaker" }, name);
    if (note) speaker.append(make("small", {}, note));
    const time = make("span", { class: "transcript-time" }, startedMs === null ? "" : clockWords(startedMs));
    const body = make("p", { class: "transcript-text" }, text);
    return { item: make("li", { class: `transcript-turn is-${kind}` }, time, speaker, body), body, time, startedMs };
  }

  notice(text) {
    return this.#add(make("li", { class: "live-notice" }, text));
  }

  /** Somebody's speech could not be written down; the notice goes when its words come after all. */
  lost(segId, text) {
    if (!this.#turns.has(segId)) this.#losses.set(segId, this.notice(text));
  }

  /**
   * Own words that the room does not have yet: what becomes of them, and what one can do. `isFed`: somebody else says
   * them, and the room has their words so far under another name.
   */
  waiting({ segId, speaker, name, isFed = false, text, note = "", buttons = [] }) {
    if (this.#turns.has(segId)) return; // it has them, and its answer was lost
    const key = `${segId}/own`;
    const isSoFar = (other) => other.segId === segId && other.speaker === speaker && (isFed || other.name === name) && !other.isEmpty;
    const [theirs, interim] = [...this.#interims].find(([other, one]) => other !== key && isSoFar(one)) ?? [];
    const soFar = interim?.body.textContent ?? this.#interims.get(key)?.soFar ?? "";
    this.#endInterim(key);
    this.#endInterim(theirs);
    const turn = this.#turn(`${speaker} is-interim`, name, soFar || text, null, soFar ? text : note);
    if (buttons.length > 0) turn.item.append(make("p", { class: "live-waiting" }, ...buttons));
    this.#interims.set(key, { ...turn, timer: 0, speaker, name, segId, isEmpty: false, soFar });
    this.#add(turn.item);
  }

  /** No words will come of it, or they were refused or given up. */
  gone(segId) {
    this.#endInterim(`${segId}/own`);
  }

  /** A stored segment. `note` says how it came: typed, fed by a member, late. */
  stored(event, note) {
    this.#replaceInterims(event);
    if (this.#turns.has(event.seg_id)) return;
    const turn = this.#turn(event.speaker, event.name, event.text, event.started_ms, note);
    this.#keep(turn, event);
    this.#add(turn.item);
  }

  #keep(turn, { seg_id, segment }) {
    this.#turns.set(seg_id, turn);
    if (segment) turn.item.id = `segment-${segment}`; // what citations point at
  }

  /** Another microphone heard the same words: one turn stands for both, in the better wording. */
  doubled(event, note) {
    this.#replaceInterims(event);
    const turn = this.#turns.get(event.twin);
    if (!turn) return;
    this.#turns.set(event.seg_id, turn);
    if (!event.is_kept) return;
    const better = this.#turn(event.speaker, event.name, event.text, event.started_ms, note);
    better.item.append(...turn.item.querySelectorAll(".live-mark"));
    turn.item.className = better.item.className;
    turn.item.replaceChildren(...better.item.childNodes);
    Object.assign(turn, { body: better.body, time: better.time, startedMs: better.startedMs });
  }

  corrected({ seg_id, text }) {
    const turn = this.#turns.get(seg_id);
    if (turn) turn.body.textContent = text;
  }

  /**
   * Words still being said; an empty text means that somebody is writing or has begun to speak. Two people may
   * use the same id for that, so the name belongs to the key; of candidates there is one, whose name may change. What
   * waits for its words says more than the words so far, which may still come when it has ended.
   */
  interim({ seg_id, text, speaker, name }) {
    if (this.#turns.has(seg_id) || this.#interims.has(`${seg_id}/own`)) return;
    const key = `${seg_id}/${speaker === "candidate" ? speaker : name}`;
    const timer = setTimeout(() => this.#endInterim(key), INTERIM_LASTS);
    const known = this.#interims.get(key);
    if (known && !known.isEmpty && !text) {
      clearTimeout(known.timer); // they speak on, and no further words are known yet
      known.timer = timer;
      return;
    }
    this.#endInterim(key);
    if (text) this.#endInterims((other) => other.name === name && other.isEmpty);
    const turn = this.#turn(`${speaker} is-interim`, name, text || (AT_IT[seg_id] ?? "is speaking…"), null);
    this.#interims.set(key, { ...turn, timer, speaker, name, segId: seg_id, isEmpty: !text });
    this.#add(turn.item);
  }

  /** What the stored words replace: the words so far, and the sign that this person has begun. */
  #replaceInterims({ seg_id, name }) {
    this.#losses.get(seg_id)?.remove();
    this.#endInterims((interim) => interim.segId === seg_id || (interim.isEmpty && interim.name === name));
  }

  #endInterims(isMeant) {
    for (const [key, interim] of this.#interims) if (isMeant(interim)) this.#endInterim(key);
  }

  #endInterim(key) {
    const interim = this.#interims.get(key);
    if (!interim) return;
    clearTimeout(interim.timer);
    interim.item.remove();
    this.#interims.delete(key);
  }

  questionWords({ msg_id, offset, text }) {
    let turn = this.#turns.get(msg_id);
    if (!turn && offset !== 0) return;
    if (!turn) {
      turn = this.#turn("ai is-interim", "AI interviewer", "", null);
      this.#turns.set(msg_id, turn);
      this.#add(turn.item);
    }
    if (turn.body.textContent.length === offset) turn.body.append(text);
    this.#end.keep(160);
  }

  questionAsked(event) {
    const turn = this.#turns.get(event.msg_id) ?? this.#turn("ai", "AI interviewer", "", null);
    if (!this.#turns.has(event.msg_id)) {
      this.#turns.set(event.msg_id, turn);
      this.#add(turn.item);
    }
    this.#keep(turn, event);
    turn.item.classList.remove("is-interim");
    turn.body.textContent = event.text;
    turn.startedMs = event.started_ms;
    turn.time.textContent = clockWords(event.started_ms);
  }

  questionWithdrawn({ msg_id }) {
    const turn = this.#turns.get(msg_id);
    turn?.item.classList.remove("is-interim");
    turn?.item.classList.add("is-withdrawn");
  }

  /** Reading the question aloud broke off there. Its text was shown in full all the while. */
  readUntil({ seg_id, heard_chars }) {
    const turn = this.#turns.get(seg_id);
    if (!turn) return;
    const last = turn.body.textContent.slice(0, heard_chars).split(/\s+/).filter(Boolean).slice(-LAST_WORDS).join(" ");
    const words = last ? `read aloud up to “${last}”, shown in full` : "not read aloud, shown in full";
    turn.item.querySelector(".transcript-speaker").append(make("small", {}, words));
  }

  /** Shows that somebody marked this moment. Answers when it was, or null where it is not. */
  marked({ seg_id, label, by }) {
    const turn = this.#turns.get(seg_id);
    if (!turn) return null;
    const words = label ? `Marked by ${by}: ${label}` : `Marked by ${by}`;
    turn.item.append(make("p", { class: "live-mark" }, icon("bookmark"), words));
    return turn.startedMs;
  }

  /** Brings what was said under this id into view; `quote` is marked in it. Answers whether it is there. */
  jump(segId, quote = "") {
    const turn = this.#turns.get(segId);
    return Boolean(turn) && this.#show(turn.item, quote && { quote, start: 0, end: 0 });
  }

  /** The same for a citation, which names the row of the segment. */
  jumpToRow(row, words) {
    const item = document.getElementById(`segment-${row}`);
    return Boolean(item) && this.#show(item, words);
  }

  /** What was being said at this time of the room's clock. */
  jumpToTime(ms) {
    const turns = [...this.#turns.values()].filter((turn) => turn.startedMs !== null && turn.startedMs <= ms);
    // Not ascending: some speech waits for a connection before it stands here.
    const latest = turns.reduce((one, other) => (one && one.startedMs > other.startedMs ? one : other), null);
    return latest !== null && this.#show(latest.item);
  }

  #show(item, words = null) {
    showMoment(this.#list, item, words || null);
    return true;
  }
}
