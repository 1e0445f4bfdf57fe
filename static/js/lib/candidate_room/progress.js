// How far the room has got, as this page was told: its state, who leads, whether an answer is wanted, what is news.

export class RoomProgress {
  #socket;
  #knownTo = null; // what was said before this page was opened is shown, and not announced; breaks change nothing in it
  #toldTo = 0; // what the server tells again after a break
  state = "waiting";
  ledBy = "ai";
  isAnswerWanted = false;
  openQuestion = 0; // the number of the question that stands open
  #awaitsAnswer = false; // whatever was sent meanwhile

  constructor(socket) {
    this.#socket = socket;
  }

  /** While the room is told again after a break, a question that was answered long ago looks open. */
  get isToldAll() {
    return this.#socket.lastSeq >= this.#toldTo;
  }

  get isBefore() {
    return ["scheduled", "waiting"].includes(this.state);
  }

  get isRunning() {
    return ["live", "paused"].includes(this.state);
  }

  isNews(seq) {
    return seq > this.#knownTo;
  }

  welcomed({ state, led_by, last_seq }) {
    this.state = state;
    this.ledBy = led_by;
    this.#knownTo ??= last_seq;
    this.#toldTo = last_seq;
  }

  /** The log is told anew from its first event. */
  reset() {
    this.#knownTo = null;
  }

  /** A question is asked; it may be answered once its words stand there. */
  questionOpened(seq) {
    this.isAnswerWanted = this.#awaitsAnswer = false;
    this.openQuestion = seq;
  }

  answerWanted() {
    this.isAnswerWanted = this.#awaitsAnswer = true;
  }

  /** A finished turn was of an earlier question: the one that is open waits for its answer as before. */
  stillOpen() {
    this.isAnswerWanted = this.#awaitsAnswer;
  }

  questionClosed() {
    this.questionOpened(0);
  }
}
