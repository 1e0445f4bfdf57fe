// The conversation as a transcript that grows while it is spoken: stored turns, words still coming, notices.
import { isAtEnd, make, need, scrollToEnd } from "./dom.js";
import { clockWords } from "./time.js";

const INTERIM_LASTS = 10_000;

export class LiveTranscript {
  #list = need("transcript");
  #turns = new Map();
  #interims = new Map();

  clear() {
    this.#list.replaceChildren();
    this.#turns.clear();
    this.#interims.clear();
  }

  #add(item) {
    const follow = isAtEnd(this.#list);
    need("nothing-yet").hidden = true;
    this.#list.append(item);
    for (const { item: interim } of this.#interims.values()) this.#list.append(interim);
    if (follow) scrollToEnd(this.#list);
    return item;
  }

  #turn(kind, name, text, startedMs, note = "") {
    const speaker = make("span", { class: "transcript-speaker" }, name);
    if (note) speaker.append(make("small", {}, note));
    const time = make("span", { class: "transcript-time" }, startedMs === null ? "" : clockWords(startedMs));
    const body = make("p", { class: "transcript-text" }, text);
    return { item: make("li", { class: `transcript-turn is-${kind}` }, time, speaker, body), body, time };
  }

  notice(text) {
    this.#add(make("li", { class: "live-notice" }, text));
  }

  /** A stored segment. `note` says how it came: typed, fed by a member, late. */
  stored(event, note) {
    this.#endInterim(event.seg_id);
    if (this.#turns.has(event.seg_id)) return;
    const turn = this.#turn(event.speaker, event.name, event.text, event.started_ms, note);
    this.#turns.set(event.seg_id, turn);
    this.#add(turn.item);
  }

  corrected({ seg_id, text }) {
    const turn = this.#turns.get(seg_id);
    if (turn) turn.body.textContent = text;
  }

  /** Words still being said; an empty text means that somebody is writing. */
  interim({ seg_id, text, speaker, name }) {
    if (this.#turns.has(seg_id)) return;
    this.#endInterim(seg_id);
    const turn = this.#turn(`${speaker} is-interim`, name, text || "is writing…", null);
    const timer = setTimeout(() => this.#endInterim(seg_id), INTERIM_LASTS);
    this.#interims.set(seg_id, { ...turn, timer });
    this.#add(turn.item);
  }

  #endInterim(segId) {
    const interim = this.#interims.get(segId);
    if (!interim) return;
    clearTimeout(interim.timer);
    interim.item.remove();
    this.#interims.delete(segId);
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
    if (isAtEnd(this.#list, 160)) scrollToEnd(this.#list);
  }

  questionAsked(event) {
    const turn = this.#turns.get(event.msg_id) ?? this.#turn("ai", "AI interviewer", "", null);
    if (!this.#turns.has(event.msg_id)) {
      this.#turns.set(event.msg_id, turn);
      this.#add(turn.item);
    }
    turn.item.classList.remove("is-interim");
    turn.body.textContent = event.text;
    turn.time.textContent = clockWords(event.started_ms);
  }

  questionWithdrawn({ msg_id }) {
    const turn = this.#turns.get(msg_id);
    turn?.item.classList.remove("is-interim");
    turn?.item.classList.add("is-withdrawn");
  }
}
