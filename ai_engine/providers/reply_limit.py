"""A limit on the bytes of one reply: SDKs read until its end, or a line's, and there may be none."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Final, Protocol

from ai_engine.errors import BadAnswer

MOST: Final = 16 * 2**20
MOST_PACKED: Final = 2**19
"""Of a compressed reply: what it holds may be a thousand times as large."""
UNPACKED: Final = {"accept-encoding": "identity"}
"""Header of every call: an answer is small, and its words should come one by one."""


class Bytes(Protocol):
    def __aiter__(self) -> AsyncIterator[bytes]: ...

    async def aclose(self) -> None: ...


class Reply(Protocol):
    """A response of httpx, or of httpx2, whose body was not read yet."""

    @property
    def headers(self) -> Mapping[str, str]: ...

    stream: Bytes


def reply_limit(provider: str, stream_class: type) -> Callable[[Reply], Awaitable[None]]:
    """A response hook for an HTTP client. `stream_class`: its library's AsyncByteStream, on which it insists."""
    counted = type("Counted", (_Counted, stream_class), {})

    async def limit(response: Reply) -> None:
        is_packed = response.headers.get("content-encoding", "identity") != "identity"
        response.stream = counted(response.stream, MOST_PACKED if is_packed else MOST, provider)

    return limit


class _Counted:
    def __init__(self, stream: Bytes, most: int, provider: str) -> None:
        self._stream = stream
        self._most = most
        self._provider = provider

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = self._most
        async for chunk in self._stream:
            left -= len(chunk)
            if left < 0:
                raise BadAnswer(self._provider, "a reply without end")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()
