"""How much of the interview's time is left, and what still fits into it.

All sums are in seconds of the candidate's own clock: an accommodation of extra time (time_factor)
stretches the interview and every allowance in it alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from interviews.director.plan import PlannedQuestion

PROBE_MINUTES = 1.5
SHORTEST_ANSWER_MINUTES = 1.0  # a question with less time than this left for it is not fair to ask
LONGEST_CLOSING_MINUTES = 3.0
CLOSING_SHARE = 0.1
LONGEST_WARNING_MINUTES = 5.0
WARNING_SHARE = 0.2
LONG_SILENCE = 3  # times the patience
ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Clock:
    """`elapsed_seconds` leaves paused time out. `silent_seconds`: since anybody last said or typed something."""

    elapsed_seconds: float
    total_minutes: float
    time_factor: float = 1.0
    silent_seconds: float = 0.0
    patience_seconds: float = 25.0

    @property
    def remaining(self) -> float:
        return self._stretched(self.total_minutes) - self.elapsed_seconds

    @property
    def is_over(self) -> bool:
        return self.remaining <= 0

    @property
    def is_silent(self) -> bool:
        return self.silent_seconds >= self.patience_seconds * self.time_factor

    @property
    def is_silent_for_long(self) -> bool:
        return self.silent_seconds >= LONG_SILENCE * self.patience_seconds * self.time_factor

    @property
    def for_questions(self) -> float:
        """What is left once the time for closing is put aside."""
        closing = min(LONGEST_CLOSING_MINUTES, self.total_minutes * CLOSING_SHARE)
        return self.remaining - self._stretched(closing) + ROUNDING

    @property
    def is_near_the_end(self) -> bool:
        warning = min(LONGEST_WARNING_MINUTES, self.total_minutes * WARNING_SHARE)
        return self.for_questions <= self._stretched(warning)

    def holds(self, questions: Iterable[PlannedQuestion]) -> bool:
        return self.for_questions >= self._stretched(sum(q.minutes for q in questions))

    def holds_probe_before(self, questions: Iterable[PlannedQuestion]) -> bool:
        needed = PROBE_MINUTES + sum(q.minutes for q in questions)
        return self.for_questions >= self._stretched(needed)

    def can_still_ask(self, question: PlannedQuestion) -> bool:
        """A must-ask is asked even when its full time is gone, as long as an answer can be given."""
        return self.for_questions >= self._stretched(min(question.minutes, SHORTEST_ANSWER_MINUTES))

    def _stretched(self, minutes: float) -> float:
        return minutes * 60 * self.time_factor
