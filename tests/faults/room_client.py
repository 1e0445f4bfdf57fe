"""A program's client of a room, over a real socket: applies events by `seq`, resumes, and resends what was not
acknowledged. With it a test can cut, kill and restart whatever it likes and then ask what arrived."""

import asyncio
import contextlib
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

Frame = dict[str, Any]  # a frame is whatever JSON the server sent
PATIENCE = 30.0


@dataclass
class RoomClient:
    """One participant. `ports` are tried in turn at every connection."""

    room: str
    ports: list[int]
    cookie: str = ""
    token: str = ""
    client_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    events: list[Frame] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    acknowledged: dict[int, Frame] = field(default_factory=dict)
    outbox: dict[int, Frame] = field(default_factory=dict)
    close_codes: list[int] = field(default_factory=list)
    connections: int = 0
    socket: ClientConnection | None = None
    epoch: str | None = None
    _sent: int = 0
    _task: asyncio.Task[None] | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def start(self) -> "RoomClient":
        self._task = asyncio.create_task(self._live())
        return self

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def cut(self) -> None:
        """The network breaks: no goodbye."""
        if self.socket is not None:
            self.socket.transport.abort()

    async def send(self, type_: str, **fields: object) -> int:
        """A durable message, kept until it is acknowledged."""
        self._sent += 1
        message = {"type": type_, "client_seq": self._sent, **fields}
        self.outbox[self._sent] = message
        await self._write(message)
        return self._sent

    async def say(self, text: str) -> int:
        return await self.send("segment.final", seg_id=uuid.uuid4().hex, text=text)

    async def answer(self, text: str) -> None:
        seg_id = uuid.uuid4().hex
        await self.send("segment.final", seg_id=seg_id, text=text)
        await self.send("turn.finished", seg_ids=[seg_id])

    async def until(self, condition: Callable[[], bool], *, seconds: float = PATIENCE) -> None:
        async with asyncio.timeout(seconds):
            while not condition():
                self._news.clear()
                await self._news.wait()

    def kinds(self) -> list[str]:
        return [event["kind"] for event in self.events]

    def asked(self) -> list[str]:
        return [event["text"] for event in self.events if event["kind"] == "question.asked"]

    async def _write(self, message: Frame) -> None:
        if self.socket is not None:
            with contextlib.suppress(ConnectionClosed):
                await self.socket.send(json.dumps(message))

    async def _live(self) -> None:
        while True:
            port = self.ports[self.connections % len(self.ports)]
            self.connections += 1
            with contextlib.suppress(OSError, WebSocketException, TimeoutError, EOFError):
                await self._connect(port)
            self.socket = None
            self._news.set()
            if self.close_codes and self.close_codes[-1] in (4001, 4003, 4004, 4009, 4010):
                return
            await asyncio.sleep(0.1)

    async def _connect(self, port: int) -> None:
        headers = (
            {"Cookie": self.cookie} if self.cookie else {"Authorization": f"Bearer {self.token}"}
        )
        url = f"ws://127.0.0.1:{port}/ws/interviews/{self.room}/"
        async with connect(
            url,
            origin=f"http://127.0.0.1:{port}" if self.cookie else None,  # type: ignore[arg-type] # a NewType of str
            additional_headers=headers,
            subprotocols=["interview.v1"],  # type: ignore[list-item] # a NewType of str
            open_timeout=5,
            proxy=None,
        ) as socket:
            hello: Frame = {
                "type": "hello",
                "as": "candidate" if self.cookie else "member",
                "client_id": self.client_id,
                "resume_from": len(self.events),
            }
            await socket.send(json.dumps({**hello, "epoch": self.epoch}))
            try:
                async for text in socket:
                    await self._hear(socket, json.loads(text))
            finally:
                if socket.close_code is not None:
                    self.close_codes.append(socket.close_code)

    async def _hear(self, socket: ClientConnection, frame: Frame) -> None:
        self.frames.append(frame)
        match frame["type"]:
            case "welcome":
                self.epoch, self.socket = frame["epoch"], socket
                for message in list(self.outbox.values()):
                    await self._write(message)
            case "event" if frame["seq"] == len(self.events) + 1:
                self.events.append(frame)
                await socket.send(json.dumps({"type": "ack", "seq": frame["seq"]}))
            case "event":
                assert frame["seq"] <= len(self.events), "a gap"
            case "ack":
                self.outbox.pop(frame["client_seq"], None)
                self.acknowledged[frame["client_seq"]] = frame
        self._news.set()
