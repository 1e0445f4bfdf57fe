// Where a member's speech comes from: their own microphone, one microphone for all with the speaker set by hand, and
// the meeting's tab. The last two are fed for somebody else, and every segment says so.
import { find, findAll, need } from "./dom.js";
import { announce } from "./live_region.js";
import { MicrophoneTrouble } from "./microphone.js";
import { VoiceInput } from "./voice_input.js";

const TAB_LOST = "The meeting's tab is not heard any more. Press the button to share it again.";
const NO_TAB = "The tab was not shared. Press the button again and choose the tab of the meeting.";
const NO_SOUND = "That was shared without its sound. Choose the meeting's tab, and tick that its audio is shared too.";

/** The sound of another tab. Browsers share it together with the picture only, which is dropped at once. */
async function openTab() {
  if (!navigator.mediaDevices?.getDisplayMedia) throw new MicrophoneTrouble("This browser cannot share the sound of a tab. Use the microphone.");
  let shared;
  try {
    shared = await navigator.mediaDevices.getDisplayMedia({
      video: true,
      audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
      selfBrowserSurface: "exclude",
    });
  } catch {
    throw new MicrophoneTrouble(NO_TAB);
  }
  for (const track of shared.getVideoTracks()) track.stop();
  const sound = shared.getAudioTracks();
  if (sound.length === 0) throw new MicrophoneTrouble(NO_SOUND);
  return new MediaStream(sound);
}

export class PanelVoice {
  #inputs;
  #microphone;
  #said = {}; // fields of what the microphone hears: whose words they are

  /** final(segId, text, extra) stores what the browser's own recognition heard; problem(words) says what is wrong. */
  constructor({ socket, words, language, final, problem }) {
    this.#microphone = new VoiceInput({
      socket,
      words,
      language,
      extra: () => this.#said,
      elements: { button: need("speak"), buttonWords: need("speak-words"), listening: need("listening"), level: need("level"), interim: need("interim") },
      on: { segment: () => {}, final, problem },
    });
    const tab = new VoiceInput({
      socket,
      words,
      language,
      source: openTab,
      lost: TAB_LOST,
      extra: () => ({ speaker: need("tab-hears").value }),
      elements: { button: need("tab"), buttonWords: need("tab-words"), listening: need("tab-listening"), level: need("tab-level") },
      names: { speak: "Listen to the meeting's tab", stop: "Stop listening to the tab" },
      on: { segment: () => {}, final: () => {}, problem },
    });
    this.#inputs = [this.#microphone, tab];
    need("speak").addEventListener("click", () => toggle(this.#microphone));
    need("tab").addEventListener("click", () => toggle(tab));
    need("mic-hears").addEventListener("change", () => this.#switch());
    this.#listenToHand();
    this.#switch();
  }

  set hasProvider(has) {
    for (const input of this.#inputs) input.hasProvider = has;
  }

  stop() {
    for (const input of this.#inputs) if (input.isListening) input.stop();
  }

  get #isShared() {
    return need("mic-hears").value === "all";
  }

  /** As it stands on the page now. What was said until now was said by whoever spoke before. */
  #switch() {
    this.#microphone.finish();
    const isCandidates = this.#isShared && find("#who input:checked").value === "candidate";
    this.#said = isCandidates ? { speaker: "candidate" } : {};
    need("who").hidden = !this.#isShared;
  }

  /** Who speaks now: chosen, switched by Alt+W from anywhere, or oneself for as long as a button is held. */
  #listenToHand() {
    const hold = need("hold");
    for (const radio of findAll("#who input")) radio.addEventListener("change", () => this.#switch());
    for (const [type, who] of [["pointerdown", "me"], ["pointerup", "candidate"], ["pointercancel", "candidate"], ["blur", "candidate"]]) {
      hold.addEventListener(type, () => this.#choose(who));
    }
    for (const [type, who] of [["keydown", "me"], ["keyup", "candidate"]]) {
      hold.addEventListener(type, (event) => {
        if (![" ", "Enter"].includes(event.key) || event.repeat) return;
        event.preventDefault();
        this.#choose(who);
      });
    }
    document.addEventListener("keydown", (event) => {
      if (!this.#isShared || !event.altKey || event.code !== "KeyW" || event.repeat) return;
      event.preventDefault();
      const other = find("#who input:not(:checked)");
      this.#choose(other.value);
      announce(`${other.labels[0].textContent.trim()} now.`);
    });
  }

  #choose(who) {
    const radio = find(`#who input[value="${who}"]`);
    if (radio.checked) return;
    radio.checked = true;
    this.#switch();
  }
}

function toggle(input) {
  if (input.isListening) input.stop();
  else input.start();
}
