"""The server: HTTP by hand over asyncio, because no framework lets one close a socket in mid-answer."""

import asyncio
import gzip
import json
import os
import socket
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from tests.fake_providers import dialects
from tests.fake_providers.dialects import Asked
from tests.fake_providers.ear import Ear
from tests.fake_providers.faults import KINDS, Fault, Script
from tests.fake_providers.replies import compose, words_of
from tests.fake_providers.slow_writer import NothingMore, SlowWriter

_DONE = b"0\r\n\r\n"


class Gone(Exception):
    """The connection is to be closed now."""


class FakeProviders:
    """All three providers on one port. Test code may use `scripts` and `calls` directly; other
    processes use /control."""

    def __init__(self) -> None:
        self.port = 0
        self.chunk_delay = 0.0
        self.scripts: defaultdict[str, Script] = defaultdict(Script)
        self.calls: list[dict[str, object]] = []
        self.ear = Ear()
        self.open_sockets = 0
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()

    async def start(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port, limit=2**22)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._serving):
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()

    def addresses(self) -> dict[str, str]:
        """The base URL of each provider, as its SDK wants it."""
        root = f"http://127.0.0.1:{self.port}"
        return {"gemini": root, "openrouter": f"{root}/api/v1", "groq": root}

    def script(
        self, provider: str, steps: Iterable[Fault | None] = (), *, always: Fault | None = None
    ) -> None:
        self.scripts[provider] = Script(list(steps), always)

    def wire_calls(self, provider: str) -> int:
        return sum(call["provider"] == provider for call in self.calls)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        self.open_sockets += 1
        try:
            while await self._serve_one(reader, writer):
                pass
        except (Gone, ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # either side went away, which is what this server is for
        finally:
            self.open_sockets -= 1
            self._serving.discard(task)
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ", 2)
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines if line)
        }
        body = await _body(reader, headers)
        if path.startswith("/control"):
            await self._control(writer, method, path, body)
            return True
        asked = dialects.read(method, path, headers, body)
        if asked is None:
            await _send(writer, 404, b'{"error": {"code": 404, "message": "no such path"}}')
            return True
        fault = self.scripts[asked.provider].next(asked.operation)
        self.calls.append(
            {
                "provider": asked.provider,
                "operation": asked.operation,
                "model": asked.model,
                "fault": fault["kind"] if fault else None,
                "at": time.monotonic(),
                "bytes": len(body),
                "path": path,
            }
        )
        await _Call(asked, fault, reader, writer, self.chunk_delay, self.ear).answer()
        return True

    async def _control(
        self, writer: asyncio.StreamWriter, method: str, path: str, body: bytes
    ) -> None:
        if method == "POST" and path.endswith("/reset"):
            self.scripts.clear()
            self.calls.clear()
        elif method == "POST":
            order = json.loads(body or b"{}")
            faults = [*order.get("script", []), order.get("always")]
            unknown = [fault for fault in faults if fault and fault.get("kind") not in KINDS]
            if unknown:
                await _send(writer, 400, json.dumps({"unknown": unknown}).encode())
                return
            self.chunk_delay = order.get("chunk_delay", self.chunk_delay)
            for sentence in order.get("learn", []):
                self.ear.learn(sentence["text"], Path(sentence["sound"]))
            if "provider" in order:
                self.script(order["provider"], order.get("script", []), always=order.get("always"))
        told = {"calls": self.calls, "open_sockets": self.open_sockets}
        await _send(writer, 200, json.dumps(told).encode())


