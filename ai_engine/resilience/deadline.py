"""The end of an attempt, kept by our clock: an SDK's timeout is per socket read, and a provider that
drips, or sends keep-alive comments, can outlast it for ever."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from ai_engine.errors import BadAnswer, CutOff, Hurried, OutOfTime, TimedOut
from ai_engine.inputs import Delta
from ai_engine.limits import Limits
from ai_engine.messages import Answer, Request, StreamPart
from ai_engine.providers.protocol import Provider
from ai_engine.resilience.wrapper import Wrapper


class Deadline(Wrapper):
    """Ends an attempt at `request.until`; in a stream also when the first word, or the next, is late.

    The timers sit on words, not on bytes, because comments and keep-alives are bytes too.
    """

    def __init__(self, inner: Provider, limits: Limits, clock: Callable[[], float]) -> None:
        super().__init__(inner)
        self._limits = limits
        self._clock = clock

    async def complete(self, request: Request) -> Answer:
        try:
            async with asyncio.timeout(request.until - self._clock()) as timer:
                answer = await self._inner.complete(request)
        except TimeoutError as late:
            if not timer.expired():
                raise
            error = Hurried if request.hurried else TimedOut
            raise error(self.name, "no answer in time") from late
        if len(answer.text) > self._limits.longest_answer:
            raise BadAnswer(self.name, "an answer without end")
        return answer

    async def stream(self, request: Request) -> AsyncGenerator[StreamPart, None]:
        due = min(request.first_by, request.until)
        length, read_for, idle_until = 0, 0.0, 0.0
        late_for_first = Hurried if request.hurried else TimedOut
        async with aclosing(self._inner.stream(request)) as parts:
            while True:
                if length:
                    # From now, not from the last word: a reader who took their time is not the provider's fault.
                    idle_until = self._clock() + self._limits.idle
                    due = min(idle_until, request.until)
                try:
                    async with asyncio.timeout(due - self._clock()) as timer:
                        part = await anext(parts, None)
                except TimeoutError as late:
                    if not timer.expired():
                        raise
                    # Had the reader not taken their time, this word would have had all of its own.
                    is_cut_short = due < idle_until <= due + read_for
                    late_for_next = OutOfTime if is_cut_short else CutOff
                    error = late_for_next if length else late_for_first
                    raise error(self.name, "no further word in time") from late
                if part is None:
                    raise CutOff(self.name, "the stream ended without an answer")
                if isinstance(part, Delta):
                    length += len(part.text)
                    if length > self._limits.longest_answer:
                        raise BadAnswer(self.name, "an answer without end")
                shown_at = self._clock()
                yield part
                read_for += self._clock() - shown_at
                if isinstance(part, Answer):
                    return
