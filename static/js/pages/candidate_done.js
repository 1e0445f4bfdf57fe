// The interview is over: nothing the candidate wrote or said stays on this device, once the rest of their recording
// is sent.
import { readJson } from "../lib/dom.js";
import { RecordingUpload } from "../lib/recording_upload.js";
import { wipeRoom } from "../lib/room_store.js";

const CHUNKS_MAY_BE_LATE = 10 * 60_000; // then the server takes no more
const interview = readJson("interview");
const sending = document.getElementById("sending"); // not where the candidate withdrew, or nothing was said
if (sending) {
  const rest = await RecordingUpload.open(interview);
  sending.hidden = rest.size === 0;
  await rest.drained(CHUNKS_MAY_BE_LATE);
  sending.hidden = true;
}
await wipeRoom(interview);
sessionStorage.removeItem(`meetmind-draft-${interview}`);
