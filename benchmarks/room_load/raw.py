"""A peer: python `websockets` alone. It keeps nothing and checks nobody; it only passes words on."""

import asyncio
import json
import sys
from collections import defaultdict

from websockets.asyncio.server import ServerConnection, broadcast, serve

_rooms: defaultdict[str, set[ServerConnection]] = defaultdict(set)


async def attend(socket: ServerConnection) -> None:
    assert socket.request is not None
    room = _rooms[socket.request.path]
    room.add(socket)
    seq = 0
    try:
        async for text in socket:
            message = json.loads(text)
            if message["type"] == "hello":
                await socket.send(json.dumps({"type": "welcome", "epoch": ""}))
            elif message["type"] == "segment.final":
                seq += 1
                ack = {"type": "ack", "client_seq": message["client_seq"], "seq": seq}
                await socket.send(json.dumps(ack))
                event = {"type": "event", "kind": "segment.final", "text": message["text"]}
                broadcast(room, json.dumps({**event, "seq": seq}))
    finally:
        room.discard(socket)


async def main(port: int) -> None:
    async with serve(attend, "127.0.0.1", port, subprotocols=["interview.v1"]) as server:  # type: ignore[list-item] # a NewType of str
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
