"""The engine's face, and the only place where it meets Django's settings and its own tables.

    from ai_engine.engine import engine
    reply = await engine.complete(request, accept=parse)

The one shared engine is built from the settings when it is first used. Importing this module loads no
SDK, no Django, and not even the engine: pages import it too, and most of them never think.
"""

import os
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar, overload

from ai_engine.messages import Message, Reply, Request

if TYPE_CHECKING:
    from ai_engine.engine_loop import EngineLoop
    from ai_engine.inputs import Audio, CallContext, Lane, StreamEvent, Transcript
    from ai_engine.plain_engine import Engine, ProviderStatus

__all__ = ["Engine", "Message", "Reply", "Request", "SharedEngine", "engine"]

T = TypeVar("T")
_SDKS = {"gemini": "google.genai", "openrouter": "openai", "groq": "groq"}


class SharedEngine:
    """The process's one engine, built by `build` when somebody first needs it."""

    def __init__(self, build: "Callable[[], Engine]") -> None:
        self._build = build
        self._built: Engine | None = None
        self._lock = threading.Lock()
        self._warmed = False
        self._loop: EngineLoop | None = None

    @property
    def current(self) -> "Engine":
        if self._built is None:
            with self._lock:
                if self._built is None:
                    self._built = self._build()
        return self._built

    @contextmanager
    def replaced_by(self, other: "Engine") -> "Iterator[Engine]":
        """Lets `other` answer meanwhile: the supported way to test what uses the engine."""
        before, self._built = self._built, other
        try:
            yield other
        finally:
            self._built = before

    def has_providers(self, allowed: frozenset[str] | None = None) -> bool:
        return self.current.has_providers(allowed)

    def deadline(self, lane: "Lane") -> float:
        """Seconds that a call of this lane has if its context does not say."""
        return self.current.limits.deadline(lane)

    @overload
    async def complete(self, request: Request) -> Reply[str]: ...

    @overload
    async def complete(self, request: Request, accept: Callable[[str], T]) -> Reply[T]: ...

    async def complete(
        self, request: Request, accept: Callable[[str], T] | None = None
    ) -> Reply[T] | Reply[str]:
        if accept is None:
            return await self.current.complete(request)
        return await self.current.complete(request, accept)

    def stream(
        self, request: Request, accept: Callable[[str], object] | None = None
    ) -> "AsyncGenerator[StreamEvent, None]":
        return self.current.stream(request, accept)

    async def transcribe(self, audio: "Audio", context: "CallContext") -> "Transcript":
        return await self.current.transcribe(audio, context)

    async def transcribe_so_far(
        self, audio: "Audio", context: "CallContext"
    ) -> "Transcript | None":
        return await self.current.transcribe_so_far(audio, context)

    async def test_call(self, provider: str, *, scope: str) -> Reply[str]:
        return await self.current.test_call(provider, scope=scope)

    def status(self) -> "tuple[ProviderStatus, ...]":
        return self.current.status()

    def flush(self) -> None:
        """Stores what the ledger still holds."""
        if self._built is not None:
            self._built.call_log.flush()

    async def aclose(self) -> None:
        """Closes the connections on every event loop, and `run`'s own loop. It may be used again after."""
        if self._built is not None:
            await self._built.aclose()
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is not None:
            loop.stop()

    def close(self) -> None:
        """The same, from code that is not async: the end of a worker, or of a command."""
        if self._built is not None:
            self.run(self.aclose())

    def forget(self) -> None:
        """In a forked child: its parent's threads and connections are not its own."""
        self._built, self._loop, self._warmed = None, None, False
        self._lock = threading.Lock()

    def warm(self) -> None:
        """Imports the SDKs in a thread of its own, so that the first live answer need not wait."""
        if self._warmed:
            return
        self._warmed = True
        names = [status.name for status in self.status()]
        threading.Thread(target=_import_sdks, args=(names,), name="ai-warm", daemon=True).start()

    def run(self, thinking: Coroutine[object, object, T]) -> T:
        """Waits for a coroutine from code that is not async, on one event loop kept for that, so that
        the SDKs' connections live on between calls."""
        from ai_engine.engine_loop import EngineLoop  # asyncio: the slowest import of all here

        with self._lock:
            if self._loop is None:
                self._loop = EngineLoop()
            loop = self._loop
        return loop.run(thinking)


def _import_sdks(names: list[str]) -> None:
    import importlib

    for name in names:
        if name in _SDKS:
            importlib.import_module(_SDKS[name])


def _from_settings() -> "Engine":
    """The engine as the environment configures it. Imported here, not above: see the module's promise."""
    from ai_engine.from_settings import build_engine

    return build_engine()


def __getattr__(name: str) -> object:
    """`Engine`, for those who build one of their own."""
    if name != "Engine":
        raise AttributeError(name)
    from ai_engine.plain_engine import Engine

    return Engine


engine = SharedEngine(_from_settings)
os.register_at_fork(after_in_child=engine.forget)
