"""The smallest ASGI application with sockets and slow requests, ended as ours is: for test_restart."""

import asyncio

from meetmind.restart import Message, Receive, Restartable, Scope, Send, stop_gently

SLOW = 1.0


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await asyncio.sleep({"/slow": SLOW, "/endless": 60}.get(scope["path"], 0))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})
        return
    while True:
        message: Message = await receive()
        if message["type"] == "websocket.connect":
            await send({"type": "websocket.accept"})
        elif message["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message["text"]})
        else:
            return


application = Restartable(echo)
stop_gently(application)
