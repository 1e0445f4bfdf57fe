// Which microphone is used, shown as it really is, and changed by choosing another. Hidden while there is no choice.
import { make } from "./dom.js";
import { chooseMicrophone, chosenMicrophone } from "./microphone.js";

export class MicrophoneChoice {
  #select;
  #current;

  /** current(): the id of the device in use; onChoose() after another one was chosen. */
  constructor(select, { current, onChoose }) {
    this.#select = select;
    this.#current = current;
    select.addEventListener("change", () => {
      chooseMicrophone(select.value);
      onChoose();
    });
    navigator.mediaDevices?.addEventListener("devicechange", () => this.refresh());
  }

  /** Names are known only once the microphone was allowed. */
  async refresh() {
    const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    const microphones = devices.filter(({ kind, deviceId }) => kind === "audioinput" && deviceId);
    const options = microphones.map(({ deviceId, label }, at) => make("option", { value: deviceId }, label || `Microphone ${at + 1}`));
    this.#select.replaceChildren(...options);
    this.#select.value = this.#current() || chosenMicrophone() || microphones[0]?.deviceId || "";
    this.#select.closest("[data-choice]").hidden = microphones.length < 2;
  }
}
