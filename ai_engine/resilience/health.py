"""What is known of one provider's one model for one operation: may it be asked now, and if not, when.

    closed ──failures──▶ open ──time──▶ half open ──an answer──▶ closed
                          ▲                 │
                          └───a failure─────┘  (open for twice as long)

Three failures in a row open it, or two where the connection itself failed, or half of at least six
within thirty seconds. A rate limit is no failure: it only sets the time before which nobody asks.
"""

import random
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ai_engine.errors import ProviderFailed, RateLimited

State = Literal["closed", "open", "half_open"]
WINDOW = 30.0
FIRST_REST = 5.0
LONGEST_REST = 120.0
TRIPPED_REST = 300.0
FIRST_LIMIT = 5.0
LONGEST_LIMIT = 60.0
LONGEST_RETRY_AFTER = 600.0
"""Seconds that a provider may ask for: a header that says "in a year" would put it out for good."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """Permission for one call. `generation`: a result from before the last change says nothing."""

    generation: int
    probe: bool
    forced: bool = False


@dataclass(frozen=True, slots=True)
class HealthNow:
    state: State
    opens_in: float
    reason: str
    """The kind of the last error."""
    is_limited: bool = False
    """It is well, and asked for a rest."""


class Health:
    def __init__(
        self,
        clock: Callable[[], float],
        rng: random.Random,
        changed: Callable[[State, str], None] = lambda state, reason: None,
    ) -> None:
        self._clock = clock
        self._rng = rng
        self._changed = changed
        self._lock = threading.Lock()  # the web's and the jobs' event loops share it
        self._state: State = "closed"
        self._generation = 0
        self._probing = False
        self._opens_at = 0.0
        self._rest = FIRST_REST
        self._limited_until = 0.0
        self._limit = FIRST_LIMIT
        self._in_a_row = 0
        self._heavy_in_a_row = 0
        self._recent: deque[tuple[float, bool]] = deque(maxlen=200)
        self._reason = ""

    def ready_at(self) -> float:
        """When it may be asked: a time in the past means now."""
        with self._lock:
            at = self._limited_until
            if self._state == "open":
                at = max(at, self._opens_at)
            elif self._state == "half_open" and self._probing:
                at = max(at, self._clock() + 0.5)  # somebody is finding out
            return at

    def is_limited(self) -> bool:
        """Whether a rate limit is all that stands in the way."""
        return self._state == "closed" and self._limited_until > self._clock()

    def is_on_probation(self) -> bool:
        """Whether the next call would find out if it is back."""
        return self._state != "closed"

    def now(self) -> HealthNow:
        opens_in = max(0.0, self.ready_at() - self._clock())
        return HealthNow(self._state, round(opens_in, 1), self._reason, self.is_limited())

    def admit(self) -> Ticket | None:
        """A ticket for one call, or None if it must not be asked now."""
        with self._lock:
            now = self._clock()
            if now < self._limited_until:
                return None
            if self._state == "closed":
                return Ticket(self._generation, probe=False)
            if self._state == "open" and now >= self._opens_at:
                self._move("half_open")
            if self._state == "half_open" and not self._probing:
                self._probing = True
                return Ticket(self._generation, probe=True)
            return None

    def forced(self) -> Ticket:
        """A ticket in any state, for a test that a person asks for."""
        with self._lock:
            return Ticket(self._generation, probe=False, forced=True)

    def succeeded(self, ticket: Ticket) -> None:
        with self._lock:
            if ticket.generation != self._generation:
                return
            self._in_a_row = self._heavy_in_a_row = 0
            self._limit = FIRST_LIMIT
            if ticket.forced:
                self._limited_until = 0.0  # it was asked against its word, and answered
            self._recent.append((self._clock(), True))
            if self._state != "closed":
                self._rest = FIRST_REST
                self._recent.clear()
                self._move("closed")

    def failed(self, ticket: Ticket, error: ProviderFailed) -> None:
        with self._lock:
            if ticket.generation != self._generation:
                return
            self._reason = error.kind
            if isinstance(error, RateLimited):
                self._limit_until(error.retry_after)
                self._probing = False
            elif error.weight == "trip":
                self._open(TRIPPED_REST)
            elif error.weight == "none":
                self._probing = False  # it answered, or was never asked: the next call may probe
            else:
                self._count(heavy=error.weight == "heavy")

    def abandoned(self, ticket: Ticket) -> None:
        """The caller went away: that says nothing about the provider."""
        with self._lock:
            if ticket.generation == self._generation and ticket.probe:
                self._probing = False

    def _count(self, *, heavy: bool) -> None:
        now = self._clock()
        self._recent.append((now, False))
        self._in_a_row += 1
        self._heavy_in_a_row = self._heavy_in_a_row + 1 if heavy else 0
        recent = [good for at, good in self._recent if now - at <= WINDOW]
        often = len(recent) >= 6 and recent.count(False) * 2 >= len(recent)
        if self._state == "half_open":
            self._rest = min(LONGEST_REST, self._rest * 2)
            self._open(self._rest)
        elif self._in_a_row >= 3 or self._heavy_in_a_row >= 2 or often:
            self._open(self._rest)

    def _open(self, rest: float) -> None:
        self._opens_at = self._clock() + rest * self._rng.uniform(0.8, 1.2)
        self._in_a_row = self._heavy_in_a_row = 0
        self._move("open")

    def _limit_until(self, retry_after: float | None) -> None:
        if retry_after is None:
            wait = self._limit
            self._limit = min(LONGEST_LIMIT, self._limit * 2)
        else:
            wait = min(retry_after, LONGEST_RETRY_AFTER)
        self._limited_until = max(self._limited_until, self._clock() + wait)

    def _move(self, state: State) -> None:
        self._state = state
        self._generation += 1
        self._probing = False
        self._changed(state, self._reason)
