// The candidate's room: hears the socket, shows the conversation, and sends answers that cannot get lost.
import { Conversation } from "../lib/conversation.js";
import { findAll, make, need, readJson, setText } from "../lib/dom.js";
import { EndOfAnswer } from "../lib/end_of_answer.js";
import { announce } from "../lib/live_region.js";
import { MicrophoneChoice } from "../lib/microphone_choice.js";
import { Outbox } from "../lib/outbox.js";
import { QuestionReading } from "../lib/question_reading.js";
import { Recorder } from "../lib/recorder.js";
import { RoomClock } from "../lib/room_clock.js";
import { RoomSocket } from "../lib/room_socket.js";
import { wipeRoom } from "../lib/room_store.js";
import { SpokenWords } from "../lib/spoken_words.js";
import { VoiceInput } from "../lib/voice_input.js";
import { keepScreenOn } from "../lib/wake_lock.js";

const LONGEST_ANSWER = 16 * 1024;
const TYPING_EVERY = 4_000;
const SENDS_RECORDING_FOR = 15_000;
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

const { interview, name, mode, language, silence, text_only, recording } = readJson("room");
const isAiLed = mode === "ai_led";
const draftKey = `meetmind-draft-${interview}`;
const speak = document.getElementById("speak");
const answer = need("answer");
const clock = new RoomClock(need("clock"));
const outbox = await Outbox.open(interview);
const socket = new RoomSocket({ interview, as: "candidate", outbox });
const words = await SpokenWords.open({ socket, room: interview });
const recorder = document.getElementById("recorder") && (await Recorder.open({
  interview,
  clock,
  isAgreed: recording,
  elements: { box: need("recorder"), words: need("recorder-words"), button: need("recorder-button") },
}));

const room = {
  state: "waiting",
  ledBy: "ai",
  knownTo: null, // what was said before this page was opened is shown, and not announced
  openWords: null,
  asked: 0, // the number of the question that stands open
  toldTo: 0, // what the server will tell again after this break
  turn: new Set(),
  lastWords: "",
  isAnswerWanted: false,
  isFinishingTurn: false,
  isDegraded: false,
  typedAt: 0,
  speaksAgain: false, // the microphone was on when the interview was paused
};

const conversation = new Conversation({
  on: {
    correct: (segId, text) => socket.send({ type: "segment.correct", seg_id: segId, text }),
    type: (segId, text) => {
      words.forget(segId);
      sendWords(text, { segId, source: "typed" });
      answer.focus();
    },
    retry: (segId) => words.retry(segId),
    editing: () => isWriting(),
  },
});
const voice = new VoiceInput({
  socket,
  words,
  language,
  elements: {
    button: speak,
    buttonWords: document.getElementById("speak-words"),
    listening: need("listening"),
    listeningWords: need("listening-words"),
    level: need("level"),
    interim: need("interim"),
  },
  on: {
    segment: (segId) => {
      room.turn.add(segId);
      room.lastWords = "";
      conversation.pending(segId, "…", name, "Writing down what you said…");
    },
    final: (segId, text) => sendWords(text, { segId, source: "browser" }),
    problem: (trouble) => problem(trouble),
    silence: (isSilent) => endOfAnswer.silence(isSilent && isAiLed),
    sustained: () => aloud.stop(),
    change: () => {
      microphones.refresh();
      show();
    },
  },
});
const microphones = new MicrophoneChoice(need("microphone"), {
  current: () => voice.deviceId,
  onChoose: () => {
    recorder?.follow(false);
    voice.stop();
    voice.start();
  },
});
const aloud = new QuestionReading({
  interview,
  language,
  on: {
    speaking: (isSpeaking) => voice.rest(isSpeaking),
    stillHere: () => tellPresence("listening"),
    cut: (msgId, characters) => socket.send({ type: "question.heard", msg_id: msgId, heard_chars: characters }),
    problem: (trouble) => problem(trouble),
    stopped: () => answer.focus(),
  },
});
const endOfAnswer = new EndOfAnswer({
  factor: silence,
  on: {
    lastWords: () => room.lastWords,
    state: () => {
      const isSpoken = voice.isListening && room.turn.size > 0 && !answer.value.trim() && !conversation.isEditing;
      if (!isSpoken) return "open";
      if (!isToldAll() || [...room.turn].some((segId) => words.has(segId))) return "settling";
      return mayAnswer() ? "answered" : "open";
    },
    end: () => finishTurn(),
    thinking: (isThinking) => {
      need("think").setAttribute("aria-pressed", String(isThinking));
      setText(need("think-words"), isThinking ? "Thinking: no hurry" : "Let me think");
    },
    stillHere: () => tellPresence("thinking"),
  },
});

