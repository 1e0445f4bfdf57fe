"""The part of a plan version that the director needs. No rubric: whoever talks to the candidate never holds it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlannedQuestion:
    ref: str
    text: str
    must_ask: bool = True
    competency_ref: str = ""
    probe_depth: int = 1  # 0-3: how often an answer to it may be followed up
    minutes: float = 5.0


@dataclass(frozen=True, slots=True)
class PlanInUse:
    questions: tuple[PlannedQuestion, ...]
    opening: str = ""
    closing: str = ""
