"""The candidate of the demo: comes by the link, agrees, and answers by script, over public HTTP and WebSocket."""

import asyncio
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

ANSWERS = Path(__file__).with_name("answers.json")
PATIENCE_SECONDS = 45.0

Heard = Callable[[str, str], None]  # (speaker, words): for whoever watches


class DemoFailed(Exception):
    """The interview did not go as it must; the text says where."""


@dataclass
class ScriptedCandidate:
    """Answers each question it is asked, until the room says that the interview has ended."""

    join_url: str
    interview_id: str
    heard: Heard
    moved: Callable[[str], None]
    script: "Script" = field(default_factory=lambda: Script())
    client_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    _client_seq: int = 0
    _applied: int = 0
    _withdrawn: int = 0

    @property
    def withdrawn(self) -> int:
        """How many questions were taken back and asked anew by another provider."""
        return self._withdrawn

    async def attend(self) -> None:
        """From the link to the end. Raises DemoFailed."""
        cookie = await asyncio.to_thread(self._agree)
        parts = urlsplit(self.join_url)
        async with connect(
            f"ws://{parts.netloc}/ws/interviews/{self.interview_id}/",
            subprotocols=[Subprotocol("interview.v1")],
            origin=Origin(f"{parts.scheme}://{parts.netloc}"),
            additional_headers={"Cookie": cookie},
        ) as socket:
            await self._send(
                socket, "hello", client_id=self.client_id, resume_from=0, **{"as": "candidate"}
            )
            await self._converse(socket)

    def _agree(self) -> str:
        """Reads the notice, trades the link for a cookie and gives consent; returns the Cookie header."""
        jar = CookieJar()
        browser = build_opener(HTTPCookieProcessor(jar))
        page = _read(browser, Request(self.join_url))
        for _ in ("the link's own form", "the notice and consent"):
            form = _FormReader()
            form.feed(page.text)
            if form.action is None:
                raise DemoFailed(f"{page.url} has no form to agree with")
            page = _read(
                browser,
                Request(
                    urljoin(page.url, form.action),
                    data=urlencode(form.fields).encode(),
                    headers={"Referer": page.url, "Origin": _origin(page.url)},
                ),
            )
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)

    async def _converse(self, socket: ClientConnection) -> None:
        while True:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    frame = await socket.recv()
            except TimeoutError as silence:
                raise DemoFailed("the room fell silent") from silence
            message = json.loads(frame)
            match message["type"]:
                case "welcome":
                    if message["state"] == "waiting":
                        await self._send_durable(socket, "control", action="start")
                case "event":
                    if await self._apply(socket, message):
                        return
                case "error":
                    raise DemoFailed(f"the room refused a message: {message['message']}")

    async def _apply(self, socket: ClientConnection, event: dict[str, Any]) -> bool:
        """One entry of the room's log. True when it was the last."""
        if event["seq"] != self._applied + 1:
            raise DemoFailed(f"event {event['seq']} came after {self._applied}")
        self._applied = event["seq"]
        await self._send(socket, "ack", seq=self._applied)
        match event["kind"]:
            case "question.asked":
                self.heard("ai", event["text"])
                if event["awaits_answer"]:
                    await self._answer(socket, event["text"])
            case "question.withdrawn":
                self._withdrawn += 1
                self.heard("note", "The question was withdrawn, and is asked anew.")
            case "state.changed":
                self.moved(event["state"])
                return bool(event["state"] == "ended")
        return False

    async def _answer(self, socket: ClientConnection, question: str) -> None:
        words = self.script.answer_to(question)
        seg_id = uuid.uuid4().hex
        self.heard("candidate", words)
        await self._send_durable(socket, "segment.final", seg_id=seg_id, text=words, source="typed")
        await self._send_durable(socket, "turn.finished", seg_ids=[seg_id])

    async def _send_durable(self, socket: ClientConnection, kind: str, **fields: object) -> None:
        self._client_seq += 1
        await self._send(socket, kind, client_seq=self._client_seq, **fields)

    async def _send(self, socket: ClientConnection, kind: str, **fields: object) -> None:
        await socket.send(json.dumps({"type": kind, **fields}))


class Script:
    """What the candidate answers: what fits the question, and nothing twice."""

    def __init__(self) -> None:
        found = json.loads(ANSWERS.read_text(encoding="utf-8"))
        self._topics: list[dict[str, str]] = found["topics"]
        self._more: list[str] = found["more"]
        self._last: str = found["last"]

    def answer_to(self, question: str) -> str:
        lowered = question.lower()
        for topic in self._topics:
            if topic["when"] in lowered:
                self._topics.remove(topic)
                return topic["say"]
        return self._more.pop(0) if self._more else self._last


class _FormReader(HTMLParser):
    """Reads the first form below <main> that is posted, filled in as it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}
        self._in_main = self._in_form = False
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "main":
            self._in_main = True
        elif tag == "form" and self._in_main and self.action is None:
            self._in_form = given.get("method", "").lower() == "post"
            self.action = given.get("action", "") if self._in_form else None
        elif self._in_form and tag == "input" and given.get("type") == "hidden":
            self.fields[given["name"]] = given.get("value", "")
        elif self._in_form and tag == "select":
            self._select = given["name"]
        elif self._in_form and tag == "option" and "selected" in given:
            self.fields[self._select] = given.get("value", "")
        elif self._in_form and tag == "button" and given.get("value") == "given":
            self.fields[given["name"]] = "given"

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in_form = False


@dataclass(frozen=True, slots=True)
class _Page:
    url: str
    text: str


def _read(browser: OpenerDirector, request: Request) -> _Page:
    try:
        with browser.open(request, timeout=20) as answer:
            return _Page(answer.url, answer.read().decode())
    except HTTPError as refusal:
        raise DemoFailed(f"the candidate's page answered {refusal.code}") from refusal


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