// What the room says --------------------------------------------------------------------------------

const told = {
  "state.changed": ({ state }, isNews) => {
    room.state = state;
    clock.run(state === "live");
    if (state === "paused") pause(isNews);
    if (isNews && state === "live") announce("The interview goes on.");
    if (state === "ended") finish();
  },
  "question.asked": async (event, isNews) => {
    room.isAnswerWanted = false; // until its words stand there
    room.asked = event.seq;
    newTurn();
    if (event.degraded !== undefined) tellDegraded(event.degraded, isNews);
    if (isNews) {
      announce(`AI interviewer: ${event.text}`);
      aloud.say(event.msg_id, event.text);
    }
    await conversation.questionAsked(event, { atOnce: !isNews });
    if (room.asked === event.seq) room.isAnswerWanted = event.awaits_answer;
  },
  "question.withdrawn": (event) => conversation.questionWithdrawn(event),
  "segment.doubled": (event) => {
    conversation.removePending(event.is_kept ? event.twin : event.seg_id);
    if (!event.is_kept) return;
    conversation.stored(event);
    if (event.speaker === "candidate") room.turn.add(event.seg_id);
  },
  "segment.final": (event, isNews) => {
    conversation.stored(event);
    if (event.speaker === "candidate") {
      room.turn.add(event.seg_id);
      room.lastWords = event.text;
    } else {
      room.isAnswerWanted = true;
      newTurn();
      if (isNews) announce(`${event.name}: ${event.text}`);
    }
  },
  "segment.corrected": (event, isNews) => {
    conversation.corrected(event);
    if (isNews) announce("Corrected.");
  },
  "segment.empty": (event) => nothingHeard(event),
  "segment.failed": (event, isNews) => unheard(event, isNews),
  "turn.finished": (event, isNews) => {
    newTurn();
    room.asked = 0;
    room.isAnswerWanted = false;
    if (isNews && room.ledBy === "ai" && isAiLed) conversation.showThinking();
  },
  "request.made": ({ action }, isNews) => {
    if (action === "skip") {
      room.asked = 0;
      room.isAnswerWanted = false;
      newTurn();
      conversation.notice("You skipped this question.");
    }
    if (action === "help") conversation.notice("The hiring team has been asked to help. You can wait, or go on.");
    if (isNews && action !== "help" && room.ledBy === "ai") conversation.showThinking();
  },
  "lead.changed": ({ led_by, stopped_ai }, isNews) => {
    room.ledBy = led_by;
    if (led_by !== "ai") aloud.stop();
    conversation.hideThinking();
    const news = led_by === "ai" ? "The AI interviewer leads again." : stopped_ai
      ? `${led_by} has stopped the AI and goes on with you.`
      : `${led_by} leads the interview now.`;
    conversation.notice(news);
    if (isNews) announce(news);
  },
  "gap.marked": () => conversation.notice("A moment of sound could not be written down."),
};

