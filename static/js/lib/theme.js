// Light, dark, or as the system says. A classic script in the head, because it must mark the root before
// the first paint: a page that turns dark a moment later flashes in somebody's face.
(() => {
  const KEY = "meetmind.theme";
  const CHOICES = ["auto", "light", "dark"];
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");

  function stored() {
    try {
      const value = localStorage.getItem(KEY);
      return CHOICES.includes(value) ? value : "auto";
    } catch {
      return "auto"; // storage may be forbidden; the system's wish still holds
    }
  }

  function apply(choice = stored()) {
    root.toggleAttribute("data-dark", choice === "dark" || (choice === "auto" && system.matches));
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

  apply();
  system.addEventListener("change", () => apply());
  addEventListener("storage", (event) => event.key === KEY && apply());
  document.addEventListener("DOMContentLoaded", () => {
    for (const group of document.querySelectorAll(".theme-choice")) group.hidden = false;
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.addEventListener("click", () => choose(button.dataset.themeChoice));
    }
    apply();
  });
})();
