// Plays a recording beside its transcript: what is heard is marked, and every moment can be jumped to. Where the
// recording stands on the clock of the room is told by its `data-started-ms`.
import { find, findAll, icon, make } from "./dom.js";
import { announce } from "./live_region.js";

const TAKES_TO_BEGIN = 3_000; // a microphone is not open at once

export class Playback {
  #list;
  #sounds;
  #follow;

  constructor({ box, list }) {
    this.#list = list;
    this.#sounds = findAll("audio", box);
    this.#follow = find("#follow", box);
    for (const sound of this.#sounds) {
      sound.addEventListener("play", () => this.#pauseOthers(sound));
      sound.addEventListener("timeupdate", () => this.#mark(startOf(sound) + sound.currentTime * 1000));
      sound.addEventListener("error", () => announce("The recording cannot be played."));
    }
    this.offer();
  }

  /** Gives each moment that was recorded a button which plays it, also those that come later. */
  offer() {
    for (const place of [...findAll("li[data-started-ms]", this.#list), ...findAll("footer[data-started-ms]")]) {
      const at = Number(place.dataset.startedMs);
      if (place.dataset.plays || !this.#soundAt(at)) continue;
      place.dataset.plays = "true";
      const words = `Play from ${place.dataset.clock}`;
      const button = make("button", { class: "play-moment no-print", type: "button", "aria-label": words, title: words }, icon("play"));
      button.addEventListener("click", () => this.#play(at));
      (find(".transcript-time", place) ?? place).append(button);
    }
  }

  async #play(at) {
    const sound = this.#soundAt(at);
    this.#pauseOthers(sound);
    try {
      await this.#jump(sound, Math.max(0, at - startOf(sound)) / 1000);
      await sound.play();
    } catch {
      announce("The recording cannot be played.");
    }
  }

  /** Before a player knows how long a recording is, it cannot jump in it. */
  async #jump(sound, seconds) {
    if (sound.readyState < HTMLMediaElement.HAVE_METADATA) {
      const known = new Promise((resolve, reject) => {
        sound.addEventListener("loadedmetadata", resolve, { once: true });
        sound.addEventListener("error", reject, { once: true });
      });
      sound.preload = "auto";
      sound.load();
      await known;
    }
    sound.currentTime = seconds;
  }

  #pauseOthers(sound) {
    for (const other of this.#sounds) if (other !== sound) other.pause();
  }

  #soundAt(at) {
    const within = this.#sounds.findLast((sound, place) => startOf(sound) <= at && at < this.#endOf(sound, place));
    return within ?? this.#sounds.find((sound) => at < startOf(sound) && startOf(sound) - at < TAKES_TO_BEGIN);
  }

  #endOf(sound, place) {
    const length = Number(sound.dataset.durationMs);
    if (length > 0) return startOf(sound) + length;
    const next = this.#sounds[place + 1];
    return next ? startOf(next) : Infinity;
  }

  #mark(at) {
    let current = null;
    for (const turn of findAll("li[data-started-ms]", this.#list)) {
      const startedMs = Number(turn.dataset.startedMs); // not ascending: some speech waits for a connection
      if (startedMs <= at && startedMs >= Number(current?.dataset.startedMs ?? 0)) current = turn;
    }
    for (const turn of findAll("[aria-current]", this.#list)) if (turn !== current) turn.removeAttribute("aria-current");
    if (!current || current.hasAttribute("aria-current")) return;
    current.setAttribute("aria-current", "true");
    if (this.#follow?.checked) this.#scrollTo(current);
  }

  /** Within the list only, and never away from where somebody is with the keyboard. */
  #scrollTo(turn) {
    if (find(":focus-visible", this.#list) || this.#list.matches(":focus-visible")) return;
    const above = turn.getBoundingClientRect().top - this.#list.getBoundingClientRect().top;
    this.#list.scrollTop += above - this.#list.clientHeight / 3;
  }
}

function startOf(sound) {
  return Number(sound.dataset.startedMs);
}
