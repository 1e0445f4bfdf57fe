// When something was said, by both clocks of this page: its own stands still while some machines sleep, and the wall's
// can be set back.

const LONGEST_AGE = 24 * 3600 * 1000; // the server takes no more

export class SaidAt {
  #page = performance.now();
  wall;

  /** `wall` is given for what an earlier page kept. */
  constructor(wall = Date.now()) {
    this.wall = wall;
  }

  /** In milliseconds. */
  get age() {
    const age = Math.max(Date.now() - this.wall, performance.now() - this.#page);
    return Math.min(LONGEST_AGE, Math.round(age));
  }
}
