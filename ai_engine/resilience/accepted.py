"""Takes an answer only if the caller accepts it: one repair, then it counts as failed like any other."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from ai_engine.errors import InvalidOutput, Truncated
from ai_engine.inputs import Delta
from ai_engine.messages import Answer, Message, Request, StreamPart
from ai_engine.resilience.wrapper import Wrapper

_REPAIR = (
    "Your answer could not be used: {problem}\n"
    "Give the whole answer again, corrected, in the form that was asked for and nothing else."
)
_KEEP = 12_000
"""Characters of a rejected answer that are shown back to the model."""


class Accepted(Wrapper):
    """Applies `request.accept` and `request.forbidden`. A rejected answer leaves the breaker alone:
    the provider works, its model erred."""

    async def complete(self, request: Request) -> Answer:
        raw = ""
        try:
            answer = await self._inner.complete(request)
            raw = answer.text
            return replace(answer, value=self._accept(request, raw))
        except Truncated:
            longer = replace(request, max_tokens=request.max_tokens * 2)
            answer = await self._inner.complete(longer)
            try:
                return replace(answer, value=self._accept(request, answer.text))
            except ValueError as problem:
                raise InvalidOutput(self.name, _short(problem), raw_text=answer.text) from problem
        except InvalidOutput as rejected:  # the provider's own check; what it wrote may still do
            try:
                text = rejected.raw_text
                return Answer(text, self.model_for("complete"), value=self._accept(request, text))
            except ValueError as problem:
                return await self._repaired(request, text, problem)
        except ValueError as problem:
            return await self._repaired(request, raw, problem)

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
                    except ValueError as problem:
                        raise InvalidOutput(self.name, _short(problem), raw_text=text) from problem
                yield part

    async def _repaired(self, request: Request, raw: str, problem: ValueError) -> Answer:
        if not raw or _holds_forbidden(request, raw):
            raise InvalidOutput(self.name, _short(problem), raw_text=raw) from problem
        asked_again = replace(
            request,
            temperature=0.0,
            messages=(
                *request.messages,
                Message("assistant", raw[:_KEEP]),
                Message("user", _REPAIR.format(problem=_short(problem))),
            ),
        )
        answer = await self._inner.complete(asked_again)
        try:
            return replace(answer, value=self._accept(request, answer.text))
        except ValueError as still:
            raise InvalidOutput(self.name, _short(still), raw_text=answer.text) from still

    def _accept(self, request: Request, text: str) -> object:
        if _holds_forbidden(request, text):
            raise ValueError("It repeats what must not be repeated.")
        return request.accept(text) if request.accept is not None else None


def _holds_forbidden(request: Request, text: str) -> bool:
    return any(word in text for word in request.forbidden)


def _short(problem: ValueError) -> str:
    return str(problem)[:1500]
