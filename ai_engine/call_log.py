"""The ledger's seam: one record per attempt, handed over without waiting and stored in batches."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from logging import getLogger
from typing import Protocol

logger = getLogger(__name__)
_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """One attempt at one provider, successful or not. `outcome` is "ok" or the error's kind."""

    request_id: str
    attempt: int
    at: datetime
    scope: str
    interview_ref: str
    skill: str
    prompt_version: str
    lane: str
    operation: str
    provider: str
    model: str
    model_served: str
    outcome: str
    status: int | None
    first_token_ms: int | None
    total_ms: int
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    tokens_thinking: int = 0
    audio_seconds: float = 0.0
    cost: Decimal | None = None
    cost_source: str = ""
    degraded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageRecord:
    """A breaker opened, or closed again (`ended`)."""

    provider: str
    model: str
    operation: str
    reason: str
    began: datetime
    ended: datetime | None


LogEntry = CallRecord | OutageRecord


class EntryRefused(Exception):
    """The store is well, and one of these entries it will never take. Any other error means that it is away."""


class CallLog(Protocol):
    """Where records go. `note` must return at once: it stands in the path of a live answer."""

    def note(self, entry: LogEntry) -> None: ...

    def flush(self) -> None: ...


class KeptCallLog:
    """Keeps the last records in memory: for use without a database, and for tests."""

    def __init__(self, keep: int = 100_000) -> None:
        self.entries: deque[LogEntry] = deque(maxlen=keep)

    @property
    def calls(self) -> tuple[CallRecord, ...]:
        return tuple(entry for entry in self.entries if isinstance(entry, CallRecord))

    def note(self, entry: LogEntry) -> None:
        self.entries.append(entry)

    def flush(self) -> None:
        """Nothing waits."""


class BatchedCallLog:
    """Collects records and has a thread store them every `seconds`, so that a call waits for no disk
    and a crash loses a second of them at most.

    With `seconds` 0 there is no thread: what waits is stored by `flush` (tests, commands).
    """

    def __init__(
        self,
        store: Callable[[Sequence[LogEntry]], None],
        *,
        seconds: float = 0.5,
        keep: int = 50_000,
    ) -> None:
        self._store = store
        self._seconds = seconds
        self._waiting: deque[LogEntry] = deque(
            maxlen=keep
        )  # bounded: a dead database is not a leak
        self._storing = threading.Lock()
        self._starting = threading.Lock()
        self._wanted = threading.Event()
        self._thread: threading.Thread | None = None

    def note(self, entry: LogEntry) -> None:
        self._waiting.append(entry)
        if self._seconds and not self._wanted.is_set():
            self._wanted.set()
            if self._thread is None or not self._thread.is_alive():
                self._start()

    def flush(self) -> None:
        """Stores all that waits. Where the store is away, what it did not take goes back to the front of the
        queue; an entry that it refuses is left out, and the log says so."""
        with self._storing:
            while self._waiting:
                batch: list[LogEntry] = []
                while self._waiting and len(batch) < _BATCH:
                    batch.append(self._waiting.popleft())
                try:
                    self._store_without_the_bad(batch)
                except Exception:
                    self._waiting.extendleft(reversed(batch))  # some are stored: they count once
                    raise

    def _store_without_the_bad(self, batch: Sequence[LogEntry]) -> None:
        """Halves what is refused until single entries are: one must not hold up all that come after it."""
        parts = [batch]
        while parts:
            part = parts.pop()
            try:
                self._store(part)
            except EntryRefused as problem:
                if len(part) == 1:
                    logger.error("An entry of the AI call log cannot be stored.", exc_info=problem)
                    continue
                middle = len(part) // 2
                parts += [part[middle:], part[:middle]]

    def _start(self) -> None:
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._store_for_ever, name="ai-call-log", daemon=True
                )
                self._thread.start()

    def _store_for_ever(self) -> None:
        pause = threading.Event()
        while True:
            self._wanted.wait()
            pause.wait(self._seconds)  # let a batch gather
            self._wanted.clear()
            try:
                self.flush()
            except Exception:
                logger.exception("The AI call log could not be stored; trying again.")
                self._wanted.set()
