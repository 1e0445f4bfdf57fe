"""Words the next thing an AI interviewer says. The director decides what; this only finds the words.

The model holds the planned question and the last few turns: no rubric, no later question. It cannot
give away what it does not have.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Literal

from ai_engine.asking import request_for
from ai_engine.engine import engine
from ai_engine.inputs import CallContext, Excerpt, StreamEvent
from ai_engine.languages import check_language
from ai_engine.prompts import load
from ai_engine.untrusted import clean, fence, has_markup, model_copy, plain_name, split_orders

Move = Literal[
    "ask",
    "probe",
    "clarify",
    "repeat",
    "hint_time",
    "wrap_up",
    "invite_questions",
    "answer_candidate",
    "close",
]
RECENT = 6
LONGEST = 900


@dataclass(frozen=True, slots=True)
class TurnToWord:
    """A move of the director's. `planned_text` is what is said if no model can word it."""

    move: Move
    planned_text: str
    topic: str = ""
    last_answer: str = ""
    recent: tuple[Excerpt, ...] = ()
    candidate_name: str = ""
    position_title: str = ""
    company_context: str = ""
    whisper: str = ""


async def ask_next_question(
    turn: TurnToWord, context: CallContext
) -> AsyncGenerator[StreamEvent, None]:
    """Delta after Delta, then Finished. If nobody can word it in time, the planned text itself."""
    prompt = load("ask_next_question")

    def accept(text: str) -> str:
        if len(text) > LONGEST:
            raise ValueError("Be brief: two or three sentences.")
        if has_markup(text, given=f"{turn.planned_text} {turn.company_context} {turn.whisper}"):
            raise ValueError("Speak: no links and no markup.")
        check_language(context.language, [text])
        return text

    request = request_for(
        prompt,
        context,
        user=prompt.fill(
            "user",
            position=clean(turn.position_title, most=120) or "not named",
            context=_company(turn),
            turn=_said(turn),
            whisper=_whisper(turn),
            move=prompt.sections[turn.move],
        ),
        max_tokens=400,
        temperature=0.4,
        without_ai=lambda: turn.planned_text,
    )
    async with aclosing(engine.stream(request, accept)) as events:
        async for event in events:
            yield event


def _said(turn: TurnToWord) -> str:
    recent = turn.recent[-RECENT:]
    split = split_orders(recent)
    return fence(
        "turn",
        {
            "planned_question": clean(turn.planned_text, most=1000),
            "topic": clean(turn.topic, most=120),
            "candidate": plain_name(turn.candidate_name),
            "recent": [
                {
                    "speaker": excerpt.speaker,
                    "text": model_copy(excerpt, split.get(excerpt.ref, ()))[:1500],
                }
                for excerpt in recent
            ],
            "last_answer": _last_answer(turn),
        },
    )


def _last_answer(turn: TurnToWord) -> str:
    if not turn.last_answer:
        return ""
    spoken = Excerpt("", "candidate", "", turn.last_answer, 0)
    return model_copy(spoken)[:3000]


def _company(turn: TurnToWord) -> str:
    if not turn.company_context or turn.move not in {"answer_candidate", "invite_questions", "ask"}:
        return ""
    return fence("company", clean(turn.company_context, most=3000))


def _whisper(turn: TurnToWord) -> str:
    if not turn.whisper:
        return ""
    return (
        f"A colleague asks you to take this up:\n{fence('whisper', clean(turn.whisper, most=500))}"
    )
