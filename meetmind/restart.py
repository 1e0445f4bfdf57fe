"""Ends a server without breaking what goes on in it.

Daphne drops every socket without a word when it is told to stop, and a browser then sees 1006: a fault.
Here SIGTERM first lets the hooks run, then tells each socket 1012 (restarting: come back and resume),
waits a moment for the answers and for requests under way, and only then stops the reactor.
"""

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Hook = Callable[[], Awaitable[None]]

RESTARTING = 1012
# Seconds for each step down. systemd and compose wait twenty in all, then they kill.
HAND_OVER_PATIENCE = 2.0  # who does not get to hand over is replaced a little later
PATIENCE = 4.0  # for answers and requests under way
STOP_PATIENCE = 11.0  # for jobs
LAST_PATIENCE = 2.0
_LOOK_EVERY = 0.02


class Restartable:
    """An ASGI application that knows its open sockets and requests, so that they can be ended well."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._sockets: dict[int, Send] = {}
        self._requests: set[int] = set()
        self._loop: asyncio.AbstractEventLoop | None = None  # once it serves
        self._before_close: list[Hook] = []
        self._before_stop: list[Hook] = []
        self._at_last: list[Hook] = []

    @property
    def open_sockets(self) -> int:
        return len(self._sockets)

    @property
    def open_requests(self) -> int:
        return len(self._requests)

    @property
    def open_tasks(self) -> int:
        return 0 if self._loop is None else len(asyncio.all_tasks(self._loop))

    def before_close(self, hook: Hook) -> None:
        """Registers what an app wants to do while its sockets are still open."""
        self._before_close.append(hook)

    def before_stop(self, hook: Hook) -> None:
        """Registers what has to end while the event loop still runs (threads that do jobs)."""
        self._before_stop.append(hook)

    def at_last(self, hook: Hook) -> None:
        """Registers what is closed when nothing is left that uses it."""
        self._at_last.append(hook)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._loop = self._loop or asyncio.get_running_loop()
        key = id(scope)
        if scope["type"] == "websocket":
            self._sockets[key] = send
        elif scope["type"] == "http":
            self._requests.add(key)
            send = self._forgetting_streams(key, send)
        try:
            await self._application(scope, receive, send)
        finally:
            self._sockets.pop(key, None)
            self._requests.discard(key)

    async def wind_down(self) -> None:
        """Everything that has to happen before the server may stop."""
        await _run_all(self._before_close, HAND_OVER_PATIENCE)
        for send in list(self._sockets.values()):
            _close_for_restart(send)
        await self._last_answers()
        await _run_all(self._before_stop, STOP_PATIENCE)
        await _run_all(self._at_last, LAST_PATIENCE)

    async def _last_answers(self) -> None:
        until = asyncio.get_running_loop().time() + PATIENCE
        while self._sockets or self._requests:
            if asyncio.get_running_loop().time() > until:
                break
            await asyncio.sleep(_LOOK_EVERY)

    def _forgetting_streams(self, key: int, send: Send) -> Send:
        """A stream of server-sent events never ends by itself: it is not waited for."""

        async def send_and_look(message: Message) -> None:
            if message["type"] == "http.response.start" and any(
                name.lower() == b"content-type" and value.startswith(b"text/event-stream")
                for name, value in message.get("headers", [])
            ):
                self._requests.discard(key)
            await send(message)

        return send_and_look


async def _run_all(hooks: Sequence[Hook], seconds: float) -> None:
    """All at once: what one of them takes too long for, the next would have to do without."""
    await asyncio.gather(*(_run(hook, seconds) for hook in hooks))


async def _run(hook: Hook, seconds: float) -> None:
    try:
        await asyncio.wait_for(hook(), seconds)
    except TimeoutError:
        logger.warning("A hook before the stop took longer than %.0f s, and was left.", seconds)
    except Exception:  # one app's trouble must not keep the others from a clean end
        logger.exception("A hook before the stop failed.")


def _close_for_restart(send: Send) -> None:
    # Daphne hands out `send` with its protocol bound as first argument. The ordinary way to close
    # refuses 1012, which is a server's to use and no application's; the frame itself may say it.
    protocol = getattr(send, "args", [None])[0]
    if hasattr(protocol, "sendCloseFrame") and protocol.state == protocol.STATE_OPEN:
        protocol.sendCloseFrame(code=RESTARTING)


def stop_gently(application: Restartable) -> None:
    """Under daphne: takes SIGTERM and SIGINT over, once its reactor runs. A second signal stops at once."""
    if "daphne.server" not in sys.modules:
        return  # a management command or a test imported the application; nobody serves
    from twisted.internet import reactor

    stopping = False

    async def wind_down_and_stop() -> None:
        try:
            await application.wind_down()
        finally:
            _stop(reactor)

    def begin(number: int, frame: object) -> None:
        nonlocal stopping
        if stopping:
            reactor.callFromThread(_stop, reactor)
            return
        stopping = True
        loop = reactor._asyncioEventloop
        loop.call_soon_threadsafe(lambda: loop.create_task(wind_down_and_stop()))

    def take_signals_over() -> None:
        signal.signal(signal.SIGTERM, begin)
        signal.signal(signal.SIGINT, begin)

    reactor.callWhenRunning(take_signals_over)


def _stop(reactor: Any) -> None:
    if reactor.running:
        reactor.stop()
