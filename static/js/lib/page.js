// What every page does: local times, menus that close, dialogs, copy buttons, forms that say they are at work.
import { openedByButtons } from "./dialog.js";
import { announce } from "./live_region.js";
import { localiseTimes } from "./time.js";

const RESEND_AFTER = 8000;

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details[data-menu][open]");
  closeMenus(null);
  menu?.querySelector("summary").focus();
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    announce("Copied.");
    button.textContent = "Copied";
  } catch {
    announce("Selected. Copy it with your keyboard.");
  }
});

// A second click on a slow form must not send it twice; data-working gives the words meanwhile.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.matches("[hx-post],[hx-put],[hx-patch],[hx-delete]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "true";
  const button = event.submitter;
  const words = button ? [...button.childNodes] : [];
  if (button?.dataset.working) {
    button.textContent = button.dataset.working;
    announce(button.dataset.working);
  }
  // An answer that is a file to keep leaves the page as it is: then the form may be sent again.
  setTimeout(() => {
    delete form.dataset.sent;
    if (button?.dataset.working) button.replaceChildren(...words);
  }, RESEND_AFTER);
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

openedByButtons();
localiseTimes();
document.addEventListener("htmx:load", (event) => localiseTimes(event.detail.elt));
setInterval(() => localiseTimes(), 60_000);

// A strip of links wider than the phone starts where the reader is.
for (const here of document.querySelectorAll(':is(.site-nav, .tabs) [aria-current="page"]')) here.scrollIntoView({ block: "nearest", inline: "center" });
