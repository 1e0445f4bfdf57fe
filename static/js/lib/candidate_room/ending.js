// The end of the interview: the last words may still be on their way; then nothing stays on this device.
import { make, need } from "../dom.js";
import { announce } from "../live_region.js";
import { wipeRoom } from "../room_store.js";
import { problem } from "./room_view.js";

const SENDS_RECORDING_FOR = 15_000;
const SENDS_WORDS_FOR = 10_000;
const LOOKS_EVERY = 200;
const OVER = "The interview is over. Thank you.";

export class Ending {
  #room;
  #conversation;
  #composer;
  #aloud;
  #hasBegun = false;

  constructor({ room, conversation, composer, aloud }) {
    this.#room = room;
    this.#conversation = conversation;
    this.#composer = composer;
    this.#aloud = aloud;
  }

  async begin() {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#conversation.hideThinking();
    this.#room.clock.run(false);
    await this.#sendLastWords();
    const isRecordingSent = (await this.#room.recorder?.finish(SENDS_RECORDING_FOR)) ?? true;
    this.#conversation.end();
    if (!isRecordingSent) problem("Some of the recording could not be sent yet. Choose Finish, and leave that page open for a while.");
    else if (this.#isWaiting) problem("Some words could not be sent. They are kept on this device until you choose Finish.");
    else await wipeRoom(this.#room.interview);
    this.#composer.forget();
    this.#aloud.forget();
    this.#sayFarewell();
  }

  get #isWaiting() {
    return this.#room.outbox.size > 0 || this.#room.words.waiting.some(({ hasFailed }) => !hasFailed);
  }

  async #sendLastWords() {
    for (let waited = 0; this.#isWaiting && waited < SENDS_WORDS_FOR; waited += LOOKS_EVERY) {
      await new Promise((resolve) => setTimeout(resolve, LOOKS_EVERY));
    }
  }

  #sayFarewell() {
    need("chat").append(
      make("li", { class: "chat-notice" }, OVER),
      make("li", { class: "room-finish" }, make("a", { class: "button button-primary button-large", href: "/room/" }, "Finish")),
    );
    announce(OVER);
  }
}
