// The candidate's room: hears the socket, shows the conversation, and sends answers that cannot get lost.
import { Conversation } from "../lib/conversation.js";
import { findAll, make, need, readJson, setText } from "../lib/dom.js";
import { announce } from "../lib/live_region.js";
import { Outbox } from "../lib/outbox.js";
import { RoomClock } from "../lib/room_clock.js";
import { ReadAloud } from "../lib/read_aloud.js";
import { RoomSocket } from "../lib/room_socket.js";
import { wipeRoom } from "../lib/room_store.js";
import { SpokenWords } from "../lib/spoken_words.js";
import { VoiceInput } from "../lib/voice_input.js";

const LONGEST_ANSWER = 16 * 1024;
const TYPING_EVERY = 4_000;
const CONNECTION = {
  connecting: ["connecting", "Connecting…"],
  open: ["open", "Connected"],
  lost: ["lost", "Reconnecting… your words are kept"],
  replaced: ["lost", "Open in another tab"],
  over: ["open", "The interview is over"],
  signed_out: ["lost", "Your link no longer works"],
  not_allowed: ["lost", "This page may not connect"],
  missing: ["lost", "Your link no longer works"],
};

const { interview, name, mode, language, silence } = readJson("room");
const isAiLed = mode === "ai_led";
const END_OF_ANSWER = 4_000 * silence; // a pause is not the end of an answer, so this is long
const draftKey = `meetmind-draft-${interview}`;
const conversation = new Conversation();
const clock = new RoomClock(need("clock"));
const answer = need("answer");
const outbox = await Outbox.open(interview);
const socket = new RoomSocket({ interview, as: "candidate", outbox });
const words = await SpokenWords.open({ socket, room: interview });

const room = { state: "waiting", ledBy: "ai", knownTo: 0, turn: new Set(), isAnswerWanted: false, isDegraded: false, typedAt: 0 };

const voice = new VoiceInput({
  socket,
  words,
  language,
  elements: {
    button: document.getElementById("speak"),
    buttonWords: document.getElementById("speak-words"),
    listening: need("listening"),
    listeningWords: need("listening-words"),
    level: need("level"),
    interim: need("interim"),
  },
  on: {
    segment: (segId) => {
      room.turn.add(segId);
      conversation.pending(segId, "…", name, "Writing down what you said…");
    },
    final: (segId, text) => sendWords(text, { segId, source: "browser" }),
    problem: (trouble) => problem(trouble),
    silence: (isSilent) => waitForEnd(isSilent),
  },
});
const aloud = new ReadAloud({ language, onChange: (isSpeaking) => voice.rest(isSpeaking) });

// What the room says --------------------------------------------------------------------------------

const told = {
  "state.changed": ({ state }, isNews) => {
    room.state = state;
    clock.run(state === "live");
    if (isNews && state === "paused") announce("The interview is paused.");
    if (isNews && state === "live") announce("The interview goes on.");
    if (state === "ended") finish();
  },
  "question.asked": async (event, isNews) => {
    room.isAnswerWanted = event.awaits_answer;
    room.turn.clear();
    if (event.degraded !== undefined) tellDegraded(event.degraded, isNews);
    if (isNews) {
      announce(`AI interviewer: ${event.text}`);
      aloud.say(event.text);
    }
    await conversation.questionAsked(event, { atOnce: !isNews });
  },
  "question.withdrawn": (event) => conversation.questionWithdrawn(event),
  "segment.doubled": (event) => {
    conversation.removePending(event.is_kept ? event.twin : event.seg_id);
    if (!event.is_kept) return;
    conversation.stored(event);
    if (event.speaker === "candidate") room.turn.add(event.seg_id);
  },
  "segment.final": (event) => {
    conversation.stored(event);
    if (event.speaker === "candidate") {
      room.turn.add(event.seg_id);
    } else {
      room.isAnswerWanted = true;
      room.turn.clear();
      announce(`${event.name}: ${event.text}`);
    }
  },
  "segment.corrected": (event) => conversation.corrected(event),
  "segment.failed": ({ seg_id }) => {
    room.turn.delete(seg_id);
    conversation.failed(seg_id, "the words could not be written down. Please say it again, or type it.");
  },
  "segment.empty": ({ seg_id }) => {
    room.turn.delete(seg_id);
    conversation.removePending(seg_id);
  },
  "turn.finished": (event, isNews) => {
    room.turn.clear();
    room.isAnswerWanted = false;
    if (isNews && room.ledBy === "ai" && isAiLed) conversation.showThinking();
  },
  "request.made": ({ action }, isNews) => {
    if (action === "skip") {
      room.isAnswerWanted = false;
      room.turn.clear();
      conversation.notice("You skipped this question.");
    }
    if (action === "help") conversation.notice("The hiring team has been asked to help. You can wait, or go on.");
    if (isNews && action !== "help" && room.ledBy === "ai") conversation.showThinking();
  },
  "lead.changed": ({ led_by, stopped_ai }, isNews) => {
    room.ledBy = led_by;
    conversation.hideThinking();
    const words = led_by === "ai" ? "The AI interviewer leads again." : stopped_ai
      ? `${led_by} has stopped the AI and goes on with you.`
      : `${led_by} leads the interview now.`;
    conversation.notice(words);
    if (isNews) announce(words);
  },
  "gap.marked": () => conversation.notice("A moment of sound could not be written down."),
};

