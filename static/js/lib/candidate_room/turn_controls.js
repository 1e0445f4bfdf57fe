// The buttons around the answer: repeat, explain, skip, pause, go on, help, start, end, speak, think.
import { findAll, need, setText } from "../dom.js";
import { announce } from "../live_region.js";

export class TurnControls {
  #socket;
  #conversation;
  #speech;
  #problem;
  #speaksAgain = false; // the microphone was on when the interview was paused

  constructor({ socket, conversation, speech, problem }) {
    this.#socket = socket;
    this.#conversation = conversation;
    this.#speech = speech;
    this.#problem = problem;
    for (const button of findAll("[data-action]")) button.addEventListener("click", () => this.#ask(button));
    document.getElementById("start")?.addEventListener("click", () => this.#start());
    need("end-dialog").addEventListener("close", ({ target }) => {
      if (target.returnValue === "end") this.#tell("end");
    });
    document.getElementById("speak")?.addEventListener("click", () => this.#speak());
    need("think").addEventListener("click", () => speech.endOfAnswer.think(!speech.endOfAnswer.isThinking));
    need("may-interrupt").addEventListener("click", ({ currentTarget }) => this.#interrupt(currentTarget));
  }

  /** Nothing is heard and nothing is said aloud while time stands still. */
  pause(isNews) {
    this.#speaksAgain = this.#speech.voice.isListening;
    this.#speech.hush();
    setText(need("paused-microphone"), this.#speaksAgain ? "Your microphone is off until you go on." : "");
    if (isNews) announce("The interview is paused.");
  }

  #ask(button) {
    const { action } = button.dataset;
    button.closest("details")?.removeAttribute("open");
    this.#problem("");
    this.#speech.aloud.stop();
    this.#speech.endOfAnswer.stop();
    this.#tell(action);
    if (action === "resume" && this.#speaksAgain) this.#speech.voice.start();
  }

  #start() {
    this.#speech.aloud.begin();
    this.#conversation.showThinking();
    this.#tell("start");
  }

  #speak() {
    this.#speech.aloud.stop();
    this.#problem("");
    if (this.#speech.voice.isListening) this.#speech.voice.stop();
    else this.#speech.voice.start();
  }

  #interrupt(button) {
    const { voice, aloud } = this.#speech;
    voice.mayInterrupt = !voice.mayInterrupt;
    button.setAttribute("aria-pressed", String(voice.mayInterrupt));
    if (aloud.isSpeaking) voice.rest(true);
  }

  #tell(action) {
    this.#socket.send({ type: "control", action });
  }
}
