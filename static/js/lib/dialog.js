// Native dialogs. <button data-opens="id"> opens <dialog id="id">; a form with method="dialog" closes it.

/** Opens and waits: resolves with the value of the button that closed it, or "" for Escape. */
export function ask(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
  });
}

export function openedByButtons(root = document) {
  root.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      document.getElementById(opener.dataset.opens).showModal();
      return;
    }
    const closer = event.target.closest("[data-closes]");
    if (closer) closer.closest("dialog").close();
    // A click on the dialog itself, outside its body, is a click on the backdrop.
    if (event.target instanceof HTMLDialogElement && event.target.hasAttribute("data-light")) event.target.close();
  });
}
