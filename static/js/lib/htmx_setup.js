// How htmx behaves here. Its switches (no eval, no inline styles, own site only) stand in the head's
// <meta name="htmx-config">, which htmx reads itself; this adds the CSRF header and words for failures.
import { csrfToken, make } from "./dom.js";
import { announce } from "./live_region.js";

const SAFE = new Set(["get", "head", "options"]);

document.addEventListener("htmx:configRequest", (event) => {
  if (!SAFE.has(event.detail.verb)) event.detail.headers["X-CSRFToken"] = csrfToken();
});

// A form that comes back with faults (422) is shown like any other answer.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status !== 422) return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
});

function reason(status) {
  if (status === 0) return "The server cannot be reached. Nothing was lost; try again in a moment.";
  if (status === 403) return "You may not do this any more. Perhaps you were signed out in another tab.";
  if (status === 404) return "This is not here any more.";
  if (status === 409) return "Somebody else changed this meanwhile. Reload the page to see it.";
  if (status === 413) return "That is too large.";
  if (status === 429) return "That was too often. Wait a moment, then try again.";
  return "That did not work on our side. Nothing was lost; try again.";
}

function clearFault(element) {
  element.parentElement?.querySelector(":scope > .request-error")?.remove();
}

function showFault(element, status) {
  if (!element.isConnected) return;
  clearFault(element);
  const words = reason(status);
  const again = make("button", { type: "button", class: "button button-small" }, "Try again");
  again.addEventListener("click", () => {
    clearFault(element);
    const kind = element.matches("form") ? "submit" : "click";
    const trigger = element.getAttribute("hx-trigger");
    globalThis.htmx.trigger(element, trigger ? trigger.split(/[\s,]/)[0] : kind);
  });
  const box = make(
    "div",
    { class: "callout callout-danger request-error" },
    make("p", { class: "callout-title" }, words),
    make("div", { class: "callout-actions" }, again),
  );
  element.after(box);
  announce(words);
}

document.addEventListener("htmx:responseError", (event) => showFault(event.detail.elt, event.detail.xhr.status));
document.addEventListener("htmx:sendError", (event) => showFault(event.detail.elt, 0));
document.addEventListener("htmx:timeout", (event) => showFault(event.detail.elt, 0));
document.addEventListener("htmx:afterRequest", (event) => event.detail.successful && clearFault(event.detail.elt));