socket.addEventListener("welcome", ({ detail }) => {
  room.state = detail.state;
  room.ledBy = detail.led_by;
  room.knownTo = Math.max(room.knownTo, detail.last_seq);
  voice.hasProvider = detail.limits.speech;
  clock.set(detail.clock);
  showPeople(detail.presence);
  if (detail.question) conversation.questionWords({ msg_id: detail.question.msg_id, offset: 0, text: detail.question.text });
  if (detail.state === "ended") finish();
  show();
});
socket.addEventListener("reset", () => {
  conversation.clear();
  room.knownTo = 0;
});
socket.addEventListener("event", async ({ detail }) => {
  const isNews = detail.seq > room.knownTo;
  await told[detail.kind]?.(detail, isNews);
  show();
});
socket.addEventListener("frame", ({ detail }) => {
  if (detail.type === "question.delta") conversation.questionWords(detail);
  if (detail.type === "presence") showPeople(detail.people);
});
socket.addEventListener("status", ({ detail: { status } }) => {
  const [state, words] = CONNECTION[status];
  const connection = need("connection");
  connection.dataset.state = state;
  setText(connection, words);
  if (status === "replaced") showElsewhere(true);
  if (status === "over") finish();
  if (["signed_out", "missing"].includes(status)) location.reload(); // the page says why
});
socket.addEventListener("refused", ({ detail }) => {
  const { message } = detail;
  if (detail.code === "nothing_heard") {
    room.turn.delete(detail.seg_id);
    conversation.removePending(detail.seg_id);
    return;
  }
  conversation.hideThinking();
  if (message?.type === "segment.final") {
    conversation.failed(message.seg_id, detail.message);
    if (!answer.value.trim()) keepDraft(message.text);
  }
  problem(detail.message);
});

// What the candidate does ---------------------------------------------------------------------------

need("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  finishTurn();
});
need("send").addEventListener("click", () => {
  if (!sendAnswer()) problem("Write something first.");
  answer.focus();
});
answer.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    finishTurn();
  }
});
answer.addEventListener("input", () => {
  sessionStorage.setItem(draftKey, answer.value);
  problem("");
  // That they are writing, never what: words count when they are sent.
  if (Date.now() - room.typedAt > TYPING_EVERY) {
    room.typedAt = Date.now();
    socket.drop({ type: "segment.interim", seg_id: "typing", text: "" });
  }
});
for (const button of findAll("[data-action]")) {
  button.addEventListener("click", () => {
    button.closest("details")?.removeAttribute("open");
    socket.send({ type: "control", action: button.dataset.action });
  });
}
document.getElementById("start")?.addEventListener("click", () => {
  conversation.showThinking();
  socket.send({ type: "control", action: "start" });
});
need("end-dialog").addEventListener("close", (event) => {
  if (event.target.returnValue === "end") socket.send({ type: "control", action: "end" });
});
document.getElementById("speak")?.addEventListener("click", () => {
  aloud.stop();
  if (voice.isListening) voice.stop();
  else voice.start();
});
need("read-aloud").hidden = !ReadAloud.exists || !isAiLed;
need("read-aloud").addEventListener("click", () => {
  aloud.isOn = !aloud.isOn;
  if (!aloud.isOn) aloud.stop();
  need("read-aloud").setAttribute("aria-pressed", String(aloud.isOn));
  setText(need("read-aloud-words"), aloud.isOn ? "Stop reading aloud" : "Read the questions aloud");
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") aloud.stop();
});
need("go-on-here").addEventListener("click", () => {
  showElsewhere(false);
  socket.connect();
});

