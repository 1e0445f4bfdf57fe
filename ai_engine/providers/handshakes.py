"""Closes the socket of a handshake that is given up.

The HTTP libraries close it where a handshake fails, but not where whoever waits for it is cancelled, as our deadlines
do: it would stay open, and the event loop would watch it, for as long as the other side likes.
"""

from collections.abc import Mapping, MutableMapping
from typing import Any, Protocol, cast


class Connection(Protocol):
    async def aclose(self) -> None: ...


class Outgoing(Protocol):
    """A request of httpx, or of httpx2, that is about to be sent."""

    extensions: MutableMapping[str, Any]


async def close_given_up(request: Outgoing) -> None:
    """A request hook for an HTTP client."""
    opened: list[Connection] = []

    async def watch(event: str, told: Mapping[str, object]) -> None:
        if event.endswith("connect_tcp.complete"):
            opened.append(cast("Connection", told["return_value"]))
        elif event.endswith("start_tls.failed"):  # cancelled ones too
            for connection in opened:
                await connection.aclose()

    request.extensions["trace"] = watch
