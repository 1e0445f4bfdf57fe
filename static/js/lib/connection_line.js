// Says in one line of the page's head how the connection stands.
import { need, setText } from "./dom.js";

export class ConnectionLine {
  #line = need("connection");
  #says;

  /** says: for each status of the socket [state, words] */
  constructor(socket, says) {
    this.#says = says;
    socket.addEventListener("status", ({ detail }) => this.#show(detail.status));
  }

  #show(status) {
    const isAnotherTry = status === "connecting" && this.#line.dataset.state === "lost"; // no news
    const [state, words] = this.#says[isAnotherTry ? "lost" : status];
    this.#line.dataset.state = state;
    setText(this.#line, words);
  }
}
