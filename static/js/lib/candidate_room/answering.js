// The candidate's answer: what they write and say until they are done is one turn, and goes to the interviewer as one.

const LONGEST_ANSWER = 16 * 1024;

export class Answering {
  #room;
  #progress;
  #composer;
  #conversation;
  #on;
  #turn = new Set(); // the segments of this answer
  #isFinishing = false;
  lastWords = "";

  /**
   * on: { lastWords(): resolves when what is being said now is handed over; isListening(); waitNoMore() for a silence;
   * change(); problem(words) }
   */
  constructor({ room, progress, composer, conversation, on }) {
    this.#room = room;
    this.#progress = progress;
    this.#composer = composer;
    this.#conversation = conversation;
    this.#on = on;
  }

  get mayAnswer() {
    const isOnItsWay = this.#room.outbox.all().some(({ type }) => type === "turn.finished"); // also from before a reload
    return this.#progress.isAnswerWanted && !this.#isFinishing && !isOnItsWay && this.#progress.isToldAll;
  }

  /** What silence may end: "settling" while words are being written down, "answered" if there is an answer, else "open". */
  get spoken() {
    const isSpoken = this.#on.isListening() && this.#turn.size > 0 && !this.#composer.text && !this.#conversation.isEditing;
    if (!isSpoken) return "open";
    if (!this.#progress.isToldAll || [...this.#turn].some((segId) => this.#room.words.has(segId))) return "settling";
    return this.mayAnswer ? "answered" : "open";
  }

  newTurn() {
    this.#turn.clear();
    this.lastWords = "";
    this.#on.waitNoMore();
  }

  /** Sound or words that belong to this answer; sound is without words at first. */
  add(segId, words = "") {
    this.#turn.add(segId);
    this.lastWords = words;
  }

  /** Whether it was part of this answer. */
  remove(segId) {
    return this.#turn.delete(segId);
  }

  /** What this page, or an earlier one, could not deliver yet. */
  showUnsent() {
    const { words, outbox, name } = this.#room;
    for (const { segId, hasFailed } of words.waiting) {
      if (hasFailed) this.#conversation.unheard(segId, name);
      else this.#conversation.wordless(segId, name);
    }
    for (const { type, seg_id, text } of outbox.all()) {
      if (type === "segment.final") this.#conversation.pending(seg_id, text, name);
    }
  }

  sendWords(text, { segId, source }) {
    const { name, clock, socket } = this.#room;
    this.add(segId, text);
    this.#conversation.pending(segId, text, name);
    const at = clock.elapsed();
    socket.send({ type: "segment.final", seg_id: segId, text, source, started_ms: at, ended_ms: at });
  }

  /** What is written so far; the answer goes on. */
  sendPart() {
    if (this.#sendWritten() === false) this.#on.problem("Write something first.");
  }

  /** The server did not take these words: they stand in the answer field again, unless others do. */
  refused({ seg_id, text }, why) {
    this.#conversation.failed(seg_id, why);
    if (!this.#composer.text) this.#composer.text = text;
  }

  async finish() {
    if (!this.#room.isAiLed) await this.#finishSentence();
    else if (this.mayAnswer) await this.#finishTurn();
    else if (!this.#isFinishing) this.#on.problem("Wait for the question, please. What you wrote is kept.");
  }

  /** The last words are still on somebody's lips: they are waited for. What was written goes also when they fail. */
  async #finishSentence() {
    try {
      await this.#on.lastWords();
    } finally {
      if (this.#sendWritten() === false && !this.#on.isListening()) this.#on.problem("Write something first.");
    }
  }

  async #finishTurn() {
    this.#isFinishing = true;
    this.#on.waitNoMore();
    this.#on.change();
    try {
      await this.#on.lastWords();
    } finally {
      this.#isFinishing = false;
      if (this.mayAnswer) this.#sendTurn();
      this.#on.change();
    }
  }

  #sendTurn() {
    if (this.#sendWritten() === null) return;
    if (this.#turn.size === 0) {
      this.#on.problem("Write an answer first, or choose Skip.");
      return;
    }
    this.#room.socket.send({ type: "turn.finished", seg_ids: [...this.#turn] });
    this.#progress.isAnswerWanted = false;
    this.#on.waitNoMore();
  }

  /** True if it was sent, false if there was nothing, null if it is too long. */
  #sendWritten() {
    const { text } = this.#composer;
    if (!text) return false;
    if (new TextEncoder().encode(text).length > LONGEST_ANSWER) {
      this.#on.problem("This is too long to send at once. Cut it into two parts; nothing of it is lost.");
      return null;
    }
    this.sendWords(text, { segId: crypto.randomUUID(), source: "typed" });
    this.#composer.text = "";
    this.#on.problem("");
    return true;
  }
}
