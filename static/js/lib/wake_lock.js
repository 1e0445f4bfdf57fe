// Keeps the screen on while an interview runs: a locked screen would take the microphone and the connection away.

let isWanted = false;
let lock = null;

async function take() {
  if (!isWanted || lock || document.hidden || !navigator.wakeLock) return;
  try {
    lock = await navigator.wakeLock.request("screen");
    lock.addEventListener("release", () => {
      lock = null;
    });
    if (!isWanted) lock.release();
  } catch {
    // The battery is low, or the browser is strict: the screen may go dark.
  }
}

// The browser takes the lock away from a page in the background.
document.addEventListener("visibilitychange", take);

export function keepScreenOn(wanted) {
  isWanted = wanted;
  if (wanted) take();
  else lock?.release();
}
