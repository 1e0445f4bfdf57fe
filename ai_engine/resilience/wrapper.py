"""What all wrappers share: they answer to the name of what they wrap."""

from ai_engine.messages import Operation
from ai_engine.providers.protocol import Provider


class Wrapper:
    """A Provider around a Provider; subclasses bring `complete` and `stream`."""

    def __init__(self, inner: Provider) -> None:
        self._inner = inner
        self.name = inner.name

    def model_for(self, operation: Operation) -> str:
        return self._inner.model_for(operation)

    async def aclose(self) -> None:
        await self._inner.aclose()
