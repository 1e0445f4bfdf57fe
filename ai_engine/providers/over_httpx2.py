"""Lets an SDK that is written for httpx speak through httpx2, as the other SDKs do.

httpcore 1.0, under httpx, takes the lock of a connection outside of its `try`. Who is cancelled in that very turn of the
loop, as our deadlines and people who leave do, leaves a connection behind that is neither closed nor used again: each
costs one of the pool's places until the process ends. httpcore2 has that mended.
"""

from collections.abc import AsyncIterator

import httpx
import httpx2

from ai_engine.providers.certificates import trusted
from ai_engine.providers.handshakes import close_given_up

LIMITS = httpx2.Limits(max_connections=100, max_keepalive_connections=40)


class OverHttpx2(httpx.AsyncBaseTransport):
    """A transport for httpx. Raises the errors of httpx2, which go by the same names."""

    def __init__(self) -> None:
        # A client and not a bare transport: it knows the proxies of the environment.
        self._client = httpx2.AsyncClient(
            verify=trusted(),
            limits=LIMITS,
            follow_redirects=False,
            event_hooks={"request": [close_given_up]},
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        asked = httpx2.Request(
            request.method,
            str(request.url),
            headers=request.headers.raw,
            content=await request.aread(),
            extensions={"timeout": request.extensions["timeout"]},
        )
        reply = await self._client.send(asked, stream=True)
        return httpx.Response(
            reply.status_code, headers=reply.headers.raw, stream=_Stream(reply), extensions={}
        )

    async def aclose(self) -> None:
        await self._client.aclose()


class _Stream(httpx.AsyncByteStream):
    def __init__(self, reply: httpx2.Response) -> None:
        self._reply = reply

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._reply.aiter_raw():
            yield chunk

    async def aclose(self) -> None:
        await self._reply.aclose()
