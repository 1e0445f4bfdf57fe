"""What OpenRouter and Groq have in common: two SDKs made by one generator, over two HTTP libraries."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from ai_engine.errors import AiError, BadAnswer, RequestRejected
from ai_engine.inputs import Delta, JsonValue
from ai_engine.messages import Answer, Operation, Request, StreamPart, Usage
from ai_engine.providers import chat_dialect
from ai_engine.providers.protocol import ProviderSettings
from ai_engine.providers.translation import translate
from ai_engine.providers.wire_text import text_of

Body = dict[str, JsonValue]
Call = Callable[..., Awaitable[object]]


class ChatStream(Protocol):
    """An open stream of chunks."""

    def __aiter__(self) -> AsyncIterator[object]: ...

    async def close(self) -> None: ...


class ChatProvider:
    """Asks through `_create`, `_open` and `_recognise`, which a vendor's subclass maps to its SDK."""

    def __init__(self, name: str, settings: ProviderSettings) -> None:
        self._name = name
        self._settings = settings
        self._schema_mode = "json_schema"

    @property
    def name(self) -> str:
        return self._name

    def model_for(self, operation: Operation) -> str:
        settings = self._settings
        return settings.stt_model if operation == "transcribe" else settings.model

    async def complete(self, request: Request) -> Answer:
        try:
            if request.audio is not None:
                return await self._transcribe(request)
            completion = await self._create_in_a_known_mode(request)
            return chat_dialect.read_completion(self.name, request, completion)
        except AiError:
            raise
        except Exception as problem:
            raise _ours(self.name, problem, begun=False) from problem

    async def stream(self, request: Request) -> AsyncGenerator[StreamPart, None]:
        begun = False
        stream: ChatStream | None = None
        try:
            stream = await self._open(self._body(request))
            begun = True
            ending = _Ending()
            async for chunk in stream:
                text = ending.take(self.name, chunk)
                if text:
                    yield Delta(text)
            yield ending.answer(self.name, request)
        except AiError:
            raise
        except Exception as problem:
            raise _ours(self.name, problem, begun=begun) from problem
        finally:
            if stream is not None:
                await stream.close()  # breaking off alone keeps the socket until garbage collection

    async def aclose(self) -> None:
        raise NotImplementedError

    async def _create(self, body: Body) -> object:
        raise NotImplementedError

    async def _open(self, body: Body) -> ChatStream:
        raise NotImplementedError

    async def _recognise(self, content: bytes, name: str, language: str) -> object:
        raise NotImplementedError

    async def _create_in_a_known_mode(self, request: Request) -> object:
        """Not every model behind these interfaces knows JSON schemas; the prompt holds the schema too,
        so a model that refuses the parameter is asked again without it, and remembered."""
        try:
            return await self._create(self._body(request))
        except Exception as problem:
            error = _ours(self.name, problem, begun=False)
            refused = isinstance(error, RequestRejected) and "response_format" in str(problem)
            if not refused or request.schema is None or self._schema_mode == "json_object":
                raise
            self._schema_mode = "json_object"
            return await self._create(self._body(request))

    def _body(self, request: Request) -> Body:
        body: Body = {
            "model": self._settings.model,
            "messages": chat_dialect.messages(request),
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
        }
        if request.schema is not None:
            body["response_format"] = self._response_format(request.schema)
        return body

    def _response_format(self, schema: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        if self._schema_mode == "json_object":
            return {"type": "json_object"}
        return chat_dialect.json_schema(schema)

    async def _transcribe(self, request: Request) -> Answer:
        audio = request.audio
        assert audio is not None
        reply = await self._recognise(
            audio.content, chat_dialect.file_name(audio.mime), audio.language
        )
        inside = chat_dialect.error_inside(self.name, reply)
        if inside is not None:
            raise inside
        text = getattr(reply, "text", None)
        if not isinstance(text, str):
            raise BadAnswer(self.name, "no text")
        seconds = getattr(reply, "duration", None)
        try:
            heard = float(seconds) if isinstance(seconds, int | float) else 0.0
        except OverflowError:
            heard = 0.0
        usage = Usage(audio_seconds=heard)
        return Answer(text_of(text).strip(), self._settings.stt_model, usage=usage)


@dataclass(slots=True)
class _Ending:
    """Gathers from the chunks of a stream what an answer needs besides its words."""

    finish: str | None = None
    model: str = ""
    usage: Usage = field(default_factory=Usage)
    cost: Decimal | None = None
    any_text: bool = False

    def take(self, provider: str, chunk: object) -> str:
        """The words of one chunk; raises the error it carries."""
        inside = chat_dialect.error_inside(provider, chunk)
        if inside is not None:
            raise inside
        self.model = text_of(getattr(chunk, "model", None)) or self.model
        told = chat_dialect.usage(chunk)
        if told != Usage():
            self.usage = told
        self.cost = chat_dialect.cost(chunk) or self.cost
        choices = getattr(chunk, "choices", None)
        if not isinstance(choices, list) or not choices:
            return ""  # the usage comes in a chunk of its own
        finish = getattr(choices[0], "finish_reason", None)
        if isinstance(finish, str):
            self.finish = finish
        text = text_of(getattr(getattr(choices[0], "delta", None), "content", None))
        self.any_text = self.any_text or bool(text.strip())
        return text

    def answer(self, provider: str, request: Request) -> Answer:
        if self.finish is None and not self.any_text:
            raise BadAnswer(provider, "an empty stream")
        return chat_dialect.finished(
            provider,
            request,
            text="",
            shown="x" if self.any_text else "",
            finish=self.finish,
            model=self.model,
            usage=self.usage,
            cost=self.cost,
        )


def _ours(provider: str, problem: Exception, *, begun: bool) -> Exception:
    """The engine's error for it; a fault of our own stays what it is."""
    return translate(provider, problem, begun=begun) or problem