function sendAnswer() {
  const text = answer.value.trim();
  if (!text) return false;
  if (new TextEncoder().encode(text).length > LONGEST_ANSWER) {
    problem("This is too long to send at once. Cut it into two parts; nothing of it is lost.");
    return null;
  }
  sendWords(text, { segId: crypto.randomUUID(), source: "typed" });
  keepDraft("");
  problem("");
  return true;
}

function sendWords(text, { segId, source }) {
  room.turn.add(segId);
  conversation.pending(segId, text, name);
  const at = clock.elapsed();
  socket.send({ type: "segment.final", seg_id: segId, text, source, started_ms: at, ended_ms: at });
}

/** After a spoken answer, a long silence lets the interviewer go on; any word takes that back. */
function waitForEnd(isSilent) {
  clearTimeout(room.endOfAnswer);
  if (!isSilent || !isAiLed) return;
  room.endOfAnswer = setTimeout(() => {
    if (voice.isListening && room.isAnswerWanted && room.turn.size > 0 && !answer.value.trim()) finishTurn();
  }, END_OF_ANSWER);
}

/** While the room is told again after a reload, a question that was answered long ago looks open. */
function mayAnswer() {
  return room.isAnswerWanted && socket.lastSeq >= room.knownTo;
}

function finishTurn() {
  if (!isAiLed) {
    if (sendAnswer() === false) problem("Write something first.");
    return;
  }
  if (!mayAnswer()) {
    problem("Wait for the question, please. What you wrote is kept.");
    return;
  }
  if (sendAnswer() === null) return;
  if (room.turn.size === 0) {
    problem("Write an answer first, or choose Skip.");
    return;
  }
  socket.send({ type: "turn.finished", seg_ids: [...room.turn] });
  room.isAnswerWanted = false;
  show();
}

function keepDraft(text) {
  answer.value = text;
  if (text) sessionStorage.setItem(draftKey, text);
  else sessionStorage.removeItem(draftKey);
}

// What is shown -------------------------------------------------------------------------------------

function show() {
  const isBefore = ["scheduled", "waiting"].includes(room.state);
  need("start-card").hidden = !isBefore;
  need("composer-area").hidden = !["live", "paused"].includes(room.state);
  need("paused").hidden = room.state !== "paused";
  need("composer").hidden = room.state === "paused";
  for (const action of ["repeat", "clarify", "skip"]) {
    for (const button of findAll(`[data-action="${action}"]`)) button.disabled = !mayAnswer() || room.ledBy !== "ai";
  }
}

function problem(words) {
  const place = need("composer-problem");
  setText(place, words);
  place.hidden = !words;
}

function showPeople(people) {
  const members = people.filter((person) => person.role !== "candidate");
  const names = members.map((person) => person.name).join(", ");
  setText(need("presence"), names ? `Here with you: ${names}` : "");
  need("presence").hidden = !names;
}

function tellDegraded(isDegraded, isNews) {
  if (isNews && isDegraded !== room.isDegraded) {
    conversation.notice(isDegraded ? "The AI cannot be reached right now, so the questions come as they were planned." : "The AI is back.");
  }
  room.isDegraded = isDegraded;
}

function showElsewhere(isElsewhere) {
  need("elsewhere").hidden = !isElsewhere;
  need("scroller").hidden = isElsewhere;
  need("composer-area").hidden = isElsewhere;
}

/** The last words may still be on their way; then the page moves on, and nothing stays on this device. */
async function finish() {
  if (room.isFinishing) return;
  room.isFinishing = true;
  if (voice.isListening) voice.stop();
  conversation.hideThinking();
  clock.run(false);
  for (let waited = 0; outbox.size > 0 && waited < 50; waited += 1) await new Promise((resolve) => setTimeout(resolve, 200));
  if (outbox.size > 0) problem("Some words could not be sent. They are kept on this device until you close the tab.");
  else await wipeRoom(interview);
  sessionStorage.removeItem(draftKey);
  const words = "The interview is over. Thank you.";
  need("chat").append(
    make("li", { class: "chat-notice" }, words),
    make("li", { class: "room-finish" }, make("a", { class: "button button-primary button-large", href: "/room/" }, "Finish")),
  );
  announce(words);
}

answer.value = sessionStorage.getItem(draftKey) ?? "";
for (const message of outbox.all()) {
  if (message.type === "segment.final") conversation.pending(message.seg_id, message.text, name);
}
show();
socket.connect();
