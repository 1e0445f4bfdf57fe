// Whoever reads the end of a list goes on reading it while the list grows; whoever scrolled back is left alone.
// Measured once a frame, however much comes in: to measure after each of a thousand turns lays them all out a thousand times.
const NEAR = 80;

export class EndInView {
  #list;
  #wasNear = null; // null: not measured since the last frame
  #top = 0;

  constructor(list) {
    this.#list = list;
  }

  /** Called with a change, before it or after it by less than `near` pixels. */
  keep(near = NEAR) {
    if (this.#wasNear !== null) return;
    this.#wasNear = this.isNear(near);
    this.#top = this.#list.scrollTop;
    requestAnimationFrame(() => {
      // Whoever went elsewhere meanwhile, by a wheel or a link to some moment, stays there.
      if (this.#wasNear && this.#list.scrollTop >= this.#top) this.show();
      this.#wasNear = null;
    });
  }

  /** The list begins anew, and is read from its end. */
  restart() {
    this.#top = 0;
    if (this.#wasNear !== null) this.#wasNear = true;
  }

  isNear(near = NEAR) {
    return this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight <= near;
  }

  show() {
    this.#list.scrollTop = this.#list.scrollHeight;
  }
}
