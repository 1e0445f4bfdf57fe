"""Takes an answer only if the caller accepts it: one repair, then it counts as failed like any other."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace

from ai_engine.errors import InvalidOutput, ProviderFailed, Truncated
from ai_engine.inputs import Delta
from ai_engine.limits import Limits
from ai_engine.messages import Answer, Message, Request, StreamPart
from ai_engine.providers.protocol import Provider
from ai_engine.resilience.retry_budget import RetryBudget
from ai_engine.resilience.wrapper import Wrapper

_REPAIR = (
    "Your answer could not be used: {problem}\n"
    "Give the whole answer again, corrected, in the form that was asked for and nothing else."
)
_UNACCEPTABLE = (ValueError, RecursionError)  # the latter where JSON is nested without end
_KEEP = 12_000
"""Characters of a rejected answer that are shown back to the model."""


class Accepted(Wrapper):
    """Applies `request.accept` and `request.forbidden`. A rejected answer leaves the breaker alone:
    the provider works, its model erred."""

    def __init__(
        self, inner: Provider, limits: Limits, budget: RetryBudget, clock: Callable[[], float]
    ) -> None:
        super().__init__(inner)
        self._limits = limits
        self._budget = budget
        self._clock = clock

    async def complete(self, request: Request) -> Answer:
        is_second = False
        try:
            answer = await self._inner.complete(request)
        except Truncated as cut:
            is_second = True
            longer = replace(request, max_tokens=request.max_tokens * 2)
            answer = await self._asked_again(longer, cut)
        except InvalidOutput as rejected:  # the provider's own check; what it wrote may still do
            answer = Answer(rejected.raw_text, self.model_for("complete"))
        try:
            return replace(answer, value=self._accept(request, answer.text))
        except _UNACCEPTABLE as problem:
            error = InvalidOutput(self.name, _short(problem), raw_text=answer.text)
            if is_second or not answer.text or _holds_forbidden(request, answer.text):
                raise error from problem
            return await self._repaired(request, error, problem)

    async def stream(self, request: Request) -> AsyncGenerator[StreamPart, None]:
        text = ""
        async with aclosing(self._inner.stream(request)) as parts:
            async for part in parts:
                if isinstance(part, Delta):
                    text += part.text
                    if _holds_forbidden(request, text):
                        raise InvalidOutput(self.name, "a forbidden text", raw_text=text)
                elif isinstance(part, Answer) and part.finish == "length":
                    raise Truncated(self.name, "a spoken answer must be whole")
                elif isinstance(part, Answer) and request.accept is not None:
                    try:
                        request.accept(text)
                    except _UNACCEPTABLE as problem:
                        raise InvalidOutput(self.name, _short(problem), raw_text=text) from problem
                yield part

    async def _repaired(
        self, request: Request, rejected: InvalidOutput, problem: Exception
    ) -> Answer:
        shown_back = (
            Message("assistant", rejected.raw_text[:_KEEP]),
            Message("user", _REPAIR.format(problem=_short(problem))),
        )
        corrected = replace(request, temperature=0.0, messages=(*request.messages, *shown_back))
        answer = await self._asked_again(corrected, rejected)
        try:
            return replace(answer, value=self._accept(request, answer.text))
        except _UNACCEPTABLE as still:
            raise InvalidOutput(self.name, _short(still), raw_text=answer.text) from still

    async def _asked_again(self, request: Request, why: ProviderFailed) -> Answer:
        """One more call if time and the retry budget allow it; raises `why` if not.

        It has what time is left: to be late is no fault of the provider's.
        """
        if request.until - self._clock() < self._limits.shortest_attempt or not self._budget.take():
            raise why
        return await self._inner.complete(replace(request, hurried=True))

    def _accept(self, request: Request, text: str) -> object:
        if _holds_forbidden(request, text):
            raise ValueError("It repeats what must not be repeated.")
        return request.accept(text) if request.accept is not None else None


def _holds_forbidden(request: Request, text: str) -> bool:
    return any(word in text for word in request.forbidden)


def _short(problem: Exception) -> str:
    return str(problem)[:1500]
