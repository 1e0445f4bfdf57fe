// What every part of the page has of the room: whose it is and how it is led, its clock, and the way to the server with
// what is still to be sent.
import { need, readJson } from "../dom.js";
import { Outbox } from "../outbox.js";
import { Recorder } from "../recorder.js";
import { RoomClock } from "../room_clock.js";
import { RoomSocket } from "../room_socket.js";
import { SpokenWords } from "../spoken_words.js";

export async function openRoom() {
  const { interview, name, mode, language, silence, text_only, recording } = readJson("room");
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
  const isAiLed = mode === "ai_led";
  return { interview, name, isAiLed, language, silence, isTextOnly: text_only, clock, outbox, socket, words, recorder };
}
