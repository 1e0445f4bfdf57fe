// Whether a live conversation would get through from here: a page can load where a network lets no WebSocket pass.

const WITHIN = 8_000;
const SLOW = 400;
const NO_SUCH_ROOM = 4004; // the server's own answer: so it was reached

/** { isGood, words } */
export async function checkConnection() {
  const began = performance.now();
  const code = await closeCode();
  if (code !== NO_SUCH_ROOM) {
    return { isGood: false, words: "The live connection does not get through. Try another network, or switch off a proxy or an extension that blocks it." };
  }
  const took = Math.round(performance.now() - began);
  if (took > SLOW) return { isGood: true, words: `The connection works, but is slow (${took} ms). Typing and speaking will work; nothing you say gets lost.` };
  return { isGood: true, words: `The connection works (${took} ms).` };
}

function closeCode() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const socket = new WebSocket(`${scheme}://${location.host}/ws/try/`, ["interview.v1"]);
  return new Promise((resolve) => {
    socket.addEventListener("close", ({ code }) => resolve(code));
    setTimeout(() => {
      resolve(0);
      socket.close();
    }, WITHIN);
  });
}