socket.addEventListener("welcome", ({ detail }) => {
  room.state = detail.state;
  room.ledBy = detail.led_by;
  room.knownTo ??= detail.last_seq;
  room.toldTo = detail.last_seq;
  voice.hasProvider = detail.limits.speech;
  clock.set(detail.clock);
  showPeople(detail.presence);
  room.openWords = detail.question ?? null;
  showOpenWords();
  if (detail.state === "ended") finish();
  show();
});
socket.addEventListener("reset", () => {
  conversation.clear();
  room.knownTo = null;
});
socket.addEventListener("event", async ({ detail }) => {
  if (detail.kind === "question.asked" && detail.msg_id === room.openWords?.msg_id) room.openWords = null;
  await told[detail.kind]?.(detail, detail.seq > room.knownTo);
  showOpenWords();
  show();
});
socket.addEventListener("frame", ({ detail }) => {
  if (detail.type === "question.delta" && isToldAll()) conversation.questionWords(detail);
  if (detail.type === "presence") showPeople(detail.people);
});
socket.addEventListener("status", ({ detail: { status } }) => {
  const connection = need("connection");
  // Each try to come back is no news.
  const [state, text] = CONNECTION[status === "connecting" && connection.dataset.state === "lost" ? "lost" : status];
  connection.dataset.state = state;
  setText(connection, text);
  if (status === "replaced") showElsewhere(true);
  if (status === "over") finish();
  if (["signed_out", "missing"].includes(status)) location.reload(); // the page says why
});
words.addEventListener("failed", ({ detail }) => unheard(detail, true));
socket.addEventListener("sent", () => show());
socket.addEventListener("refused", ({ detail }) => {
  const { code, message, sent, seg_id } = detail;
  if (code === "nothing_heard") {
    nothingHeard({ seg_id });
    return;
  }
  if (["busy", "still_unheard"].includes(code) || sent?.type === "question.heard") return;
  conversation.hideThinking();
  if (sent?.type === "segment.final") {
    conversation.failed(sent.seg_id, message);
    if (!answer.value.trim()) keepDraft(sent.text);
  }
  problem(message);
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
  isWriting();
});
for (const button of findAll("[data-action]")) {
  button.addEventListener("click", () => {
    button.closest("details")?.removeAttribute("open");
    problem("");
    aloud.stop();
    endOfAnswer.stop();
    socket.send({ type: "control", action: button.dataset.action });
    if (button.dataset.action === "resume" && room.speaksAgain) voice.start();
  });
}
document.getElementById("start")?.addEventListener("click", () => {
  aloud.begin();
  conversation.showThinking();
  socket.send({ type: "control", action: "start" });
});
need("end-dialog").addEventListener("close", (event) => {
  if (event.target.returnValue === "end") socket.send({ type: "control", action: "end" });
});
speak?.addEventListener("click", () => {
  aloud.stop();
  problem("");
  if (voice.isListening) voice.stop();
  else voice.start();
});
need("think").addEventListener("click", () => endOfAnswer.think(!endOfAnswer.isThinking));
need("may-interrupt").addEventListener("click", (event) => {
  voice.mayInterrupt = !voice.mayInterrupt;
  event.currentTarget.setAttribute("aria-pressed", String(voice.mayInterrupt));
  if (aloud.isSpeaking) voice.rest(true);
});
need("go-on-here").addEventListener("click", () => {
  showElsewhere(false);
  socket.connect();
});

/** That they are writing, never what: words count when they are sent. */
function isWriting() {
  endOfAnswer.silence(false);
  if (Date.now() - room.typedAt < TYPING_EVERY) return;
  room.typedAt = Date.now();
  tellPresence("typing");
}

/** What somebody is at who says no word: typing, thinking or listening. */
function tellPresence(what) {
  socket.drop({ type: "segment.interim", seg_id: what, text: "" });
}

function newTurn() {
  room.turn.clear();
  room.lastWords = "";
  endOfAnswer.stop();
}

function nothingHeard({ seg_id }) {
  room.turn.delete(seg_id);
  conversation.removePending(seg_id);
}

/** The sound is kept where this page has it: another device's is there. */
function unheard({ seg_id }, isNews) {
  room.turn.delete(seg_id);
  if (words.has(seg_id)) conversation.unheard(seg_id, name);
  else conversation.failed(seg_id, "the words could not be written down. Please say it again, or type it.");
  if (isNews) announce("Something you said could not be written down. You can try again, or type it.");
}

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
  room.lastWords = text;
  conversation.pending(segId, text, name);
  const at = clock.elapsed();
  socket.send({ type: "segment.final", seg_id: segId, text, source, started_ms: at, ended_ms: at });
}

function isToldAll() {
  return socket.lastSeq >= room.toldTo;
}

/** The words of a question that is being asked come after all that was said before them. */
function showOpenWords() {
  if (!room.openWords || !isToldAll()) return;
  conversation.questionWords({ msg_id: room.openWords.msg_id, offset: 0, text: room.openWords.text });
  room.openWords = null;
}

