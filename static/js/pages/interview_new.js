// The new candidate's fields are there only for somebody new, and the time zone starts as the browser's.
import { need } from "../lib/dom.js";

const candidate = need("id_candidate");
const somebodyNew = need("new-candidate");

function showOnlyForSomebodyNew() {
  somebodyNew.hidden = candidate.value !== "";
}
candidate.addEventListener("change", showOnlyForSomebodyNew);
showOnlyForSomebodyNew();

const zone = need("id_time_zone");
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const isUntouched = zone.value === "UTC" && !zone.closest("form").querySelector(".field-error");
if (isUntouched && [...zone.options].some((option) => option.value === here)) {
  const date = need("id_date");
  const time = need("id_time");
  // The proposed time stays the same moment, told in the reader's own zone.
  const moment = new Date(`${date.value}T${time.value.slice(0, 5)}:00Z`);
  if (!Number.isNaN(moment.getTime())) {
    const two = (number) => String(number).padStart(2, "0");
    date.value = `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
    time.value = `${two(moment.getHours())}:${two(moment.getMinutes())}`;
    zone.value = here;
  }
}
