// Light, dark, or as the system says. A classic script in the head, because it must run before the first
// paint; it only ever changes the media of the stylesheet with the dark tokens.
(() => {
  const KEY = "meetmind.theme";
  const AUTO = "screen and (prefers-color-scheme: dark)";
  const MEDIA = { auto: AUTO, light: "not all", dark: "screen" };
  const link = document.getElementById("dark-tokens");

  function stored() {
    try {
      const value = localStorage.getItem(KEY);
      return value in MEDIA ? value : "auto";
    } catch {
      return "auto"; // storage may be forbidden; the system's choice still holds
    }
  }

  function apply(choice) {
    link.media = MEDIA[choice];
    document.documentElement.dataset.theme = choice;
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
    }
  }

  function choose(choice) {
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      // then the choice holds for this page only
    }
    apply(choice);
  }

  apply(stored());
  addEventListener("storage", (event) => event.key === KEY && apply(stored()));
  document.addEventListener("DOMContentLoaded", () => {
    for (const group of document.querySelectorAll(".theme-choice")) group.hidden = false;
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.addEventListener("click", () => choose(button.dataset.themeChoice));
    }
    apply(stored());
  });
})();
