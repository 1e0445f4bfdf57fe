// A member in the room: watches, whispers, pauses, takes over, hands back, or leads.
import { ConnectionLine } from "../lib/connection_line.js";
import { find, findAll, need, readJson, setText } from "../lib/dom.js";
import { announce } from "../lib/live_region.js";
import { LiveTranscript } from "../lib/live_transcript.js";
import { MomentList } from "../lib/moment_list.js";
import { citationOf } from "../lib/moments.js";
import { NarrowTabs } from "../lib/narrow_tabs.js";
import { Outbox } from "../lib/outbox.js";
import { OwnWords } from "../lib/own_words.js";
import { PanelVoice } from "../lib/panel_voice.js";
import { PlanPanel } from "../lib/plan_panel.js";
import { RecordingState } from "../lib/recording_state.js";
import { RoomClock } from "../lib/room_clock.js";
import { RoomSocket } from "../lib/room_socket.js";
import { wipeRoom } from "../lib/room_store.js";
import { SayForm } from "../lib/say_form.js";
import { SpokenWords } from "../lib/spoken_words.js";
import { SuggestionCard } from "../lib/suggestion_card.js";

const CONSENT = { given: "agreed to the interview", refused: "did not agree, and wants to talk with a person", withdrawn: "withdrew their agreement" };
const CHANGES = { live: "The interview is running.", paused: "The interview is paused.", ended: "The interview is over." };
const STATES = { scheduled: "Scheduled", waiting: "Waiting room", live: "Live", paused: "Paused", ended: "Ended", cancelled: "Cancelled", no_show: "No show", expired: "Expired" };
const CONNECTION = {
  connecting: ["connecting", "Connecting…"],
  open: ["open", "Connected"],
  lost: ["lost", "Reconnecting…"],
  over: ["open", "The interview is over"],
  signed_out: ["lost", "You are signed out"],
  not_allowed: ["lost", "You may not be in this room"],
  missing: ["lost", "This room is gone"],
};
const SOURCES = { typed: "typed", browser: "heard by the browser", provider: "", import: "imported", ai: "" };

const page = readJson("room");
const isAiLed = page.mode === "ai_led";
const transcript = new LiveTranscript();
const clock = new RoomClock(need("clock"));
const roomKey = `${page.interview}/${page.member}`;
const outbox = await Outbox.open(roomKey);
const socket = new RoomSocket({ interview: page.interview, as: "member", outbox });
const words = await SpokenWords.open({ socket, room: roomKey });
const plan = new PlanPanel(clock);
const recording = new RecordingState();
const tabs = new NarrowTabs(need("tabs"));
new ConnectionLine(socket, CONNECTION);
const room = { state: "waiting", ledBy: "ai", told: 0, isWithoutAi: false };

const voice = document.getElementById("speak") && new PanelVoice({
  socket,
  words,
  language: page.language,
  final: (segId, text, extra) => ownWords.say(text, { segId, source: "browser", extra }),
  problem: (trouble) => problem(trouble),
});

const sayForm = document.getElementById("say") && new SayForm({
  on: { say: (text, extra) => ownWords.say(text, { source: "typed", extra }) },
});
const ownWords = new OwnWords({
  room: { socket, outbox, words, clock },
  transcript,
  whose: ({ speaker }) => ({
    speaker: speaker ?? "interviewer",
    isFed: Boolean(speaker),
    name: speaker === "candidate" ? page.candidate : speaker ? "Interviewer" : page.name,
  }),
  takeBack: (message) => sayForm?.takeBack(message),
});

const notes = document.getElementById("notes") && new MomentList(need("notes"), (ms, segId) => jump(() => (segId ? transcript.jump(segId) : transcript.jumpToTime(ms))));
const suggestions = document.getElementById("suggestion") && new SuggestionCard({
  answer: (id, answer) => socket.send({ type: "suggestion.answer", suggestion_id: id, answer }),
  jump: (segId, quote) => jump(() => transcript.jump(segId, quote)),
});

