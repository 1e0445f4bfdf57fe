// Keeps the overview's figures alive from the stream. The history bars are drawn anew with the page.

import { find, findAll, need, setText } from "../lib/dom.js";

const connection = need("connection");
const source = new EventSource(connection.dataset.stream);

function figure(name, text) {
  const element = find(`[data-figure="${name}"]`);
  if (element) setText(element, String(text));
}

function age(seconds) {
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

source.addEventListener("figures", (event) => {
  const figures = JSON.parse(event.data);
  for (const [state, count] of Object.entries(figures.states)) figure(state, count);
  for (const [name, wait] of Object.entries(figures.waits_ms)) figure(name, `${wait} ms`);
  for (const name of ["per_second", "workers", "slots"]) figure(name, figures[name]);
  figure("oldest", age(figures.oldest_seconds));
  need("starving").hidden = !figures.is_starving;
  for (const row of findAll("tr[data-kind]")) {
    const counts = figures.kinds[row.dataset.kind];
    if (!counts) continue;
    for (const cell of findAll("[data-count]", row)) setText(cell, String(counts[cell.dataset.count]));
  }
});
source.addEventListener("open", () => setText(connection, "Live."));
source.addEventListener("error", () => setText(connection, "Connection lost; trying again…"));
window.addEventListener("pagehide", () => source.close());
