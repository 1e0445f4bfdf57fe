"""Which planned questions have no answer because they were never asked, or were skipped."""

from dataclasses import dataclass
from typing import Literal

from interviews.director.log import DirectorState, Phase
from interviews.director.moves import is_unsaid
from interviews.director.plan import PlanInUse


@dataclass(frozen=True, slots=True)
class Unasked:
    """`no_time`: the director wrapped up without it. `not_reached`: the interview broke off before it."""

    ref: str
    text: str
    must_ask: bool
    reason: Literal["skipped", "no_time", "not_reached"]


def unasked(plan: PlanInUse, state: DirectorState) -> tuple[Unasked, ...]:
    wrapped_up = state.phase not in (Phase.OPENING, Phase.QUESTIONS)
    found: list[Unasked] = []
    for question in plan.questions:
        progress = state.asked.get(question.ref)
        if is_unsaid(question, state):
            reason: Literal["no_time", "not_reached"] = "no_time" if wrapped_up else "not_reached"
            found.append(Unasked(question.ref, question.text, question.must_ask, reason))
        elif progress is not None and progress.skipped:
            found.append(Unasked(question.ref, question.text, question.must_ask, "skipped"))
    return tuple(found)