/** While the room is told again after a break, a question that was answered long ago looks open. */
function mayAnswer() {
  const isOnItsWay = outbox.all().some(({ type }) => type === "turn.finished"); // also from before a reload
  return room.isAnswerWanted && !room.isFinishingTurn && !isOnItsWay && isToldAll();
}

/** The last words are still on somebody's lips: they belong to this answer, so they are waited for. */
async function finishTurn() {
  if (!isAiLed) {
    await voice.finish();
    if (sendAnswer() === false && !voice.isListening) problem("Write something first.");
    return;
  }
  if (room.isFinishingTurn) return;
  if (!mayAnswer()) {
    problem("Wait for the question, please. What you wrote is kept.");
    return;
  }
  room.isFinishingTurn = true;
  endOfAnswer.stop();
  show();
  await voice.finish();
  room.isFinishingTurn = false;
  if (mayAnswer()) sendTurn();
  show();
}

function sendTurn() {
  if (sendAnswer() === null) return;
  if (room.turn.size === 0) {
    problem("Write an answer first, or choose Skip.");
    return;
  }
  socket.send({ type: "turn.finished", seg_ids: [...room.turn] });
  room.isAnswerWanted = false;
  endOfAnswer.stop();
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
  need("think").disabled = !mayAnswer();
  need("may-interrupt").hidden = !isAiLed || voice.rung !== "provider";
  setText(need("speak-hint"), speak ? voice.hint : "");
  keepScreenOn(room.state === "live");
  // While the room is told again, its earlier states are no news.
  if (socket.lastSeq >= room.toldTo) recorder?.follow(room.state === "live" && need("elsewhere").hidden);
}

function problem(text) {
  const place = need("problem");
  setText(place, text);
  need("problem-area").hidden = !text;
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

/** Nothing is heard and nothing is said aloud while time stands still. */
function pause(isNews) {
  aloud.stop();
  endOfAnswer.stop();
  room.speaksAgain = voice.isListening;
  if (voice.isListening) voice.stop();
  setText(need("paused-microphone"), room.speaksAgain ? "Your microphone is off until you go on." : "");
  if (isNews) announce("The interview is paused.");
}

function showElsewhere(isElsewhere) {
  if (isElsewhere) {
    aloud.stop();
    endOfAnswer.stop();
    voice.stop();
    recorder?.follow(false);
    keepScreenOn(false);
  }
  need("elsewhere").hidden = !isElsewhere;
  need("scroller").hidden = isElsewhere;
  need("composer-area").hidden = isElsewhere;
}

/** The last words may still be on their way; then the page moves on, and nothing stays on this device. */
async function finish() {
  if (room.isFinishing) return;
  room.isFinishing = true;
  aloud.stop();
  endOfAnswer.stop();
  if (voice.isListening) voice.stop();
  keepScreenOn(false);
  conversation.hideThinking();
  clock.run(false);
  const isWaiting = () => outbox.size > 0 || words.waiting.some(({ hasFailed }) => !hasFailed);
  for (let waited = 0; isWaiting() && waited < 50; waited += 1) await new Promise((resolve) => setTimeout(resolve, 200));
  const isRecordingSent = (await recorder?.finish(SENDS_RECORDING_FOR)) ?? true;
  conversation.end();
  if (!isRecordingSent) problem("Some of the recording could not be sent yet. Choose Finish, and leave that page open for a while.");
  else if (isWaiting()) problem("Some words could not be sent. They are kept on this device until you choose Finish.");
  else await wipeRoom(interview);
  sessionStorage.removeItem(draftKey);
  aloud.forget();
  const text = "The interview is over. Thank you.";
  need("chat").append(
    make("li", { class: "chat-notice" }, text),
    make("li", { class: "room-finish" }, make("a", { class: "button button-primary button-large", href: "/room/" }, "Finish")),
  );
  announce(text);
}

answer.value = sessionStorage.getItem(draftKey) ?? "";
for (const { segId } of words.waiting) conversation.pending(segId, "…", name, "Writing down what you said…");
for (const message of outbox.all()) {
  if (message.type === "segment.final") conversation.pending(message.seg_id, message.text, name);
}
if (isAiLed) aloud.offer({ isWanted: !text_only });
show();
socket.connect();
