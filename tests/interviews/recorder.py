"""A browser's recorder without a browser: WebM as Chromium writes it for a listener, cut into chunks."""

import struct
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.test import Client
from django.urls import reverse

CHUNK_MS = 5_000
_FRAME_MS = 60
_UNKNOWN = b"\x01" + b"\xff" * 7


def _element(kind: str, content: bytes, *, length: bytes = b"") -> bytes:
    return bytes.fromhex(kind) + (length or (len(content) | 1 << 56).to_bytes(8, "big")) + content


def webm_chunks(count: int) -> list[bytes]:
    """Each begins a cluster, and its last block is torn over the next, as Chromium tears it."""
    info = _element("1549a966", _element("2ad7b1", (1_000_000).to_bytes(3, "big")))
    track = _element("d7", b"\x01") + _element("83", b"\x02") + _element("86", b"A_OPUS")
    head = (
        _element("1a45dfa3", _element("4282", b"webm"))
        + _element("18538067", b"", length=_UNKNOWN)
        + info
        + _element("1654ae6b", _element("ae", track))
    )
    whole = [head + _cluster(0)] + [_cluster(place * CHUNK_MS) for place in range(1, count)]
    torn, chunks = b"", []
    for place, piece in enumerate(whole):
        keep = len(piece) - (30 if place < count - 1 else 0)
        chunks.append(torn + piece[:keep])
        torn = piece[keep:]
    return chunks


def _cluster(at_ms: int) -> bytes:
    blocks = (
        _element("a3", b"\x81" + struct.pack(">hB", frame, 0x80) + bytes(80))
        for frame in range(0, CHUNK_MS, _FRAME_MS)
    )
    time = _element("e7", at_ms.to_bytes(8, "big"))
    return _element("1f43b675", b"", length=_UNKNOWN) + time + b"".join(blocks)


@dataclass
class Recorder:
    """A candidate's tab that records; `client` holds their cookie."""

    client: Client
    started_ms: int = 0
    mime: str = "audio/webm"
    id: uuid.UUID = field(default_factory=uuid.uuid4)

    def send(self, number: int, content: bytes) -> int:
        address = reverse("recording_chunk", args=[self.id, number])
        response = self.client.post(
            f"{address}?mime={self.mime}&started_ms={self.started_ms}",
            content,
            content_type="application/octet-stream",
        )
        return int(response.status_code)

    def send_all(self, chunks: list[bytes], *, but: tuple[int, ...] = ()) -> list[int]:
        return list(self._send_each(chunks, but))

    def end(self, count: int) -> int:
        return self.send(count, b"")

    def _send_each(self, chunks: list[bytes], but: tuple[int, ...]) -> Iterator[int]:
        for number, chunk in enumerate(chunks):
            if number not in but:
                yield self.send(number, chunk)
        yield self.end(len(chunks))
