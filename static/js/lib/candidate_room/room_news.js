// What the room tells, as the candidate sees and hears it: one entry for each kind of event of its log.
import { announce } from "../live_region.js";

export class RoomNews {
  #room;
  #progress;
  #conversation;
  #answering;
  #unheard;
  #aloud;
  #on;
  #coming = null; // the words so far of a question that is just being asked
  #isDegraded = false;

  /** on: { paused(isNews), ended() } */
  constructor({ room, progress, conversation, answering, unheard, aloud, on }) {
    this.#room = room;
    this.#progress = progress;
    this.#conversation = conversation;
    this.#answering = answering;
    this.#unheard = unheard;
    this.#aloud = aloud;
    this.#on = on;
  }

  welcomed({ question }) {
    this.#coming = question ?? null;
    this.#showComing();
  }

  /** Resolves when it is shown, word by word where it came so. */
  async hear(event) {
    if (event.kind === "question.asked" && event.msg_id === this.#coming?.msg_id) this.#coming = null;
    await this.#told[event.kind]?.(event, this.#progress.isNews(event.seq));
    this.#showComing();
  }

  questionWords(delta) {
    if (this.#progress.isToldAll) this.#conversation.questionWords(delta);
  }

  #told = {
    "state.changed": (event, isNews) => this.#stateChanged(event, isNews),
    "question.asked": (event, isNews) => this.#questionAsked(event, isNews),
    "question.withdrawn": (event) => this.#conversation.questionWithdrawn(event),
    "segment.doubled": (event) => this.#doubled(event),
    "segment.final": (event, isNews) => this.#said(event, isNews),
    "segment.corrected": (event, isNews) => {
      this.#conversation.corrected(event);
      if (isNews) announce("Corrected.");
    },
    "segment.empty": (event) => this.#unheard.nothingIn(event),
    "segment.failed": (event, isNews) => this.#unheard.failed(event, isNews),
    "turn.finished": ({ late }, isNews) => {
      if (late) {
        this.#progress.stillOpen();
        return;
      }
      this.#closeTurn();
      if (isNews && this.#room.isAiLed) this.#awaitTheAi();
    },
    "request.made": (event, isNews) => this.#requestMade(event, isNews),
    "lead.changed": (event, isNews) => this.#leadChanged(event, isNews),
    "gap.marked": () => this.#conversation.notice("A moment of sound could not be written down."),
  };

  /** The words of a question that is being asked come after all that was said before them. */
  #showComing() {
    if (!this.#coming || !this.#progress.isToldAll) return;
    this.#conversation.questionWords({ msg_id: this.#coming.msg_id, offset: 0, text: this.#coming.text });
    this.#coming = null;
  }

  #stateChanged({ state }, isNews) {
    this.#progress.state = state;
    this.#room.clock.run(state === "live");
    if (state === "paused") this.#on.paused(isNews);
    if (isNews && state === "live") announce("The interview goes on.");
    if (state === "ended") this.#on.ended();
  }

  async #questionAsked(event, isNews) {
    this.#room.clock.reached(event.ended_ms); // what is answered to it is said after it
    this.#progress.questionOpened(event.seq);
    this.#answering.newTurn();
    if (event.degraded !== undefined) this.#tellDegraded(event.degraded, isNews);
    if (isNews) {
      announce(`AI interviewer: ${event.text}`);
      this.#aloud.say(event.msg_id, event.text);
    }
    await this.#conversation.questionAsked(event, { atOnce: !isNews });
    if (this.#progress.openQuestion === event.seq && event.awaits_answer) this.#progress.answerWanted();
  }

  #said(event, isNews) {
    this.#conversation.stored(event);
    if (event.speaker === "candidate") {
      this.#answering.add(event.seg_id, event.text);
      return;
    }
    this.#progress.answerWanted();
    this.#answering.newTurn();
    if (isNews) announce(`${event.name}: ${event.text}`);
  }

  /** Another microphone heard the same words: the better of both stays. */
  #doubled(event) {
    const [stays, goes] = event.is_kept ? [event.seg_id, event.twin] : [event.twin, event.seg_id];
    this.#conversation.removePending(goes);
    if (event.is_kept) this.#conversation.stored(event);
    const wasInAnswer = this.#answering.remove(goes);
    if (event.speaker === "candidate") {
      if (event.is_kept || wasInAnswer) this.#answering.add(stays, event.text);
    } else if (event.is_kept && wasInAnswer) {
      this.#progress.answerWanted(); // it was an interviewer's question that this microphone had heard first
    }
  }

  #requestMade({ action }, isNews) {
    if (action === "skip") {
      this.#closeTurn();
      this.#conversation.notice("You skipped this question.");
    }
    if (action === "help") this.#conversation.notice("The hiring team has been asked to help. You can wait, or go on.");
    if (isNews && action !== "help") this.#awaitTheAi();
  }

  #leadChanged({ led_by, stopped_ai }, isNews) {
    this.#progress.ledBy = led_by;
    if (led_by !== "ai") this.#aloud.stop();
    this.#conversation.hideThinking();
    const news = led_by === "ai" ? "The AI interviewer leads again." : stopped_ai
      ? `${led_by} has stopped the AI and goes on with you.`
      : `${led_by} leads the interview now.`;
    this.#conversation.notice(news);
    if (isNews) announce(news);
  }

  #closeTurn() {
    this.#answering.newTurn();
    this.#progress.questionClosed();
  }

  #awaitTheAi() {
    if (this.#progress.ledBy === "ai") this.#conversation.showThinking();
  }

  #tellDegraded(isDegraded, isNews) {
    if (isNews && isDegraded !== this.#isDegraded) {
      this.#conversation.notice(isDegraded ? "The AI cannot be reached right now, so the questions come as they were planned." : "The AI is back.");
    }
    this.#isDegraded = isDegraded;
  }
}
