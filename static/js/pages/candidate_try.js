// Trying things out before the interview: everything stays in this page.
import { checkConnection } from "../lib/connection_check.js";
import { need, readJson, setText } from "../lib/dom.js";
import { Microphone, MicrophoneTrouble } from "../lib/microphone.js";
import { MicrophoneChoice } from "../lib/microphone_choice.js";
import { ReadAloud } from "../lib/read_aloud.js";
import { asWav } from "../lib/sound_file.js";
import { joined, SpeechSegments } from "../lib/speech_segments.js";

const { language } = readJson("room");
const answer = need("answer");

function problem(words) {
  setText(need("problem"), words);
  need("problem").hidden = !words;
}

async function tellConnection() {
  const { isGood, words } = await checkConnection();
  setText(need("connection"), words);
  need("connection").className = isGood ? "" : "field-error";
}

function tryMicrophone() {
  const segments = new SpeechSegments({
    on: {
      voice: () => setText(need("heard"), "You are heard."),
      segment: (_, frames) => {
        const player = need("player");
        URL.revokeObjectURL(player.src);
        player.src = URL.createObjectURL(asWav(joined(frames)));
        need("recorded").hidden = false;
      },
    },
  });
  const microphone = new Microphone({
    on: {
      frame: (samples, level) => {
        need("level").value = Math.min(1, level * 8);
        segments.push(samples, level);
      },
      lost: (words) => {
        show();
        problem(words);
      },
      asleep: (isAsleep) => isAsleep && setText(need("heard"), "No sound arrives: press anywhere on this page to wake the microphone."),
    },
  });
  const choice = new MicrophoneChoice(need("microphone"), {
    current: () => microphone.deviceId,
    onChoose: async () => {
      microphone.close();
      await listen();
    },
  });
  function show() {
    need("listen").setAttribute("aria-pressed", String(microphone.isOpen));
    setText(need("listen-words"), microphone.isOpen ? "Turn the microphone off" : "Turn the microphone on");
    need("sound").hidden = !microphone.isOpen;
    choice.refresh();
  }
  async function listen() {
    problem("");
    setText(need("heard"), "Say something: the bar should move.");
    try {
      await microphone.open();
    } catch (trouble) {
      if (!(trouble instanceof MicrophoneTrouble)) throw trouble;
      problem(trouble.message);
    }
    show();
  }
  need("listen").addEventListener("click", () => {
    if (!microphone.isOpen) {
      listen();
      return;
    }
    segments.flush();
    microphone.close();
    show();
  });
}

async function offerToReadAloud() {
  if (!ReadAloud.exists) return;
  const aloud = new ReadAloud({ language, on: { change: () => {}, failed: () => problem("This browser cannot read aloud. Questions are always shown as text.") } });
  if (!(await aloud.hasVoice())) return;
  aloud.isOn = true;
  need("aloud").hidden = false;
  need("aloud").addEventListener("click", () => {
    aloud.stop();
    aloud.say("practice", need("question").textContent);
  });
}

need("practice").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = answer.value.trim();
  const done = words
    ? "That is all: “I'm done” gives the word back to the interviewer. Your words are gone from this page."
    : "Spoken answers end the same way: “I'm done”, or a silence.";
  answer.value = "";
  setText(need("done-words"), done);
  answer.focus();
});

tellConnection();
if (document.getElementById("listen")) tryMicrophone();
offerToReadAloud();
