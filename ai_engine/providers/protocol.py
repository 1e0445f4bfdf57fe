"""The one shape of everything that answers: vendors, the offline last resort, and the resilience
that is wrapped around them."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from ai_engine.messages import Answer, Operation, Request, StreamPart


@runtime_checkable
class Provider(Protocol):
    """Answers a request, or raises one of ai_engine.errors.

    `complete` also transcribes when the request carries audio. `stream` yields Delta after Delta and
    ends with one Answer; a stream that ends without one is a failure, and so it raises CutOff.
    Closing the generator, or cancelling whoever waits for it, releases the connection.
    """

    @property
    def name(self) -> str: ...

    def model_for(self, operation: Operation) -> str: ...

    async def complete(self, request: Request) -> Answer: ...

    def stream(self, request: Request) -> AsyncGenerator[StreamPart, None]: ...

    async def aclose(self) -> None:
        """Closes its connections, whichever event loops they are of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """How one vendor is reached. `backstop` is the SDK's own timeout, looser than any of ours."""

    api_key: str
    base_url: str = ""
    model: str = ""
    stt_model: str = ""
    backstop: float = 130.0
