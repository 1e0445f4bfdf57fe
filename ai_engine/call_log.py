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
_STORE_IS_DOWN = 3  # entries refused one by one, and none taken


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
        """Stores all that waits. What cannot be stored goes back to the front of the queue."""
        with self._storing:
            while self._waiting:
                batch: list[LogEntry] = []
                while self._waiting and len(batch) < _BATCH:
                    batch.append(self._waiting.popleft())
                try:
                    self._store_without_the_bad(batch)
                except Exception:
                    self._waiting.extendleft(reversed(batch))
                    raise

    def _store_without_the_bad(self, batch: Sequence[LogEntry]) -> None:
        """One entry that the store refuses must not hold up, for ever, all that come after it."""
        try:
            self._store(batch)
        except Exception:
            if len(batch) == 1:
                raise
            self._store_halves(batch)

    def _store_halves(self, batch: Sequence[LogEntry]) -> None:
        """Halves what is refused until single entries are. Raises what the store raised where it takes none
        of several: then the store is at fault, and not an entry."""
        parts, refused, is_any_stored = [batch], 0, False
        while parts:
            part = parts.pop()
            try:
                self._store(part)
                is_any_stored = True
            except Exception as problem:
                if len(part) > 1:
                    middle = len(part) // 2
                    parts += [part[middle:], part[:middle]]
                    continue
                refused += 1
                if refused == _STORE_IS_DOWN and not is_any_stored:
                    raise
                logger.error("An entry of the AI call log cannot be stored.", exc_info=problem)
        if not is_any_stored:
            raise RuntimeError("the store takes no entry of the AI call log")

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
