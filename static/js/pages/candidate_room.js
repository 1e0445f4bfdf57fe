// The candidate's room: the parts of lib/candidate_room, and what connects them.
import { Answering } from "../lib/candidate_room/answering.js";
import { Composer } from "../lib/candidate_room/composer.js";
import { Ending } from "../lib/candidate_room/ending.js";
import { Presence } from "../lib/candidate_room/presence.js";
import { RoomProgress } from "../lib/candidate_room/progress.js";
import { openRoom } from "../lib/candidate_room/room.js";
import { RoomNews } from "../lib/candidate_room/room_news.js";
import { problem, RoomView } from "../lib/candidate_room/room_view.js";
import { Speech } from "../lib/candidate_room/speech.js";
import { TurnControls } from "../lib/candidate_room/turn_controls.js";
import { UnheardSound } from "../lib/candidate_room/unheard_sound.js";
import { ConnectionLine } from "../lib/connection_line.js";
import { Conversation } from "../lib/conversation.js";
import { need } from "../lib/dom.js";

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

const room = await openRoom();
const { socket } = room;
const progress = new RoomProgress(socket);
const presence = new Presence(socket);
const composer = new Composer({
  interview: room.interview,
  on: {
    done: () => answering.finish(),
    part: () => answering.sendPart(),
    writing: () => {
      problem("");
      tellWriting();
    },
  },
});
const conversation = new Conversation({
  on: {
    correct: (segId, text) => socket.send({ type: "segment.correct", seg_id: segId, text }),
    type: (segId, text) => {
      unheard.typed(segId, text);
      composer.focus();
    },
    retry: (segId) => room.words.retry(segId),
    editing: () => tellWriting(),
  },
});
const answering = new Answering({
  room,
  progress,
  composer,
  conversation,
  on: {
    lastWords: () => speech.voice.finish(),
    isListening: () => speech.voice.isListening,
    waitNoMore: () => speech.endOfAnswer.stop(),
    change: () => view.show(),
    problem,
  },
});
const unheard = new UnheardSound({ room, conversation, answering });
const speech = new Speech({
  room,
  answering,
  conversation,
  presence,
  on: { change: () => view.show(), stopped: () => composer.focus(), problem },
});
const controls = new TurnControls({ socket, conversation, speech, problem });
const view = new RoomView({ room, progress, answering, voice: speech.voice });
const ending = new Ending({ room, conversation, composer, aloud: speech.aloud });
const ofTheLog = { paused: (isNews) => controls.pause(isNews), ended: finish };
const news = new RoomNews({ room, progress, conversation, answering, unheard, aloud: speech.aloud, on: ofTheLog });
new ConnectionLine(socket, CONNECTION);

function tellWriting() {
  speech.endOfAnswer.silence(false);
  presence.tellTyping();
}

function finish() {
  progress.state = "ended";
  speech.hush();
  view.show();
  ending.begin();
}

/** Those who invited may spell one's name anew while one is here: what is said from now on stands under it. */
function showPeople(people) {
  presence.show(people);
  room.name = people.find(({ role }) => role === "candidate")?.name ?? room.name;
}

function showElsewhere(isElsewhere) {
  if (isElsewhere) speech.hush();
  view.isElsewhere = isElsewhere;
  view.show();
}

socket.addEventListener("welcome", ({ detail }) => {
  progress.welcomed(detail);
  speech.voice.hasProvider = detail.limits.speech;
  room.clock.set(detail.clock);
  showPeople(detail.presence);
  news.welcomed(detail);
  if (detail.state === "ended") finish();
  view.show();
});
socket.addEventListener("reset", () => {
  conversation.clear();
  answering.showUnsent();
  progress.reset();
});
socket.addEventListener("event", async ({ detail }) => {
  await news.hear(detail); // only then is it known whether an answer is wanted
  view.show();
});
socket.addEventListener("frame", ({ detail }) => {
  if (detail.type === "question.delta") news.questionWords(detail);
  if (detail.type === "presence") showPeople(detail.people);
});
socket.addEventListener("status", ({ detail: { status } }) => {
  conversation.connected(status === "open");
  if (status === "replaced") showElsewhere(true);
  if (status === "over") finish();
  if (["signed_out", "missing"].includes(status)) location.reload(); // the page says why
});
socket.addEventListener("sent", () => view.show());
socket.addEventListener("refused", ({ detail }) => {
  const { code, message, sent } = detail;
  if (code === "nothing_heard") unheard.nothingIn(detail);
  if (["nothing_heard", "busy", "still_unheard"].includes(code) || sent?.type === "question.heard") return;
  conversation.hideThinking();
  if (sent?.type === "segment.final") answering.refused(sent, message);
  problem(message);
});

need("go-on-here").addEventListener("click", () => {
  showElsewhere(false);
  socket.connect();
});

answering.showUnsent();
if (room.isAiLed) speech.aloud.offer({ isWanted: !room.isTextOnly });
view.show();
socket.connect();