const told = {
  "state.changed": ({ state, seq }) => {
    room.state = state;
    clock.run(state === "live");
    if (!["scheduled", "waiting"].includes(state)) transcript.notice(CHANGES[state] ?? `The interview is now: ${STATES[state]}.`);
    sayNews(seq, `The interview is now: ${STATES[state]}.`);
    need("is-over").hidden = state !== "ended";
    if (state === "ended") finish();
  },
  "question.asked": (event) => {
    transcript.questionAsked(event);
    sayNews(event.seq, `AI interviewer: ${event.text}`);
    if (event.question_ref) plan.asking(event.question_ref, event.started_ms);
    if (event.degraded !== undefined) showHealth(event.degraded ? "The AI cannot be reached: the plan's own questions are asked meanwhile." : "");
  },
  "question.heard": (event) => transcript.readUntil(event),
  "question.withdrawn": (event) => transcript.questionWithdrawn(event),
  "segment.final": (event) => {
    transcript.stored(event, howItCame(event));
    if (event.name !== page.name) sayNews(event.seq, `${event.name}: ${event.text}`);
  },
  "segment.doubled": (event) => transcript.doubled(event, howItCame(event)),
  "segment.corrected": (event) => transcript.corrected(event),
  "segment.failed": ({ seg_id, name, seq }) => {
    const news = `Something ${name} said could not be written down.`;
    if (words.has(seg_id)) ownWords.failed(seg_id);
    else transcript.lost(seg_id, news);
    sayNews(seq, news);
  },
  "turn.finished": ({ late }) => late || plan.finished(),
  "request.made": ({ action, seq }) => {
    const words = { skip: "skipped the question", repeat: "asked for it to be repeated", clarify: "asked for an explanation", help: "asks for a person's help" };
    transcript.notice(`${page.candidate} ${words[action]}.`);
    if (action === "help") sayNews(seq, `${page.candidate} asks for help.`);
    if (action === "skip") plan.skipped();
  },
  "lead.changed": ({ led_by, seq }) => {
    room.ledBy = led_by;
    const words = led_by === "ai" ? "The AI leads again." : `${led_by} leads now.`;
    transcript.notice(words);
    sayNews(seq, words);
  },
  whispered: ({ text, by }) => transcript.notice(`${by} whispered: ${text}`),
  "consent.answered": (event) => {
    transcript.notice(`${page.candidate} ${CONSENT[event.answer]}.`);
    recording.answered(event);
  },
  "recording.started": ({ seq }) => {
    if (recording.begun()) sayNews(seq, `${page.candidate} is being recorded.`);
  },
  "gap.marked": () => transcript.notice("A moment of sound could not be written down."),
  "moment.marked": (event) => {
    const ms = transcript.marked(event);
    if (ms !== null) notes?.mark(event.label ? `${event.label} (${event.by})` : `Marked by ${event.by}`, ms, event.seg_id);
    sayNews(event.seq, "Marked.");
  },
  "suggestion.answered": ({ suggestion, answer }) => suggestions?.answered(suggestion, answer),
};

const toldToMembers = {
  "coverage.changed": (coverage) => plan.covered(coverage),
  "suggestion.ready": (suggestion) => suggestions?.ready(suggestion),
  "guard.warned": (warning) => page.may_lead && showWarning(warning),
  "assist.paused": () => suggestions && showHealth("No AI can be reached at the moment, so there are no suggestions. Everything else goes on."),
  "assist.resumed": () => showHealth(""),
};

socket.addEventListener("welcome", ({ detail }) => {
  room.state = detail.state;
  room.ledBy = detail.led_by;
  room.told = Math.max(room.told, detail.last_seq);
  clock.set(detail.clock);
  if (voice) voice.hasProvider = detail.limits.speech;
  showPeople(detail.presence);
  if (detail.question) transcript.questionWords({ msg_id: detail.question.msg_id, offset: 0, text: detail.question.text });
  show();
});
socket.addEventListener("reset", () => {
  transcript.clear();
  ownWords.showAll();
  notes?.clearMarks();
  room.told = 0;
});
socket.addEventListener("event", ({ detail }) => {
  told[detail.kind]?.(detail);
  show();
});
socket.addEventListener("frame", ({ detail }) => {
  if (detail.type === "question.delta") transcript.questionWords(detail);
  if (detail.type === "segment.interim") transcript.interim(detail);
  if (detail.type === "presence") showPeople(detail.people);
  toldToMembers[detail.type]?.(detail);
});
socket.addEventListener("refused", ({ detail }) => {
  // A cough has no words; what comes too early, or under a taken id, comes again by itself; what still has none stands
  // in the conversation.
  if (!["nothing_heard", "busy", "seg_id_taken", "still_unheard"].includes(detail.code)) problem(detail.message);
});

for (const button of findAll("[data-action]")) {
  button.addEventListener("click", () => {
    problem("");
    socket.send({ type: "control", action: button.dataset.action });
  });
}
need("end-dialog").addEventListener("close", (event) => {
  if (event.target.returnValue === "end") socket.send({ type: "control", action: "end" });
});
document.getElementById("whisper")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = need("whisper-text").value.trim();
  if (!text) return;
  socket.send({ type: "control", action: "whisper", text });
  need("whisper-text").value = "";
});

