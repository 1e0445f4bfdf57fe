"""How a client of the load speaks: our protocol's frames as they are, or inside those of Socket.IO.

Socket.IO over a websocket: engine.io protocol 4, packets of the socket.io protocol 5. `0` opens, `40` connects,
`42` carries an event, `2` and `3` are ping and pong (https://socket.io/docs/v4/engine-io-protocol/).
"""

import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

Frame = dict[str, Any]  # a frame is whatever JSON the server sent
_SOCKET_IO_EVENT = "42"


@dataclass
class Wire:
    """One open connection to a room."""

    socket: ClientConnection
    is_socket_io: bool

    async def send(self, frame: Frame) -> None:
        text = json.dumps(["m", frame] if self.is_socket_io else frame)
        await self.socket.send(_SOCKET_IO_EVENT + text if self.is_socket_io else text)

    async def frames(self) -> AsyncIterator[Frame]:
        async for text in self.socket:
            assert isinstance(text, str)
            if not self.is_socket_io:
                yield json.loads(text)
            elif text == "2":
                await self.socket.send("3")
            elif text.startswith(_SOCKET_IO_EVENT):
                yield json.loads(text[2:])[1]

    async def hello(self, as_: str) -> None:
        """Says who this is, and waits to be welcome."""
        if self.is_socket_io:
            await self.socket.recv()
            await self.socket.send("40")
            await self.socket.recv()
        hello = {"type": "hello", "as": as_, "client_id": str(uuid.uuid4()), "resume_from": 0}
        await self.send(hello)
        async for frame in self.frames():
            if frame["type"] == "welcome":
                return


@asynccontextmanager
async def enter(
    room: str, port: int, *, cookie: str = "", token: str = "", is_socket_io: bool = False
) -> AsyncIterator[Wire]:
    """Opens a room as its candidate (cookie) or as a member (token), and is welcome in it."""
    path = f"ws/interviews/{room}/"
    if is_socket_io:
        path = f"socket.io/?EIO=4&transport=websocket&room={room}"
    async with connect(
        f"ws://127.0.0.1:{port}/{path}",
        origin=f"http://127.0.0.1:{port}" if cookie else None,  # type: ignore[arg-type] # a NewType of str
        additional_headers={"Cookie": cookie} if cookie else {"Authorization": f"Bearer {token}"},
        subprotocols=None if is_socket_io else ["interview.v1"],  # type: ignore[list-item] # a NewType of str
        open_timeout=30,
        max_size=None,
        proxy=None,
    ) as socket:
        wire = Wire(socket, is_socket_io)
        await wire.hello("candidate" if cookie else "member")
        yield wire


def segment(client_seq: int, text: str) -> Frame:
    return {
        "type": "segment.final",
        "client_seq": client_seq,
        "seg_id": uuid.uuid4().hex,
        "text": text,
    }
