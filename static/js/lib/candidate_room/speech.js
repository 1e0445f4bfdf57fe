// Speaking and being read to take turns: the microphone, the voice that reads questions, the silence that ends an answer.
import { need, setText } from "../dom.js";
import { EndOfAnswer } from "../end_of_answer.js";
import { MicrophoneChoice } from "../microphone_choice.js";
import { QuestionReading } from "../question_reading.js";
import { VoiceInput } from "../voice_input.js";

export class Speech {
  #room;
  #answering;
  #conversation;
  #presence;
  #on;
  voice;
  aloud;
  endOfAnswer;
  microphones;

  /** on: { change(): the microphone was opened or closed; stopped(): the reading, by its button; problem(words) } */
  constructor({ room, answering, conversation, presence, on }) {
    this.#room = room;
    this.#answering = answering;
    this.#conversation = conversation;
    this.#presence = presence;
    this.#on = on;
    this.voice = this.#listen();
    this.aloud = this.#readAloud();
    this.endOfAnswer = this.#awaitSilence();
    this.microphones = new MicrophoneChoice(need("microphone"), {
      current: () => this.voice.deviceId,
      onChoose: () => {
        room.recorder?.follow(false); // and the next show() begins it with the other one
        this.voice.stop();
        this.voice.start();
      },
    });
  }

  /** Nothing is heard and nothing is said aloud any more. */
  hush() {
    this.aloud.stop();
    this.endOfAnswer.stop();
    this.voice.stop();
  }

  #listen() {
    const { socket, words, language, isAiLed } = this.#room;
    return new VoiceInput({
      socket,
      words,
      language,
      shownOf: "candidate",
      elements: {
        button: document.getElementById("speak"),
        buttonWords: document.getElementById("speak-words"),
        listening: need("listening"),
        listeningWords: need("listening-words"),
        level: need("level"),
        interim: need("interim"),
      },
      on: {
        segment: (segId, soFar) => {
          this.#answering.add(segId);
          this.#conversation.wordless(segId, this.#room.name, soFar);
        },
        final: (segId, text) => this.#answering.sendWords(text, { segId, source: "browser" }),
        problem: this.#on.problem,
        silence: (isSilent) => this.endOfAnswer.silence(isSilent && isAiLed),
        sustained: () => this.aloud.stop(),
        change: () => {
          this.microphones.refresh();
          this.#on.change();
        },
      },
    });
  }

  #readAloud() {
    const { socket, interview, language } = this.#room;
    return new QuestionReading({
      interview,
      language,
      on: {
        speaking: (isSpeaking) => this.voice.rest(isSpeaking),
        stillHere: () => this.#presence.tell("listening"),
        cut: (msgId, characters) => socket.send({ type: "question.heard", msg_id: msgId, heard_chars: characters }),
        problem: this.#on.problem,
        stopped: this.#on.stopped,
      },
    });
  }

  #awaitSilence() {
    return new EndOfAnswer({
      factor: this.#room.silence,
      on: {
        lastWords: () => this.#answering.lastWords,
        state: () => this.#answering.spoken,
        end: () => this.#answering.finish(),
        thinking: (isThinking) => {
          need("think").setAttribute("aria-pressed", String(isThinking));
          setText(need("think-words"), isThinking ? "Thinking: no hurry" : "Let me think");
        },
        stillHere: () => this.#presence.tell("thinking"),
      },
    });
  }
}
