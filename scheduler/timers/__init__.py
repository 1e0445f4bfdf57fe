"""What is due when: two structures behind one protocol, chosen by settings.SCHEDULER_QUEUE.

The heap is C and good for everything at our size; the wheel wins where most timers are cancelled before
they fire, or there are very many. Both keep the same property tests.
"""

from typing import Protocol, TypeAlias

from django.conf import settings

from scheduler.timers.heap import HeapTimers
from scheduler.timers.wheel import WheelTimers

TimerKey: TypeAlias = int | str


class Timers(Protocol):
    """Keys with an instant each (seconds since 1970). Adding a key again moves it."""

    def add(self, key: TimerKey, due: float) -> None: ...

    def cancel(self, key: TimerKey) -> bool:
        """False when there was no such key."""

    def pop_due(self, now: float) -> list[TimerKey]:
        """Removes and answers all that are due, the earliest first."""

    def next_wake(self) -> float | None:
        """When to look again: not later than the earliest timer, None when there is none."""

    def __len__(self) -> int: ...


def make_timers() -> Timers:
    return WheelTimers() if settings.SCHEDULER_QUEUE == "wheel" else HeapTimers()
