// Saves a form while somebody fills it in, and says so in words.
//
//   autosave(form, { status, onSaved(body), onConflict(body) })
//
// The form is posted as it is to data-autosave-url (or its action). It may hold a hidden "version" field:
// the answer's JSON {"version": n} replaces it, and 409 means that somebody else saved in between. Then
// saving stops and onConflict decides; both texts still exist, one on the server and one in the form.
import { csrfToken } from "./dom.js";

const PAUSE = 800;
const RETRY_AFTER = [2000, 5000, 15000];
const WORDS = {
  idle: "",
  waiting: "Not saved yet",
  saving: "Saving…",
  saved: "Saved",
  failed: "Not saved: no connection. Trying again.",
  refused: "Not saved: please check what is marked.",
  conflict: "Somebody else changed this meanwhile. Your words are still here.",
};

export function autosave(form, { status, onSaved = () => {}, onConflict = () => {}, onRefused = () => {} } = {}) {
  let timer = 0;
  let failures = 0;
  let running = false;
  let dirty = false;
  let stopped = false;

  function say(state) {
    if (!status) return;
    status.dataset.state = state;
    status.textContent = WORDS[state];
  }

  function later(delay) {
    clearTimeout(timer);
    timer = setTimeout(save, delay);
  }

  async function save() {
    clearTimeout(timer);
    if (!dirty || running || stopped) return;
    running = true;
    dirty = false;
    say("saving");
    try {
      await settle(await send());
    } catch {
      dirty = true;
      say("failed");
      later(RETRY_AFTER[Math.min(failures++, RETRY_AFTER.length - 1)]);
    } finally {
      running = false;
    }
    if (dirty && !stopped && !failures) later(PAUSE);
  }

  function send() {
    return fetch(form.dataset.autosaveUrl || form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" },
      keepalive: true,
    });
  }

  async function settle(response) {
    if (response.status >= 500 || response.status === 429) throw new Error("try again");
    failures = 0;
    const body = await response.json().catch(() => ({}));
    if (response.status === 409) {
      stopped = true;
      say("conflict");
      onConflict(body);
    } else if (!response.ok) {
      say("refused");
      onRefused(body);
    } else {
      if (body.version !== undefined && form.elements.version) form.elements.version.value = body.version;
      say(dirty ? "waiting" : "saved");
      onSaved(body);
    }
  }

  form.addEventListener("input", () => {
    if (stopped) return;
    dirty = true;
    if (!running) say("waiting");
    later(PAUSE);
  });
  form.addEventListener("submit", () => {
    stopped = true; // the form itself now carries everything
    clearTimeout(timer);
  });
  addEventListener("beforeunload", (event) => {
    if (dirty && !stopped) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => document.hidden && save());

  return {
    save,
    /** After a conflict was resolved: takes the server's version number and saves the form's words. */
    resume(version) {
      if (form.elements.version) form.elements.version.value = version;
      stopped = false;
      dirty = true;
      return save();
    },
  };
}