class _Call:
    """One call being answered, well or not."""

    def __init__(
        self,
        asked: Asked,
        fault: Fault | None,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        chunk_delay: float,
        ear: Ear,
    ) -> None:
        self._asked = asked
        self._fault = fault or {}
        self._kind = str(self._fault.get("kind", ""))
        self._reader = reader
        self._writer = writer
        self._out: asyncio.StreamWriter | SlowWriter = writer
        self._delay = chunk_delay
        self._ear = ear
        if self._kind == "drip":
            self._delay = float(str(self._fault.get("seconds", 0.1)))
        if self._kind in {"stops_at", "byte_by_byte"}:
            at_once, pause = self._fault.get("bytes", 0), self._fault.get("seconds", 0)
            self._out = SlowWriter(writer, int(str(at_once)), float(str(pause)))

    async def answer(self) -> None:
        try:
            await self._answer()
        except NothingMore:
            await self._silence()

    async def _answer(self) -> None:
        before = {
            "status": self._status,
            "model_gone": self._model_gone,
            "hang": self._silence,
            "flood": self._flood,
            "headers_then_silence": self._headers_then_silence,
            "disconnect": self._disconnect,
            "reset": self._reset,
        }
        if self._kind in before:
            await before[self._kind]()
            return
        if self._kind == "slow":
            await asyncio.sleep(float(str(self._fault.get("seconds", 1))))
        if self._kind in {"html", "broken_json", "error_200", "empty"}:
            await self._not_an_answer()
        elif self._asked.operation == "stream":
            await self._stream()
        else:
            await self._whole()

    async def _status(self) -> None:
        status = int(str(self._fault.get("status", 500)))
        given = self._fault.get("headers")
        headers = {str(k): str(v) for k, v in given.items()} if isinstance(given, dict) else {}
        body = self._fault.get("body")
        if body is None:
            body = json.dumps(dialects.error(self._asked, status))
        elif not isinstance(body, str):
            body = json.dumps(body)
        await _send(self._out, status, body.encode(), headers=headers)

    async def _model_gone(self) -> None:
        status, body = dialects.model_gone(self._asked)
        await _send(self._out, status, json.dumps(body).encode())

    async def _silence(self) -> None:
        """Until the other side goes away."""
        if not await self._reader.read(1):
            raise Gone

    async def _flood(self) -> None:
        is_packed = bool(self._fault.get("packed"))
        await self._open_body("content-encoding: gzip\r\n" if is_packed else "")
        await self._chunk(gzip.compress(b"data: ") if is_packed else b"data: ")
        water = gzip.compress(os.urandom(2**16)) if is_packed else b"x" * 2**16
        while True:
            await self._chunk(water)

    async def _headers_then_silence(self) -> None:
        await self._open_body()
        await self._silence()

    async def _disconnect(self) -> None:
        raise Gone

    async def _reset(self) -> None:
        connection = self._writer.get_extra_info("socket")
        connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00"
        )
        self._writer.transport.abort()
        raise Gone

    async def _not_an_answer(self) -> None:
        bodies = {
            "html": (b"<!doctype html><h1>Sign in to the network</h1>", "text/html"),
            "broken_json": (b'{"choices": [{"message": {"conte', "application/json"),
            "empty": (b"", "application/json"),
            "error_200": (
                json.dumps(dialects.error(self._asked, 502)).encode(),
                "application/json",
            ),
        }
        body, kind = bodies[self._kind]
        if self._asked.operation == "stream" and self._kind in {"broken_json", "error_200"}:
            body, kind = b"data: " + body + b"\n\n", "text/event-stream"
        await _send(self._out, 200, body, headers={"content-type": kind})

    def _text_and_finish(self) -> tuple[str, str | None]:
        asked = self._asked
        if asked.operation == "transcribe":
            text = self._ear.hear(asked.sound)
        else:
            text = compose(asked.system, asked.user, asked.schema, self._fault or None)
        if self._kind == "length":
            return "" if self._fault.get("empty") else text[: max(8, len(text) // 2)], "length"
        if self._kind == "safety":
            return dialects.blocked(str(self._fault.get("reason", "")))
        if self._kind == "no_text":
            return "", "stop"
        return text, "stop"

    async def _whole(self) -> None:
        text, finish = self._text_and_finish()
        if self._kind == "endless":
            text = "and so on " * 200_000
        shown = None if self._kind == "no_choices" else text
        body = json.dumps(dialects.whole(self._asked, shown, finish)).encode()
        if self._kind == "silent_end":
            body = json.dumps(dialects.whole(self._asked, text, None)).encode()
        if self._kind == "prompt_blocked":
            body = json.dumps(dialects.prompt_blocked()).encode()
        if self._kind in {"cut", "reset_midway", "silence_midway"}:
            await self._part_of(body)
            return
        if self._kind == "drip":
            await self._drip(body)
            return
        if self._delay:
            await asyncio.sleep(self._delay * 5)
        await _send(self._out, 200, body)

    async def _part_of(self, body: bytes) -> None:
        self._out.write(_head_of(body) + body[: len(body) // 2])
        await self._out.drain()
        await self._stop_midway()

    async def _drip(self, body: bytes) -> None:
        self._out.write(_head_of(body))
        for at in range(0, len(body), 16):
            self._out.write(body[at : at + 16])
            await self._out.drain()
            await asyncio.sleep(self._delay)

    async def _stop_midway(self) -> None:
        if self._kind == "reset_midway":
            await self._reset()
        if self._kind == "silence_midway":
            await self._silence()
        if self._kind == "comments_midway":
            while True:
                await self._chunk(b": PROCESSING\n\n")
                await asyncio.sleep(float(str(self._fault.get("seconds", 0.02))))
        raise Gone

    async def _stream(self) -> None:
        text, finish = self._text_and_finish()
        words = words_of(text)
        await self._open_body()
        if self._kind == "prompt_blocked":
            await self._chunk(dialects.event(dialects.prompt_blocked()))
        if self._kind in {"no_choices", "prompt_blocked"}:
            await self._close_body()
            return
        stop_after = int(str(self._fault.get("after", 3)))
        breaks = {"cut", "reset_midway", "silent_end", "silence_midway", "comments_midway",
                  "broken_chunk", "error_event", "stopped_early"}  # fmt: skip
        for count, word in enumerate(words):
            if self._kind in breaks and count >= stop_after:
                break
            await self._chunk(dialects.piece(self._asked, word))
            if self._delay:
                await asyncio.sleep(self._delay)
        while self._kind == "endless":
            await self._chunk(dialects.piece(self._asked, " and so on" * 50))
        if self._kind == "silent_end":
            await self._close_body()
        elif self._kind == "stopped_early":
            await self._chunk(dialects.stopped_early(self._asked))
            await self._close_body()
        elif self._kind == "broken_chunk":
            await self._chunk(b'data: {"choices": [{"del\n\n')
            await self._close_body()
        elif self._kind == "error_event":
            content = json.dumps(dialects.error(self._asked, 502)).encode()
            await self._chunk(b"data: " + content + b"\n\n")
            await self._close_body()
        elif self._kind in breaks:
            await self._stop_midway()
        else:
            await self._finish(text, finish)

    async def _finish(self, text: str, finish: str | None) -> None:
        for _ in range(2 if self._kind == "finish_twice" else 1):
            await self._chunk(dialects.piece(self._asked, "", finish))
        if self._kind == "text_after_finish":
            await self._chunk(dialects.piece(self._asked, " And more."))
        await self._chunk(dialects.ending(self._asked, text))
        await self._close_body()

    async def _open_body(self, headers: str = "") -> None:
        head = "content-type: text/event-stream\r\ntransfer-encoding: chunked\r\n"
        self._out.write(f"HTTP/1.1 200 OK\r\n{head}{headers}\r\n".encode())
        await self._out.drain()

    async def _chunk(self, content: bytes) -> None:
        if content:
            self._out.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
            await self._out.drain()

    async def _close_body(self) -> None:
        self._out.write(_DONE)
        await self._out.drain()


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding") == "chunked":
        body = b""
        while size := int(await reader.readline(), 16):
            body += await reader.readexactly(size)
            await reader.readline()
        await reader.readline()
        return body
    return await reader.readexactly(int(headers.get("content-length", 0)))


def _head_of(body: bytes) -> bytes:
    return f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode()


async def _send(
    writer: asyncio.StreamWriter | SlowWriter,
    status: int,
    body: bytes,
    headers: dict[str, str] | None = None,
) -> None:
    lines = {
        "content-type": "application/json",
        **(headers or {}),
        "content-length": str(len(body)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    writer.write(f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode() + body)
    await writer.drain()
