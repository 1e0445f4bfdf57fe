// A member in the room: watches, whispers, pauses, takes over, hands back, or leads.
import { find, findAll, icon, make, need, readJson, setText } from "../lib/dom.js";
import { announce } from "../lib/live_region.js";
import { LiveTranscript } from "../lib/live_transcript.js";
import { Outbox } from "../lib/outbox.js";
import { RoomClock } from "../lib/room_clock.js";
import { RoomSocket } from "../lib/room_socket.js";
import { wipeRoom } from "../lib/room_store.js";
import { SpokenWords } from "../lib/spoken_words.js";
import { VoiceInput } from "../lib/voice_input.js";

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
const room = { state: "waiting", ledBy: "ai", current: "", suggestion: null, nextSuggestion: null };

// Each interviewer speaks into their own microphone, so it is known who says what.
const speak = document.getElementById("speak");
const voice = speak && new VoiceInput({
  socket,
  words,
  language: page.language,
  elements: {
    button: speak,
    buttonWords: need("speak-words"),
    listening: need("listening"),
    level: need("level"),
    interim: need("interim"),
  },
  on: {
    segment: () => {},
    final: (segId, text) => {
      const at = clock.elapsed();
      socket.send({ type: "segment.final", seg_id: segId, text, source: "browser", started_ms: at, ended_ms: at });
    },
    problem: (trouble) => problem(trouble),
  },
});
speak?.addEventListener("click", () => (voice.isListening ? voice.stop() : voice.start()));

const told = {
  "state.changed": ({ state }) => {
    room.state = state;
    clock.run(state === "live");
    if (!["scheduled", "waiting"].includes(state)) transcript.notice(`${STATES[state]}.`);
    announce(`The interview is now: ${STATES[state]}.`);
    need("is-over").hidden = state !== "ended";
    if (state === "ended") finish();
  },
  "question.asked": (event) => {
    transcript.questionAsked(event);
    if (event.question_ref) markQuestion(event.question_ref, "running");
  },
  "question.withdrawn": (event) => transcript.questionWithdrawn(event),
  "segment.final": (event) => {
    const note = [SOURCES[event.source], event.fed_by ? "written down by a member" : "", event.after_end ? "after the end" : ""];
    transcript.stored(event, note.filter(Boolean).join(", "));
  },
  "segment.corrected": (event) => transcript.corrected(event),
  "segment.failed": ({ name }) => transcript.notice(`Something ${name} said could not be written down.`),
  "turn.finished": () => {
    if (room.current) markQuestion(room.current, "done");
  },
  "request.made": ({ action }) => {
    const words = { skip: "skipped the question", repeat: "asked for it to be repeated", clarify: "asked for an explanation", help: "asks for a person's help" };
    transcript.notice(`${page.candidate} ${words[action]}.`);
    if (action === "help") announce(`${page.candidate} asks for help.`);
    if (action === "skip" && room.current) markQuestion(room.current, "cancelled");
  },
  "lead.changed": ({ led_by }) => {
    room.ledBy = led_by;
    transcript.notice(led_by === "ai" ? "The AI leads again." : `${led_by} leads now.`);
  },
  whispered: ({ text, by }) => transcript.notice(`${by} whispered: ${text}`),
  "consent.answered": ({ answer }) => transcript.notice(`Consent: ${answer}.`),
  "gap.marked": () => transcript.notice("A moment of sound could not be written down."),
};

Object.assign(told, {
  "moment.marked": ({ label, by }) => transcript.notice(`${by} marked this moment${label ? `: ${label}` : ""}.`),
  "suggestion.answered": ({ suggestion, answer }) => closeSuggestion(suggestion, answer),
});

const whispersToUs = {
  "suggestion.ready": (suggestion) => showSuggestion(suggestion),
  "coverage.changed": ({ questions }) => questions.forEach((ref) => markQuestion(ref, "done")),
  "guard.warned": (warning) => showWarning(warning),
  "assist.paused": () => setText(document.getElementById("no-suggestion") ?? need("coverage"), "No AI can be reached right now, so there are no suggestions. Everything else goes on."),
};

