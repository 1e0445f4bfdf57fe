// Says things to screen readers, politely: what comes within a moment is said as one, so that an AI
// question that arrives word by word is not read out word by word.

const QUIET_FOR = 400;
let waiting = [];
let timer = 0;

export function announce(text, { region = document.getElementById("live-region") } = {}) {
  const words = text.trim();
  if (!words || !region) return;
  if (waiting.at(-1) !== words) waiting.push(words);
  clearTimeout(timer);
  timer = setTimeout(() => {
    const all = waiting.join(" ");
    waiting = [];
    // The same words twice are a change only if the region was empty in between.
    region.textContent = "";
    requestAnimationFrame(() => {
      region.textContent = all;
    });
  }, QUIET_FOR);
}
