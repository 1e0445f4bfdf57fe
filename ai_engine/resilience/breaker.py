"""Does not ask a provider that is known to be down: a request costs it nothing then, and nobody waits."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from ai_engine.errors import CircuitOpen, Disconnected, ProviderFailed
from ai_engine.messages import Answer, Operation, Request, StreamPart
from ai_engine.providers.protocol import Provider
from ai_engine.resilience.health import Health, Ticket
from ai_engine.resilience.wrapper import Wrapper


class Breaker(Wrapper):
    """One Health for each operation. A stream is judged when it ends, not when it opens."""

    def __init__(self, inner: Provider, make_health: Callable[[Operation], Health]) -> None:
        super().__init__(inner)
        self.health: dict[Operation, Health] = {
            "complete": make_health("complete"),
            "stream": make_health("stream"),
            "transcribe": make_health("transcribe"),
        }

    async def complete(self, request: Request) -> Answer:
        health = self.health[request.operation]
        ticket = self._admitted(health)
        try:
            answer = await self._inner.complete(request)
        except BaseException as problem:
            _judge(health, ticket, problem, request)
            raise
        health.succeeded(ticket)
        return answer

    async def stream(self, request: Request) -> AsyncGenerator[StreamPart, None]:
        health = self.health["stream"]
        ticket = self._admitted(health)
        ended = False
        try:
            async with aclosing(self._inner.stream(request)) as parts:
                async for part in parts:
                    if isinstance(part, Answer):
                        ended = True
                        health.succeeded(ticket)
                    yield part
        except BaseException as problem:
            if not ended:
                _judge(health, ticket, problem, request)
            raise

    async def past_the_breaker(self, request: Request) -> Answer:
        """One call that is not held up: somebody wants to know now. What comes of it counts."""
        health = self.health[request.operation]
        ticket = health.admit() or health.forced()
        try:
            answer = await self._inner.complete(request)
        except BaseException as problem:
            _judge(health, ticket, problem, request)
            raise
        health.succeeded(ticket)
        return answer

    def ready_at(self, operation: Operation) -> float:
        return self.health[operation].ready_at()

    def is_limited(self, operation: Operation) -> bool:
        return self.health[operation].is_limited()

    def is_on_probation(self, operation: Operation) -> bool:
        return self.health[operation].is_on_probation()

    def blame(self, request: Request, error: ProviderFailed) -> None:
        """Counts a failure that was let pass because the call would be made again, and then was not."""
        health = self.health[request.operation]
        health.failed(health.forced(), error)

    def _admitted(self, health: Health) -> Ticket:
        ticket = health.admit()
        if ticket is None:
            raise CircuitOpen(self.name)
        return ticket


def _judge(health: Health, ticket: Ticket, problem: BaseException, request: Request) -> None:
    if isinstance(problem, Disconnected):
        if not _met_before(request, problem):
            health.abandoned(ticket)
            return
        health.failed(ticket, problem)  # the one that was let pass counts now
    if isinstance(problem, ProviderFailed) and problem.answered:
        health.succeeded(ticket)  # it did its work; we cannot use what it said
    elif isinstance(problem, ProviderFailed):
        health.failed(ticket, problem)
    else:
        health.abandoned(ticket)  # the caller left, or our own request was wrong


def _met_before(request: Request, problem: Disconnected) -> bool:
    """Whether this request had found the same provider's connection closed already."""
    same = [
        record
        for record in request.trail
        if record.provider == problem.provider and record.outcome == problem.kind
    ]
    return len(same) > 1  # this one is among them
