"""No model at all: what the request itself says to answer without one.

It keeps an interview going when every provider is down, and a fresh installation useful without a
key. Whatever it writes is marked as degraded.
"""

import re
from collections.abc import AsyncGenerator

from ai_engine.errors import NoProviderConfigured
from ai_engine.inputs import Delta
from ai_engine.messages import Answer, Operation, Request, StreamPart


class Offline:
    name = "offline"

    def model_for(self, operation: Operation) -> str:
        return ""

    async def complete(self, request: Request) -> Answer:
        text = self._text(request)
        read = request.read_own or request.accept
        return Answer(text, "", value=read(text) if read else None)

    async def stream(self, request: Request) -> AsyncGenerator[StreamPart, None]:
        for word in re.findall(r"\s*\S+|\s+", self._text(request)):
            yield Delta(word)
        yield Answer("", "")

    async def aclose(self) -> None:
        """There is no connection."""

    def _text(self, request: Request) -> str:
        if request.without_ai is None:
            raise NoProviderConfigured
        return request.without_ai()
