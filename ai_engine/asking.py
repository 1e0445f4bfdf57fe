"""How every skill asks: prompt filled in, canary set, schema attached; and how the parts of a long
transcript are asked side by side."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from ai_engine.engine import engine
from ai_engine.inputs import CallContext, Excerpt, PlanQuestion, Provenance
from ai_engine.languages import name_of
from ai_engine.messages import Message, Request
from ai_engine.prompts import Prompt
from ai_engine.structured import Structured, reader, schema_of
from ai_engine.untrusted import clean, fence, new_canary

T = TypeVar("T")
SIDE_BY_SIDE = 4
_LEAST = 0.001
"""Seconds: a deadline that is over, and yet one (nought would mean the lane's own)."""


class OneDeadline:
    """The time of a skill, whatever number of calls it takes: `context.deadline`, or the lane's own,
    counted once from the start. A job that reads three hours must end before its timeout ends it."""

    def __init__(self, context: CallContext) -> None:
        seconds = context.deadline or engine.deadline(context.lane)
        self._context = context
        self._clock = asyncio.get_running_loop().time
        self._end = self._clock() + seconds

    def context(self) -> CallContext:
        """For the next call: with what is left."""
        return replace(self._context, deadline=max(_LEAST, self._end - self._clock()))


def request_for(
    prompt: Prompt,
    context: CallContext,
    *,
    user: str,
    form: type[Structured] | None = None,
    section: str = "system",
    values: Mapping[str, str] | None = None,
    max_tokens: int = 4096,
    temperature: float = 0.2,
    without_ai: Callable[[], str] | None = None,
) -> Request:
    """The request of a skill. `form` is the shape of the answer, if it is to be JSON."""
    canary = new_canary()
    schema = schema_of(form) if form is not None else None
    system = prompt.fill(
        section,
        **{
            "canary": canary,
            "language": name_of(context.language),
            "schema": json.dumps(schema),
            **(values or {}),
        },
    )
    return Request(
        skill=prompt.name,
        messages=(Message("system", system), Message("user", user)),
        context=context,
        prompt_version=prompt.version,
        schema=schema,
        max_tokens=max_tokens,
        temperature=temperature,
        forbidden=(canary,),
        without_ai=without_ai,
        read_own=reader(form) if form is not None else None,
    )


def questions_fence(questions: Sequence[PlanQuestion]) -> str:
    return fence(
        "questions",
        [
            {
                "ref": question.ref,
                "text": clean(question.text, most=600),
                "competency": question.competency_ref,
                "was_asked": question.was_asked,
            }
            for question in questions
        ],
    )


async def for_each_chunk(
    chunks: Sequence[tuple[Excerpt, ...]], ask: Callable[[tuple[Excerpt, ...]], Awaitable[T]]
) -> list[T]:
    """Asks about every chunk, a few at a time; the first failure stops the others."""
    places = asyncio.Semaphore(SIDE_BY_SIDE)

    async def ask_in_turn(chunk: tuple[Excerpt, ...]) -> T:
        async with places:
            return await ask(chunk)

    if len(chunks) == 1:
        return [await ask(chunks[0])]
    tasks = [asyncio.ensure_future(ask_in_turn(chunk)) for chunk in chunks]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()


def in_turns(parts: Sequence[Sequence[T]]) -> Iterator[T]:
    """The first of each part, the second of each, and so on: where only some are kept, the end of a
    long interview is heard as well as its beginning."""
    for turn in range(max(map(len, parts), default=0)):
        yield from (part[turn] for part in parts if turn < len(part))


def together(parts: Sequence[Provenance]) -> Provenance:
    """One provenance for what came from several calls: the last one's, with the sums of all."""
    costs = [part.cost for part in parts if part.cost is not None]
    return replace(
        parts[-1],
        tokens_in=sum(part.tokens_in for part in parts),
        tokens_out=sum(part.tokens_out for part in parts),
        cost=sum(costs, Decimal(0)) if costs else None,
        degraded=any(part.degraded for part in parts),
        calls=sum(part.calls for part in parts),
    )
