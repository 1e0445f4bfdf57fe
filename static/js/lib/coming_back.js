// How a lost connection is taken up again: soon, without end, and never all clients at the same moment.

const SLOWEST_RETRY = 4_000;
const ANSWERS_SOON = 4_000;
const ANSWERS_AT_ALL = 20_000; // over a slow network

/**
 * Full jitter: many clients that lost one server must not all come back at the same moment. However long it was away,
 * this pause, a question that it missed, and the handshake stay within ten seconds of its return.
 */
export function retryDelay(attempt, random = Math.random) {
  return random() * Math.min(SLOWEST_RETRY, 500 * 2 ** Math.min(attempt, 6) + 500);
}

/**
 * Browsers answer failed handshakes by holding back the next ones without a word, Firefox for up to a minute. So the
 * server is asked by a plain request first, and the handshake made once it is there.
 */
async function isServerThere() {
  try {
    const answer = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(ANSWERS_AT_ALL) });
    return answer.status < 500; // a proxy answers for a server that is away
  } catch {
    return false;
  }
}

export class ComingBack {
  #on;
  #isAway = false;
  #attempt = 0;
  #timer = 0;

  /** on: { trying(), connect() } */
  constructor({ on }) {
    this.#on = on;
  }

  get isAway() {
    return this.#isAway;
  }

  /** The connection was lost; it is taken up again after this many milliseconds and a pause. */
  begin(atLeast = 0) {
    this.#isAway = true;
    this.#wait(atLeast);
  }

  /** The network is back, or the page is looked at again: no pause now. */
  async now() {
    clearTimeout(this.#timer);
    this.#on.trying();
    const isThere = isServerThere();
    isThere.then((is) => is && this.#isAway && this.#on.connect());
    // Over a slow network an answer may come later than this: it counts, while the next question is on its way.
    const isThereSoon = await Promise.race([isThere, new Promise((resolve) => setTimeout(resolve, ANSWERS_SOON, false))]);
    if (!isThereSoon && this.#isAway) this.#wait();
  }

  /** It is connected, or shall not be any more. */
  end() {
    this.#isAway = false;
    clearTimeout(this.#timer);
  }

  /** The server has welcomed this client: the next pauses are short again. */
  arrived() {
    this.#attempt = 0;
  }

  #wait(atLeast = 0) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.now(), atLeast + retryDelay(this.#attempt));
    this.#attempt += 1;
  }
}