socket.addEventListener("welcome", ({ detail }) => {
  room.state = detail.state;
  room.ledBy = detail.led_by;
  clock.set(detail.clock);
  if (voice) voice.hasProvider = detail.limits.speech;
  showPeople(detail.presence);
  if (detail.question) transcript.questionWords({ msg_id: detail.question.msg_id, offset: 0, text: detail.question.text });
  show();
});
socket.addEventListener("reset", () => transcript.clear());
socket.addEventListener("event", ({ detail }) => {
  told[detail.kind]?.(detail);
  show();
});
socket.addEventListener("frame", ({ detail }) => {
  if (detail.type === "question.delta") transcript.questionWords(detail);
  if (detail.type === "segment.interim") transcript.interim(detail);
  if (detail.type === "presence") showPeople(detail.people);
  if (page.may_lead) whispersToUs[detail.type]?.(detail);
});
socket.addEventListener("status", ({ detail: { status } }) => {
  const [state, words] = CONNECTION[status];
  need("connection").dataset.state = state;
  setText(need("connection"), words);
});
socket.addEventListener("refused", ({ detail }) => problem(detail.message));

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
document.getElementById("say")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = need("words").value.trim();
  if (!text) return;
  const speaker = document.getElementById("speaker")?.value;
  const at = clock.elapsed();
  const message = { type: "segment.final", seg_id: crypto.randomUUID(), text, source: "typed", started_ms: at, ended_ms: at };
  socket.send(speaker ? { ...message, speaker } : message);
  need("words").value = "";
  need("words").focus();
});
document.getElementById("words")?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) need("say").requestSubmit();
});

document.getElementById("mark")?.addEventListener("click", () => {
  socket.send({ type: "moment.mark" });
  announce("Marked.");
});
document.getElementById("note")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = need("note-text").value.trim();
  if (!text) return;
  socket.send({ type: "note.add", text });
  need("notes").append(make("li", {}, make("div", { class: "list-main" }, make("p", { class: "list-title live-note" }, text))));
  need("note-text").value = "";
});
for (const button of findAll("[data-suggestion]")) {
  button.addEventListener("click", () => {
    const answer = button.dataset.suggestion;
    socket.send({ type: "suggestion.answer", suggestion_id: room.suggestion.id, answer });
    closeSuggestion(room.suggestion.id, answer);
  });
}
document.getElementById("warning-seen")?.addEventListener("click", () => {
  need("warning").hidden = true;
});

/** One at a time, and quiet: the next one waits until this one is answered. */
function showSuggestion(suggestion) {
  if (room.suggestion && room.suggestion.id !== suggestion.id) {
    room.nextSuggestion = suggestion;
    return;
  }
  room.suggestion = suggestion;
  setText(need("suggestion-text"), suggestion.text);
  setText(need("suggestion-because"), suggestion.because.map(([, words]) => words).join(" … "));
  need("suggestion").hidden = false;
  need("no-suggestion").hidden = true;
}

function closeSuggestion(id, answer) {
  if (room.suggestion?.id !== id) return;
  if (answer === "later") {
    need("later").hidden = false;
    need("later-list").append(make("li", {}, room.suggestion.text));
  }
  const next = room.nextSuggestion;
  room.suggestion = null;
  room.nextSuggestion = null;
  need("suggestion").hidden = true;
  need("no-suggestion").hidden = false;
  if (next) showSuggestion(next);
}

function showWarning({ topic, words, advice }) {
  setText(need("warning-title"), `${topic}: “${words}”`);
  setText(need("warning-advice"), advice);
  need("warning").hidden = false;
  announce(`Private warning: ${topic}. ${advice}`);
}

function markQuestion(ref, state) {
  const step = find(`[data-question="${CSS.escape(ref)}"]`);
  if (!step) return;
  if (state === "running") {
    if (room.current && room.current !== ref) markQuestion(room.current, "done");
    room.current = ref;
  }
  const [name, words] = { running: ["half-circle", "being asked"], done: ["check-circle", "asked"], cancelled: ["cross", "skipped"] }[state];
  step.className = `step step-${state}`;
  find(".icon", step).replaceWith(icon(name));
  setText(find(".live-done", step), `· ${words}`);
  const all = findAll("[data-question]");
  setText(need("coverage"), `${all.filter((one) => one.matches(".step-done, .step-running")).length} of ${all.length}`);
}

function show() {
  setText(need("state"), STATES[room.state]);
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
  const whisper = document.getElementById("whisper-card");
  if (whisper) whisper.hidden = !isRunning || room.ledBy !== "ai";
}

/** The last words may still be on their way; then nothing of this interview stays on this device. */
async function finish() {
  if (voice?.isListening) voice.stop();
  for (let waited = 0; outbox.size > 0 && waited < 50; waited += 1) await new Promise((resolve) => setTimeout(resolve, 200));
  if (outbox.size === 0) await wipeRoom(roomKey);
}

function showPeople(people) {
  const names = people.map((person) => `${person.name} (${person.role.replace("_", " ")})`);
  setText(need("presence"), names.length ? `Here: ${names.join(", ")}` : "Nobody is here yet.");
}

function problem(words) {
  setText(need("problem"), words);
  need("problem").hidden = !words;
}

for (const ref of page.asked) markQuestion(ref, "done");
if (page.suggestion && document.getElementById("suggestion")) showSuggestion(page.suggestion);
if (page.asked.length === 0) setText(need("coverage"), `0 of ${findAll("[data-question]").length}`);
show();
socket.connect();
