"""Answers with a file, or with the stretch of it that was asked for (RFC 9110, Range): players jump by that.

One stretch only: whoever asks for several is sent the whole, as the standard allows.
"""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Protocol

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

_BLOCK = 64 * 1024
_ONE_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


class ReadableFile(Protocol):
    """What is sent."""

    def read(self, size: int, /) -> bytes: ...
    def seek(self, at: int, /) -> int: ...
    def close(self) -> None: ...


def is_from_the_start(request: HttpRequest) -> bool:
    """Whether this begins a playing, rather than going on with one."""
    return re.match(r"bytes=(?!0-)", request.headers.get("Range", "")) is None


def file_response(
    request: HttpRequest, file: ReadableFile, *, size: int, content_type: str, name: str
) -> HttpResponseBase:
    """200 with the whole, 206 with the stretch, or 416. Closes the file when it was sent.

    It is data, whatever is in it: an attachment, whose type no browser guesses.
    """
    stretch = _stretch(request.headers.get("Range", ""), size)
    if stretch is None:
        file.close()
        response: HttpResponseBase = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
        return response
    first, last, is_part = stretch
    length = last - first + 1
    file.seek(first)
    kind = _AsyncBlocks if isinstance(request, ASGIRequest) else _SyncBlocks
    blocks = kind(file, length)
    response = StreamingHttpResponse(
        blocks, status=206 if is_part else 200, content_type=content_type
    )
    response["Content-Length"] = str(length)
    if is_part:
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Accept-Ranges"] = "bytes"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _stretch(header: str, size: int) -> tuple[int, int, bool] | None:
    """(first, last, whether that is only a part); None if it lies outside."""
    asked = _ONE_RANGE.fullmatch(header.strip())
    if asked is None or asked.groups() == ("", ""):
        return 0, size - 1, False
    first, last = asked.groups()
    if not first:  # the last so many bytes
        start, end = max(0, size - int(last)), size - 1
    else:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
    if start > end or start >= size:
        return None
    return start, end, True


@dataclass(frozen=True, slots=True)
class _Blocks:
    """So many bytes of a file. The response closes it, also when nobody reads to the end."""

    file: ReadableFile
    length: int

    def sizes(self) -> Iterator[int]:
        yield from (min(_BLOCK, self.length - at) for at in range(0, self.length, _BLOCK))

    def close(self) -> None:
        self.file.close()


class _SyncBlocks(_Blocks):
    def __iter__(self) -> Iterator[bytes]:
        for size in self.sizes():
            yield self.file.read(size)
        self.close()


class _AsyncBlocks(_Blocks):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        for size in self.sizes():
            yield await sync_to_async(self.file.read)(size)
        self.close()