document.getElementById("mark")?.addEventListener("click", () => socket.send({ type: "moment.mark" }));
document.getElementById("note")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = need("note-text").value.trim();
  if (!text) return;
  notes.note(text, clock.elapsed());
  need("note-text").value = "";
  await socket.send({ type: "note.add", text });
  announce("Note kept.");
});
socket.addEventListener("sent", ({ detail: { message } }) => {
  // Written just before a reload: this page may have been made before the server had it.
  if (message.type === "note.add" && !notes.has(message.text)) notes.note(message.text, clock.elapsed());
});
document.getElementById("warning-seen")?.addEventListener("click", () => {
  need("warning").hidden = true;
});
document.getElementById("warning-jump")?.addEventListener("click", () => jump(() => transcript.jump(need("warning").dataset.segment, need("warning").dataset.words)));
document.addEventListener("click", (event) => {
  const cite = citationOf(event)?.closest(".cite");
  if (!cite) return;
  event.preventDefault();
  jump(() => transcript.jumpToRow(cite.dataset.segment, cite.dataset));
});
document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  if (elt.matches(".answer")) announce(find(".working", elt) ? "Asked." : "The answer is here.");
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.elt.id === "ask-form" && detail.successful) detail.elt.reset();
});

function howItCame({ source, fed_by, after_end }) {
  const fed = fed_by ? (source === "typed" ? "written down by a member" : "heard by a member's browser") : "";
  return [SOURCES[source], fed, after_end ? "after the end" : ""].filter(Boolean).join(", ");
}

/** The conversation may be behind another tab of a narrow screen: it is shown before anything in it is. */
function jump(show) {
  tabs.show("conversation");
  if (!show()) announce("This moment is not in the conversation.");
}

/** What happened while somebody listens is said; what is only told again after a reload is not. */
function sayNews(seq, words) {
  if (seq > room.told) announce(words);
}

/** One calm line about the AI's health; empty when it is well, which is said once. */
function showHealth(words) {
  if (!words && !room.isWithoutAi) return;
  room.isWithoutAi = Boolean(words);
  setText(need("assist-state"), words || "The AI answers again.");
}

function showWarning({ topic, words, advice, seg_id }) {
  const warning = need("warning");
  Object.assign(warning.dataset, { segment: seg_id, words });
  setText(need("warning-title"), `${topic}: “${words}”`);
  setText(need("warning-advice"), advice);
  warning.hidden = false;
  announce(`Private warning: ${topic}. ${advice}`);
}

function show() {
  setText(need("state"), STATES[room.state]);
  recording.follow(room.state);
  const isRunning = ["live", "paused"].includes(room.state);
  const fits = {
    waiting: room.state === "waiting",
    live: room.state === "live",
    paused: room.state === "paused",
    running: isRunning,
    ai: isRunning && room.ledBy === "ai",
    member: isRunning && room.ledBy !== "ai",
  };
  for (const button of findAll("[data-when]")) button.hidden = !fits[button.dataset.when];
  const badge = need("led-by");
  badge.hidden = !isAiLed || !isRunning;
  setText(badge, room.ledBy === "ai" ? "led by the AI" : `led by ${room.ledBy}`);
  const say = document.getElementById("say");
  if (say) say.hidden = !isRunning || (isAiLed && room.ledBy === "ai");
  const sound = document.getElementById("sound");
  if (sound) sound.hidden = !isRunning;
  const whisper = document.getElementById("whisper-card");
  if (whisper) whisper.hidden = !isRunning || room.ledBy !== "ai";
}

/** The last words may still be on their way; then nothing of this interview stays on this device. */
async function finish() {
  voice?.stop();
  for (let waited = 0; outbox.size > 0 && waited < 50; waited += 1) await new Promise((resolve) => setTimeout(resolve, 200));
  if (outbox.size === 0) await wipeRoom(roomKey);
}

function showPeople(people) {
  page.candidate = people.find(({ role }) => role === "candidate")?.name ?? page.candidate;
  const names = people.map((person) => `${person.name} (${person.role.replace("_", " ")})`);
  setText(need("presence"), names.length ? `Here: ${names.join(", ")}` : "Nobody is here yet.");
}

function problem(words) {
  setText(need("problem"), words);
  need("problem").hidden = !words;
}

show();
socket.connect();
