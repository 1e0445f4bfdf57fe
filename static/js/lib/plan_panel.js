// The plan beside the conversation: what was asked, which competencies were touched, and the time of each section.
import { find, findAll, icon, need, setText } from "./dom.js";
import { clockWords } from "./time.js";

const SHOWN_EVERY = 1_000;
const MARKS = {
  running: ["half-circle", "being asked"],
  done: ["check-circle", "asked"],
  cancelled: ["cross", "skipped"],
};

/**
 * How long each section lasted, in milliseconds: it runs from its first question until one of another section.
 * `asked`: [section, ms] of each question. Pure.
 */
export function timeOfSections(asked, now) {
  const used = new Map();
  const inOrder = [...asked].sort(([, a], [, b]) => a - b);
  inOrder.forEach(([section, ms], place) => {
    const until = inOrder[place + 1]?.[1] ?? now;
    used.set(section, (used.get(section) ?? 0) + Math.max(0, until - ms));
  });
  return { used, current: inOrder.at(-1)?.[0] ?? null };
}

export class PlanPanel {
  #clock;
  #states = new Map(); // ref → "running", "done" or "cancelled"
  #askedAt = new Map(); // ref → ms on the room's clock
  #current = "";

  constructor(clock) {
    this.#clock = clock;
    this.#showCoverage();
    setInterval(() => this.#showTime(), SHOWN_EVERY);
  }

  /** The AI puts a question of the plan. A follow-up to it does not begin it anew. */
  asking(ref, ms) {
    if (this.#current !== ref) this.finished();
    this.#current = ref;
    this.#note(ref, "running", ms);
  }

  /** The question that was being asked has its answer. */
  finished() {
    if (this.#states.get(this.#current) === "running") this.#note(this.#current, "done");
  }

  skipped() {
    if (this.#current) this.#note(this.#current, "cancelled");
  }

  /** What the server knows to have been asked. */
  covered({ questions, asked_ms }) {
    questions.forEach((ref, place) => this.#note(ref, this.#states.get(ref) ?? "done", asked_ms[place]));
  }

  #note(ref, state, ms = null) {
    if (ms !== null && !this.#askedAt.has(ref)) this.#askedAt.set(ref, ms);
    this.#states.set(ref, state);
    this.#showQuestion(ref, state);
    this.#showCoverage();
    this.#showTime();
  }

  #showQuestion(ref, state) {
    const step = find(`[data-question="${CSS.escape(ref)}"]`);
    if (!step || step.classList.contains(`step-${state}`)) return;
    const [name, words] = MARKS[state];
    step.className = `step step-${state}`;
    find(".icon", step).replaceWith(icon(name));
    setText(find(".live-done", step), `· ${words}`);
  }

  #showCoverage() {
    const isAsked = (step) => ["done", "running"].includes(this.#states.get(step.dataset.question));
    const all = findAll("[data-question]");
    setText(need("coverage"), `${all.filter(isAsked).length} of ${all.length} asked`);
    for (const chip of findAll("[data-competency]", need("competencies"))) {
      const own = all.filter((step) => step.dataset.of === chip.dataset.competency);
      const asked = own.filter(isAsked).length;
      chip.classList.toggle("is-covered", asked > 0);
      find(".icon", chip).replaceWith(icon(asked > 0 ? "check-circle" : "circle"));
      setText(find("small", chip), `${asked} of ${own.length}`);
    }
  }

  #showTime() {
    const sections = findAll("[data-section]");
    const sectionOf = (ref) => find(`[data-question="${CSS.escape(ref)}"]`)?.closest("[data-section]");
    const asked = [...this.#askedAt].map(([ref, ms]) => [sectionOf(ref), ms]).filter(([section]) => section);
    const { used, current } = timeOfSections(asked, this.#clock.elapsed());
    for (const section of sections) {
      const [planned, spent] = [Number(section.dataset.planned), used.get(section) ?? 0];
      const over = spent - planned;
      section.classList.toggle("is-current", section === current);
      section.classList.toggle("is-over", over > 0);
      if (section === current) section.setAttribute("aria-current", "step");
      else section.removeAttribute("aria-current");
      const words = over > 0 ? ` · ${clockWords(over)} over` : "";
      setText(find(".live-section-time", section), `${clockWords(spent)} of ${clockWords(planned)}${words}`);
      find("progress", section).value = Math.min(spent, planned);
    }
  }
}
