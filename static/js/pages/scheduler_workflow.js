// Fills in the graph and the table while the workflow runs.

import { find, need, setText } from "../lib/dom.js";

const state = need("workflow-state");
const source = new EventSource(state.dataset.stream);

function showState(element, name, label) {
  element.className = `status status-${name}`;
  setText(element, label);
}

function showStep(id, step) {
  const node = find(`.node[data-job="${id}"]`);
  if (node) {
    node.dataset.state = step.state;
    node.toggleAttribute("data-retrying", step.is_retrying);
    const words = find(".node-state", node);
    if (words) setText(words, step.label);
  }
  const row = find(`tr[data-step="${id}"]`);
  if (!row) return;
  row.dataset.state = step.state;
  row.toggleAttribute("data-retrying", step.is_retrying);
  showState(find('[data-part="state"]', row), step.state, step.label);
  setText(find('[data-part="attempts"]', row), String(step.attempts));
  setText(find('[data-part="error"]', row), step.error.slice(0, 160));
}

source.addEventListener("workflow", (event) => {
  const workflow = JSON.parse(event.data);
  if (!workflow.steps) return;
  showState(state, workflow.state, workflow.state_label);
  for (const [id, step] of Object.entries(workflow.steps)) showStep(id, step);
  if (workflow.state !== "running") source.close();
});
window.addEventListener("pagehide", () => source.close());
