"""A network cable between a browser and a server, which a test pulls and plugs in again."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.servers import free_port


class Cable:
    """Carries every connection to `server_port`. Pulled, it breaks what is open and lets nothing through."""

    def __init__(self, server_port: int) -> None:
        self.port = free_port()
        self._server_port = server_port
        self._is_pulled = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._carried: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def pull(self) -> None:
        self._is_pulled = True
        self.call(self._break)

    def plug_in(self) -> None:
        self._is_pulled = False

    def call(self, function: Callable[[], None]) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(function)

    def _break(self) -> None:
        for writer in self._carried:
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_pulled:
            writer.transport.abort()
            return
        try:
            back, on = await asyncio.open_connection("127.0.0.1", self._server_port)
        except OSError:  # the server is down
            writer.transport.abort()
            return
        ends = {writer, on}
        self._carried |= ends
        try:
            await asyncio.gather(_copy(reader, on), _copy(back, writer))
        finally:
            self._carried -= ends

    async def serve(self, is_laid: threading.Event, stop: asyncio.Event) -> None:
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        is_laid.set()
        await stop.wait()
        server.close()
        self._break()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while piece := await reader.read(2**16):
            writer.write(piece)
            await writer.drain()
    writer.close()


@contextmanager
def cable_to(server_port: int) -> Iterator[Cable]:
    cable, is_laid, stop = Cable(server_port), threading.Event(), asyncio.Event()
    serving = threading.Thread(target=lambda: asyncio.run(cable.serve(is_laid, stop)), daemon=True)
    serving.start()
    assert is_laid.wait(10)
    try:
        yield cable
    finally:
        cable.call(stop.set)
        serving.join(10)
