// The interview is over: nothing the candidate wrote stays on this device.
import { wipeOutbox } from "../lib/outbox.js";

await wipeOutbox();
for (const key of Object.keys(sessionStorage)) {
  if (key.startsWith("meetmind-draft-")) sessionStorage.removeItem(key);
}
