"""Makes a sound file out of what a browser's recorder sent in pieces.

A recorder writes WebM for a listener who hears it at once: without its length, and without an index. Such a
file plays, but a player can neither show how long it is nor jump in it. `finish` adds both. `bridge` goes on
behind a hole, where pieces are missing.

Pure: reads and writes files it is given, and knows nothing of interviews.
"""

import shutil
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import BinaryIO


class Kind(IntEnum):
    """The elements of a WebM file that matter here."""

    EBML = 0x1A45DFA3
    SEGMENT = 0x18538067
    INFO = 0x1549A966
    SCALE = 0x2AD7B1
    DURATION = 0x4489
    CUES = 0x1C53BB6B  # the index
    CUE_POINT = 0xBB
    CUE_TIME = 0xB3
    CUE_PLACES = 0xB7
    CUE_TRACK = 0xF7
    CUE_CLUSTER = 0xF1
    CLUSTER = 0x1F43B675  # a piece with a time of its own
    CLUSTER_TIME = 0xE7
    SIMPLE_BLOCK = 0xA3  # some milliseconds of sound
    BLOCK_GROUP = 0xA0
    BLOCK = 0xA1


_INSIDE = {Kind.SEGMENT, Kind.CLUSTER, Kind.BLOCK_GROUP}  # walked into, not over
_STARTS = {"audio/webm": Kind.CLUSTER.to_bytes(4, "big"), "audio/mp4": b"moof"}


class NotWebm(Exception):
    """It is not what a recorder writes; it may still be playable as it is."""


@dataclass
class _Found:
    """What a walk over the file brings. Times are in the file's own ticks."""

    segment_at: int = 0
    info: tuple[int, int] | None = None  # where its content begins and ends
    info_starts_at: int = 0
    scale: int = 1_000_000  # nanoseconds a tick
    clusters: list[tuple[int, int]] = field(default_factory=list)  # (time, where)
    last: int = 0
    step: int = 20

    def heard(self, ticks: int) -> None:
        if ticks > self.last:
            self.step = min(ticks - self.last, 120)
            self.last = ticks

    @property
    def ticks(self) -> int:
        return self.last + self.step if self.clusters else 0

    @property
    def duration_ms(self) -> int:
        return self.ticks * self.scale // 1_000_000


def bridge(target: BinaryIO, chunk: bytes, mime: str) -> bool:
    """Appends a piece that follows a hole, from where it has a time of its own: so what comes after it keeps
    its place. False, and nothing changed, if it has no such place."""
    at = chunk.find(_STARTS[mime])
    if at < 0:
        return False
    if mime == "audio/webm":
        target.truncate(_whole_end(target))  # the hole may begin in the middle of a sound
    else:
        at = max(0, at - 4)  # a box begins with its size
    target.seek(0, 2)
    target.write(chunk[at:])
    return True


def finish(source: BinaryIO, target: BinaryIO) -> int:
    """Writes the recording with its length and an index; answers the length in ms. Raises NotWebm."""
    found = _walk(source)
    if found.info is None or not found.clusters:
        raise NotWebm
    source.seek(0)
    before = source.read(found.info_starts_at)
    info = _info(source, found)
    start, end = found.info[1], found.clusters[0][1]
    source.seek(start)
    between = source.read(end - start)
    # The index tells places counted from the segment's content, and its own length moves them all.
    moved_by = len(before) + len(info) + len(between) - end
    cues = _cues(found, 0)
    cues = _cues(found, moved_by + len(cues))
    target.write(before + info + between + cues)
    shutil.copyfileobj(source, target)
    return found.duration_ms


def _info(source: BinaryIO, found: _Found) -> bytes:
    assert found.info is not None
    source.seek(found.info[0])
    content = source.read(found.info[1] - found.info[0])
    return _element(Kind.INFO, content + _element(Kind.DURATION, struct.pack(">d", found.ticks)))


def _cues(found: _Found, moved_by: int) -> bytes:
    """Numbers of a fixed width, so that its length does not depend on what it says."""
    points = (
        _element(
            Kind.CUE_POINT,
            _element(Kind.CUE_TIME, time.to_bytes(8, "big"))
            + _element(
                Kind.CUE_PLACES,
                _element(Kind.CUE_TRACK, b"\x01")
                + _element(Kind.CUE_CLUSTER, (at + moved_by - found.segment_at).to_bytes(8, "big")),
            ),
        )
        for time, at in found.clusters
    )
    return _element(Kind.CUES, b"".join(points))


def _walk(source: BinaryIO) -> _Found:
    found, cluster_time, is_first = _Found(), 0, True
    for kind, starts_at, at, size in _elements(source):
        if is_first and kind != Kind.EBML:
            raise NotWebm
        is_first = False
        match kind:
            case Kind.SEGMENT:
                found.segment_at = at
            case Kind.INFO if found.info is None:
                found.info, found.info_starts_at = (at, at + size), starts_at
                found.scale = _scale(source, at, size)
            case Kind.CLUSTER:
                found.clusters.append((0, starts_at))
            case Kind.CLUSTER_TIME if found.clusters:
                cluster_time = int.from_bytes(_read(source, at, min(size, 8)), "big")
                found.clusters[-1] = (cluster_time, found.clusters[-1][1])
                found.heard(cluster_time)
            case Kind.SIMPLE_BLOCK | Kind.BLOCK:
                head = _read(source, at, 4)
                found.heard(cluster_time + struct.unpack(">h", head[1:3])[0])
            case _:
                pass
    return found


def _scale(source: BinaryIO, at: int, size: int) -> int:
    content = _read(source, at, size)
    place = content.find(Kind.SCALE.to_bytes(3, "big"))
    if place < 0:
        return 1_000_000
    length = content[place + 3] & 0x7F
    return int.from_bytes(content[place + 4 : place + 4 + length], "big") or 1_000_000


def _elements(source: BinaryIO) -> Iterator[tuple[int, int, int, int]]:
    """(kind, where it starts, where its content starts, length of its content), in the order of the file.

    A torn end is where a recording simply ends.
    """
    end = source.seek(0, 2)
    at = 0
    while at < end:
        kind, after = _number(source, at, keeps_mark=True)
        size, content_at = _number(source, after, keeps_mark=False)
        if kind is None or size is None:
            return
        yield kind, at, content_at, size
        at = content_at if kind in _INSIDE else content_at + size


def _whole_end(source: BinaryIO) -> int:
    """Where the last element ends that is there as a whole."""
    length, whole = source.seek(0, 2), 0
    for kind, _, at, size in _elements(source):
        end = at if kind in _INSIDE else at + size
        whole = end if end <= length else whole
    return whole


def _number(source: BinaryIO, at: int, *, keeps_mark: bool) -> tuple[int | None, int]:
    """A number whose first bits say how long it is. All ones, for a length: not known, which is 0 here."""
    first = _read(source, at, 1)
    if not first or not first[0]:
        return None, at
    length = 9 - first[0].bit_length()
    raw = _read(source, at, length)
    if len(raw) < length:
        return None, at
    value = int.from_bytes(raw, "big")
    if not keeps_mark:
        mask = (1 << (7 * length)) - 1
        value = 0 if value & mask == mask else value & mask
    return value, at + length


def _read(source: BinaryIO, at: int, size: int) -> bytes:
    source.seek(at)
    return source.read(size)


def _element(kind: int, content: bytes) -> bytes:
    name = kind.to_bytes((kind.bit_length() + 7) // 8, "big")
    return name + (len(content) | 1 << 56).to_bytes(8, "big") + content
