// Times in the reader's own zone and language. The server sends <time datetime="…+00:00">UTC words</time>;
// without script those words stand. data-style: "datetime" (default), "date", "time", "relative".

const STYLES = {
  datetime: { dateStyle: "medium", timeStyle: "short" },
  date: { dateStyle: "medium" },
  time: { timeStyle: "short" },
};
const UNITS = [
  ["year", 31536000],
  ["month", 2592000],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];
const relative = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "auto" });

export function relativeWords(when, now = new Date()) {
  const seconds = (when - now) / 1000;
  for (const [unit, length] of UNITS) {
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  return "just now";
}

/** 125000 → "2:05"; 3725000 → "1:02:05". */
export function clockWords(milliseconds) {
  const total = Math.max(0, Math.floor(milliseconds / 1000));
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const tail = `${String(minutes).padStart(hours ? 2 : 1, "0")}:${String(seconds).padStart(2, "0")}`;
  return hours ? `${hours}:${tail}` : tail;
}

export function localiseTimes(root = document) {
  for (const element of root.querySelectorAll("time[datetime]")) {
    const when = new Date(element.dateTime);
    if (Number.isNaN(when.getTime()) || element.dataset.style === "as-is") continue;
    const full = new Intl.DateTimeFormat(undefined, STYLES.datetime).format(when);
    if (element.dataset.style === "relative") {
      element.textContent = relativeWords(when);
    } else {
      element.textContent = new Intl.DateTimeFormat(
        undefined,
        STYLES[element.dataset.style] ?? STYLES.datetime,
      ).format(when);
    }
    element.title = full;
  }
}
