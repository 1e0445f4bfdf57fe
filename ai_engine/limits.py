"""The engine's numbers, in one place, as a value it is given."""

from dataclasses import dataclass

from ai_engine.inputs import Lane


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    attempts: int = 2
    """On one provider, in the background lane, before the next is asked."""
    live_deadline: float = 8.0
    """Seconds to the first word for a person who waits."""
    job_deadline: float = 120.0
    speech_deadline: float = 30.0
    interim_deadline: float = 4.0
    """Words so far that come later would be replaced at once."""
    speaking_time: float = 25.0
    """Seconds a streamed answer may go on after the time for its first word."""
    idle: float = 4.0
    """Seconds between two words of a streamed answer."""
    shortest_attempt: float = 0.4
    """With less time left, another attempt would only spend money."""
    back_off: float = 0.2
    back_off_cap: float = 2.0
    hold_back_characters: int = 24
    hold_back_seconds: float = 0.03
    """The first words wait this long, so that an early death stays unseen."""
    longest_answer: int = 120_000
    """Characters; a model that never ends is cut here."""
    live_calls: int = 40
    background_calls: int = 24
    speech_calls: int = 24
    interim_calls: int = 8
    """Calls at a time per provider and lane; together below the smallest SDK pool (Groq: 100)."""
    queue_wait: float = 0.2

    def deadline(self, lane: Lane) -> float:
        return {
            "live": self.live_deadline,
            "background": self.job_deadline,
            "speech": self.speech_deadline,
            "interim": self.interim_deadline,
        }[lane]

    def calls(self, lane: Lane) -> int:
        return {
            "live": self.live_calls,
            "background": self.background_calls,
            "speech": self.speech_calls,
            "interim": self.interim_calls,
        }[lane]
