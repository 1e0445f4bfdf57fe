"""The server's side of a room's socket, played by a test; and the edges of a browser that a test moves by hand."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page, WebSocketRoute

PATIENCE_MS = 15_000
# A microphone that hums while `window.hum(true)`; the page cannot tell it from another.
MICROPHONE = """
window.opened = [];
navigator.mediaDevices.getUserMedia = async () => {
  if (window.refuses) throw new DOMException("no", window.refuses);
  const context = new AudioContext();
  const tone = new OscillatorNode(context, { frequency: 220 });
  const gain = new GainNode(context, { gain: 0 });
  const out = context.createMediaStreamDestination();
  tone.connect(gain).connect(out);
  tone.start();
  let since = 0;
  window.hum = (isLoud) => { gain.gain.value = isLoud ? 0.3 : 0; since = context.currentTime; };
  window.hummedFor = () => context.currentTime - since; // seconds of sound
  window.opened.push(out.stream);
  return out.stream;
};
window.unplug = () => {
  for (const track of window.opened.at(-1).getTracks()) {
    track.stop();
    track.dispatchEvent(new Event("ended"));
  }
};
window.isOpen = () => window.opened.some((stream) => stream.getTracks().some((track) => track.readyState === "live"));
"""
RECOGNITION = """
window.recognitions = [];
window.SpeechRecognition = window.webkitSpeechRecognition = class extends EventTarget {
  start() {
    if (this.runs) throw new DOMException("already started", "InvalidStateError");
    this.runs = true;
    window.recognitions.push(this);
  }
  stop() { if (this.runs) setTimeout(() => this.end()); }
  abort() { this.stop(); }
  end() { this.runs = false; this.dispatchEvent(new Event("end")); }
  fail(error) { this.dispatchEvent(Object.assign(new Event("error"), { error })); this.end(); }
  say(text, isFinal) {
    const results = [Object.assign([{ transcript: text }], { isFinal })];
    this.dispatchEvent(Object.assign(new Event("result"), { resultIndex: 0, results }));
  }
};
"""
NO_RECOGNITION = "delete window.SpeechRecognition; delete window.webkitSpeechRecognition;"
SYNTHESIS = """
window.utterances = [];
window.cancels = 0;
window.SpeechSynthesisUtterance = class extends EventTarget { constructor(text) { super(); this.text = text; } };
const voices = window.noVoice ? [] : [{ lang: "en-GB", localService: true, name: "Test" }];
Object.defineProperty(window, "speechSynthesis", { value: Object.assign(new EventTarget(), {
  getVoices: () => voices,
  speak: (utterance) => window.utterances.push(utterance),
  cancel: () => { window.cancels += 1; },
}) });
window.spoken = () => window.utterances.map((utterance) => utterance.text.trim());
window.endUtterance = () => window.utterances.at(-1).dispatchEvent(new Event("end"));
"""
# Whether a server is there when the page asks is up to the test; pauses are the longest that chance may give.
SERVER = """
window.asked = 0;
window.answer = null; // of the server: a status, or none
window.fetch = async () => {
  window.asked += 1;
  if (!window.answer) throw new TypeError("Nobody is there.");
  return { status: await window.answer };
};
Math.random = () => 0.999;
"""


@dataclass
class FakeRoom:
    """Welcomes whoever comes, remembers what they send, and acknowledges it unless told otherwise."""

    page: Page
    speech: bool = True
    state: str = "live"
    welcomes: bool = True
    acknowledges: bool = True
    role: str = "candidate"
    last_seq: int = 0
    epoch: str = "e"
    frames: list[dict[str, Any]] = field(default_factory=list)
    sounds: list[bytes] = field(default_factory=list)
    sockets: list[WebSocketRoute] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.route_web_socket(re.compile("/ws/"), self._opened)

    def _opened(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)
        socket.on_message(lambda message: self._heard(socket, message))

    def _heard(self, socket: WebSocketRoute, message: str | bytes) -> None:
        if isinstance(message, bytes):
            self.sounds.append(message)
            return
        frame = json.loads(message)
        self.frames.append({**frame, "socket": len(self.sockets)})
        if frame["type"] == "hello" and self.welcomes:
            self.welcome(socket)
        if "client_seq" in frame and self.acknowledges:
            self.send({"type": "ack", "client_seq": frame["client_seq"], "seq": 0})

    def welcome(self, socket: WebSocketRoute) -> None:
        clock = {"elapsed_ms": 0, "total_ms": 1_800_000, "runs": True}
        told = {"state": self.state, "last_seq": self.last_seq, "epoch": self.epoch, "presence": []}
        place = {"you": {"role": self.role, "name": "Cem Candidate"}, "led_by": "ai"}
        frame = {"type": "welcome", "limits": {"speech": self.speech}, "clock": clock}
        socket.send(json.dumps({**frame, **place, **told}))

    def send(self, frame: dict[str, object]) -> None:
        self.sockets[-1].send(json.dumps(frame))

    def event(self, kind: str, **told: object) -> None:
        self.last_seq += 1
        at = "2026-11-26T10:00:00+00:00"
        self.send({"type": "event", "seq": self.last_seq, "kind": kind, "at": at, **told})

    def ask(self, text: str = "What did you build?", msg_id: str = "q1", at_ms: int = 0) -> None:
        moment = {"started_ms": at_ms, "ended_ms": at_ms}
        self.event("question.asked", msg_id=msg_id, text=text, awaits_answer=True, **moment)

    def words(self, seg_id: str, text: str) -> None:
        told = {"speaker": "candidate", "name": "Cem Candidate", "source": "provider"}
        self.event("segment.final", seg_id=seg_id, text=text, **told)

    def of(self, type_: str) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["type"] == type_]

    def until(self, condition: Callable[[], object]) -> None:
        """Lets the page go on until the condition holds."""
        for _ in range(PATIENCE_MS // 50):
            if condition():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"It did not come to that: {self.frames[-8:]}")
