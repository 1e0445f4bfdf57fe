"""A provider that does as it is told: for tests, and to measure the engine itself.

It answers from a script, one step per call; after the last step it goes on with that one.
"""

import asyncio
import math
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field

from ai_engine.errors import CutOff
from ai_engine.inputs import Delta
from ai_engine.messages import Answer, Operation, Request, StreamPart, Usage


@dataclass(frozen=True, slots=True)
class Say:
    """Answers with this text, in a stream word by word with `pause` seconds between the words."""

    text: str | Callable[[Request], str]
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Fail:
    """Fails, in a stream after so many words."""

    error: Callable[[str], Exception]
    after_words: int = 0


@dataclass(frozen=True, slots=True)
class Hang:
    """Says so many words, then nothing more, until cancelled or `seconds` are over."""

    after_words: int = 0
    seconds: float = math.inf


@dataclass(frozen=True, slots=True)
class Vanish:
    """Ends the stream after so many words without saying that it is finished."""

    after_words: int = 1


Step = Say | Fail | Hang | Vanish
_WORDS = ("These", "words", "are", "said", "before", "something", "goes", "wrong", "with", "it")


@dataclass(slots=True)
class Scripted:
    steps: Sequence[Step] = (Say("Yes."),)
    name: str = "scripted"
    model: str = "scripted-1"
    asked: list[Request] = field(default_factory=list)
    open_streams: int = 0

    def model_for(self, operation: Operation) -> str:
        return self.model

    async def complete(self, request: Request) -> Answer:
        step = self._next(request)
        if isinstance(step, Say):
            if step.pause:
                await asyncio.sleep(step.pause)
            text = self._text(step, request)
            return Answer(text, self.model, usage=_usage(request, text))
        if isinstance(step, Fail):
            raise step.error(self.name)
        if isinstance(step, Hang):
            await _stay_silent(step.seconds)
        raise CutOff(self.name)

    async def stream(self, request: Request) -> AsyncGenerator[StreamPart, None]:
        step = self._next(request)
        self.open_streams += 1
        try:
            if isinstance(step, Say):
                text = self._text(step, request)
                for word in _pieces(text):
                    if step.pause:
                        await asyncio.sleep(step.pause)
                    yield Delta(word)
                yield Answer("", self.model, usage=_usage(request, text))
                return
            for word in _WORDS[: step.after_words]:
                yield Delta(word + " ")
            if isinstance(step, Fail):
                raise step.error(self.name)
            if isinstance(step, Hang):
                await _stay_silent(step.seconds)
            raise CutOff(self.name)
        finally:
            self.open_streams -= 1

    async def aclose(self) -> None:
        """There is no connection."""

    def _next(self, request: Request) -> Step:
        step = self.steps[min(len(self.asked), len(self.steps) - 1)]
        self.asked.append(request)
        return step

    def _text(self, step: Say, request: Request) -> str:
        return step.text if isinstance(step.text, str) else step.text(request)


def _pieces(text: str) -> list[str]:
    words = text.split(" ")
    return [word + " " for word in words[:-1]] + words[-1:]


def _usage(request: Request, text: str) -> Usage:
    asked = sum(len(message.text) for message in request.messages)
    return Usage(tokens_in=asked // 4, tokens_out=len(text) // 4 + 1)


async def _stay_silent(seconds: float) -> None:
    if math.isinf(seconds):
        await asyncio.get_running_loop().create_future()
    else:
        await asyncio.sleep(seconds)
