// What of the room is shown, as things stand now.
import { findAll, need, setText } from "../dom.js";
import { keepScreenOn } from "../wake_lock.js";

export class RoomView {
  #room;
  #progress;
  #answering;
  #voice;
  isElsewhere = false; // another tab of this browser has taken the room over

  constructor({ room, progress, answering, voice }) {
    this.#room = room;
    this.#progress = progress;
    this.#answering = answering;
    this.#voice = voice;
  }

  show() {
    const { isBefore, isRunning, state, ledBy } = this.#progress;
    const isLiveHere = state === "live" && !this.isElsewhere;
    need("elsewhere").hidden = !this.isElsewhere;
    need("scroller").hidden = this.isElsewhere;
    need("start-card").hidden = !isBefore;
    need("composer-area").hidden = !isRunning || this.isElsewhere;
    need("paused").hidden = state !== "paused";
    need("composer").hidden = state === "paused";
    for (const action of ["repeat", "clarify", "skip"]) {
      for (const button of findAll(`[data-action="${action}"]`)) button.disabled = !this.#answering.mayAnswer || ledBy !== "ai";
    }
    need("think").disabled = !this.#answering.mayAnswer;
    need("may-interrupt").hidden = !this.#room.isAiLed || this.#voice.rung !== "provider";
    setText(need("speak-hint"), document.getElementById("speak") ? this.#voice.hint : "");
    keepScreenOn(isLiveHere);
    // While the room is told again, its earlier states are no news.
    if (this.isElsewhere || this.#progress.isToldAll) this.#room.recorder?.follow(isLiveHere);
  }
}

export function problem(words) {
  setText(need("problem"), words);
  need("problem-area").hidden = !words;
}
