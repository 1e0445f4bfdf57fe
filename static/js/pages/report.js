// The report: a citation jumps to its moment and marks the very words; parts are announced as they arrive;
// one's own scorecard is saved while it is written.
import { autosave } from "../lib/autosave.js";
import { find, icon, make } from "../lib/dom.js";
import { announce } from "../lib/live_region.js";
import { Playback } from "../lib/playback.js";
import { citationOf, showMoment, unmark } from "../lib/moments.js";

const report = document.getElementById("report");
const list = document.getElementById("transcript-list");
const back = document.getElementById("jump-back");
let cameFrom = null;

async function bring(segment) {
  const here = document.getElementById(`segment-${segment}`);
  if (here) return here;
  await globalThis.htmx.ajax("GET", `${report.dataset.transcriptUrl}?around=${segment}`, {
    target: "#transcript-list",
    swap: "innerHTML",
  });
  return document.getElementById(`segment-${segment}`);
}

async function jump(segment, words = null) {
  const turn = await bring(segment);
  if (!turn) {
    announce("This moment is not in the transcript any more.");
    return;
  }
  showMoment(list, turn, words);
}

function onClick(event) {
  const link = citationOf(event);
  if (!link) return;
  const segment = link.dataset.segment ?? link.getAttribute("href")?.match(/^#segment-(\d+)$/)?.[1];
  if (!segment) return;
  event.preventDefault();
  cameFrom = link.dataset.segment ? link : null;
  back.hidden = !cameFrom;
  history.pushState(null, "", `#segment-${segment}`);
  jump(segment, link.dataset.segment ? link.dataset : null);
}

function jumpToAddress() {
  const segment = location.hash.match(/^#segment-(\d+)$/)?.[1];
  if (segment) jump(segment);
}

function goBack() {
  back.hidden = true;
  unmark(list);
  if (!cameFrom?.isConnected) return;
  cameFrom.focus({ preventScroll: true });
  cameFrom.scrollIntoView({ block: "center" });
}

const ARRIVED = {
  summary: "The summary is here.",
  scorecard: "The scorecard is here.",
  insights: "The insights are here.",
};

function onArrival(event) {
  const element = event.detail.elt;
  if (ARRIVED[element.id]) announce(ARRIVED[element.id]);
  if (element.matches(".answer")) announce(find(".working", element) ? "Asked." : "The answer is here.");
  const form = find("#review-form", element);
  if (form) saveWhileWriting(form);
}

function otherWords(stored) {
  const facts = make("dl", { class: "facts" });
  const add = (title, level, note) => {
    const words = [level, note].filter(Boolean).join(": ");
    facts.append(make("dt", {}, title), make("dd", {}, words || "Nothing"));
  };
  for (const row of stored.levels) add(row.competency, row.level ? `Level ${row.level}` : "No level", row.note);
  add("Overall", stored.overall || "Not chosen", stored.note);
  return facts;
}

function showConflict(box, saver, body) {
  const keep = make("button", { type: "button", class: "button button-small" }, "Keep mine");
  const take = make("button", { type: "button", class: "button button-small" }, "Take the other");
  const callout = make(
    "div",
    { class: "callout callout-warning" },
    icon("alert"),
    make("p", { class: "callout-title" }, "This scorecard was changed in another window meanwhile."),
    make("p", {}, "Your words are still in the form. What the other window saved:"),
    otherWords(body.stored),
    make("div", { class: "callout-actions" }, keep, take),
  );
  keep.addEventListener("click", () => {
    box.replaceChildren();
    saver.resume(body.version);
  });
  take.addEventListener("click", () => location.reload());
  box.replaceChildren(callout);
}

function saveWhileWriting(form) {
  if (form.dataset.saves) return; // htmx:load also tells of the page as a whole: two savers would be in conflict
  form.dataset.saves = "true";
  const box = document.getElementById("review-conflict");
  const saver = autosave(form, {
    status: document.getElementById("review-state"),
    onConflict: (body) => (body.stored ? showConflict(box, saver, body) : location.reload()),
    onRefused: (body) => box.replaceChildren(make("p", { class: "field-error" }, (body.problems ?? []).join(" "))),
    onSaved: () => box.replaceChildren(),
  });
}

if (report) {
  document.addEventListener("click", onClick);
  addEventListener("popstate", jumpToAddress);
  back.addEventListener("click", goBack);
  document.addEventListener("htmx:load", onArrival);
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt.id === "ask-form" && event.detail.successful) event.detail.elt.reset();
  });
  const recordings = document.getElementById("recordings");
  if (recordings) {
    const playback = new Playback({ box: recordings, list });
    document.addEventListener("htmx:load", () => playback.offer());
  }
  const form = document.getElementById("review-form");
  if (form) saveWhileWriting(form);
  jumpToAddress();
}
