// The interview is over: nothing the candidate wrote or said stays on this device.
import { readJson } from "../lib/dom.js";
import { wipeRoom } from "../lib/room_store.js";

const interview = readJson("interview");
await wipeRoom(interview);
sessionStorage.removeItem(`meetmind-draft-${interview}`);
