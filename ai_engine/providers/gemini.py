"""Gemini, through google-genai with its transport pinned to httpx2.

The SDK would use aiohttp where that is installed, with other exceptions, another meaning of timeout
and a hidden retry. Its streams give no way to close the response early, so a hook of our HTTP client
keeps hold of each response, to be closed when a stream is abandoned.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ai_engine.errors import AiError, BadAnswer, Blocked, CutOff, Truncated
from ai_engine.inputs import Delta
from ai_engine.messages import Answer, Operation, Request, StreamPart, Usage
from ai_engine.providers.certificates import trusted
from ai_engine.providers.handshakes import close_given_up
from ai_engine.providers.per_loop import PerLoop
from ai_engine.providers.protocol import ProviderSettings
from ai_engine.providers.reply_limit import UNPACKED, reply_limit
from ai_engine.providers.translation import translate
from ai_engine.providers.wire_text import text_of

if TYPE_CHECKING:
    import httpx2
    from google.genai.client import AsyncClient
    from google.genai.types import (
        ContentListUnion,
        GenerateContentConfig,
        GenerateContentResponse,
    )

_BLOCKED = {"SAFETY", "RECITATION", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII", "IMAGE_SAFETY"}
_responses: ContextVar["list[httpx2.Response] | None"] = ContextVar("responses", default=None)


@dataclass(frozen=True, slots=True)
class _Clients:
    genai: "AsyncClient"
    http: "httpx2.AsyncClient"


class Gemini:
    def __init__(self, settings: ProviderSettings, name: str = "gemini") -> None:
        self._name = name
        self._settings = settings
        self._clients: PerLoop[_Clients] = PerLoop(self._make_clients, _close)

    @property
    def name(self) -> str:
        return self._name

    def model_for(self, operation: Operation) -> str:
        settings = self._settings
        return settings.stt_model if operation == "transcribe" else settings.model

    async def complete(self, request: Request) -> Answer:
        try:
            reply = await self._clients.get().genai.models.generate_content(
                model=self.model_for(request.operation),
                contents=self._contents(request),
                config=self._config(request),
            )
            ending = _Ending()
            text = ending.take(self.name, reply)
            return ending.answer(self.name, request, text)
        except AiError:
            raise
        except Exception as problem:
            raise translate(self.name, problem, begun=False) or problem from problem

    async def stream(self, request: Request) -> AsyncGenerator[StreamPart, None]:
        opened: list[httpx2.Response] = []
        try:
            parts = await self._clients.get().genai.models.generate_content_stream(
                model=self._settings.model,
                contents=self._contents(request),
                config=self._config(request),
            )
            ending = _Ending()
            part: object = await _first(parts, opened)
            while part is not None:
                text = ending.take(self.name, part)
                if text:
                    yield Delta(text)
                part = await anext(parts, None)
            yield ending.answer(self.name, request, "")
        except AiError:
            raise
        except Exception as problem:
            raise translate(self.name, problem, begun=bool(opened)) or problem from problem
        finally:
            for response in opened:
                await response.aclose()

    async def aclose(self) -> None:
        await self._clients.aclose()

    def _make_clients(self) -> _Clients:
        import httpx2  # lazily, like the SDK: a page never needs them
        from google import genai
        from google.genai.types import HttpOptions, HttpRetryOptions

        http = httpx2.AsyncClient(
            verify=trusted(),
            timeout=httpx2.Timeout(self._settings.backstop, connect=5.0),
            limits=httpx2.Limits(max_connections=100, max_keepalive_connections=40),
            follow_redirects=False,  # elsewhere goes neither our key nor a word of an interview
            headers=UNPACKED,
            event_hooks={
                "request": [close_given_up],
                "response": [_keep_hold, reply_limit(self.name, httpx2.AsyncByteStream)],
            },
        )
        options = HttpOptions(
            base_url=self._settings.base_url or None,
            api_version="v1beta",  # the SDK's default, v1, lacks the -latest aliases and JSON schemas
            timeout=int(self._settings.backstop * 1000),
            retry_options=HttpRetryOptions(attempts=1),
            httpx_async_client=http,
            # For the clients that we never use; without, the SDK reads all certificates for each.
            async_client_args={"verify": trusted(), "ssl": trusted()},
        )
        client = genai.Client(api_key=self._settings.api_key, vertexai=False, http_options=options)
        return _Clients(client.aio, http)

    def _contents(self, request: Request) -> "ContentListUnion":
        from google.genai.types import Blob, Content, Part

        contents: list[Content] = [
            Content(
                role="model" if message.role == "assistant" else "user",
                parts=[Part(text=message.text)],
            )
            for message in request.messages
            if message.role != "system"
        ]
        audio = request.audio
        if audio is not None:
            hint = f" The language is {audio.language}." if audio.language else ""
            order = f"Write down the words that are spoken, and nothing else.{hint}"
            blob = Blob(data=audio.content, mime_type=audio.mime.split(";")[0])
            contents.append(Content(role="user", parts=[Part(inline_data=blob), Part(text=order)]))
        return list(contents)

    def _config(self, request: Request) -> "GenerateContentConfig":
        from google.genai.types import (
            AutomaticFunctionCallingConfig,
            GenerateContentConfig,
            ThinkingConfig,
        )

        system = "\n\n".join(
            message.text for message in request.messages if message.role == "system"
        )
        config = GenerateContentConfig(
            system_instruction=system or None,
            temperature=request.temperature,
            max_output_tokens=request.max_tokens,
            automatic_function_calling=AutomaticFunctionCallingConfig(disable=True),
        )
        if request.schema is not None:
            config.response_mime_type = "application/json"
            config.response_json_schema = request.schema
        if "2.5-flash" in self._settings.model and request.context.lane != "background":
            # Thinking delays the first word, and can use up the whole budget of tokens.
            config.thinking_config = ThinkingConfig(thinking_budget=0)
        return config


@dataclass(slots=True)
class _Ending:
    """Gathers from a reply, or from the parts of a stream, what an answer needs besides its words."""

    finish: str | None = None
    model: str = ""
    usage: Usage = field(default_factory=Usage)
    seen: bool = False
    any_text: bool = False

    def take(self, provider: str, reply: object) -> str:
        """The words of one part; raises what blocked it."""
        feedback = getattr(reply, "prompt_feedback", None)
        if getattr(feedback, "block_reason", None):
            raise Blocked(provider, "block_reason")
        self.model = text_of(getattr(reply, "model_version", None)) or self.model
        self.usage = _usage(reply) or self.usage
        candidates = getattr(reply, "candidates", None)
        if not isinstance(candidates, list) or not candidates:
            return ""
        self.seen = True
        finish = getattr(candidates[0], "finish_reason", None)
        if finish is not None:
            self.finish = str(getattr(finish, "value", finish))
        text = _words(candidates[0])
        self.any_text = self.any_text or bool(text.strip())
        return text

    def answer(self, provider: str, request: Request, text: str) -> Answer:
        if not self.seen:
            raise BadAnswer(provider, "no candidates")
        if self.finish is None:
            raise CutOff(provider, "no finish reason")
        if self.finish in _BLOCKED:
            raise Blocked(provider, self.finish)
        if self.finish == "MAX_TOKENS":
            if request.schema is not None or not self.any_text:
                raise Truncated(provider, "MAX_TOKENS")
            return Answer(text, self.model, "length", self.usage)
        if self.finish != "STOP" or not self.any_text:
            raise BadAnswer(provider, f"finish reason {self.finish}")
        return Answer(text, self.model, "stop", self.usage)


async def _first(
    parts: "AsyncIterator[GenerateContentResponse]", opened: "list[httpx2.Response]"
) -> object:
    """The first part; the SDK sends the request only when it is asked for."""
    token = _responses.set(opened)
    try:
        return await anext(parts, None)
    finally:
        _responses.reset(token)


async def _keep_hold(response: "httpx2.Response") -> None:
    opened = _responses.get()
    if opened is not None:
        opened.append(response)


async def _close(clients: _Clients) -> None:
    await clients.http.aclose()


def _words(candidate: object) -> str:
    parts = getattr(getattr(candidate, "content", None), "parts", None)
    if not isinstance(parts, list):
        return ""
    return "".join(text_of(part.text) for part in parts if not getattr(part, "thought", None))


def _usage(reply: object) -> Usage | None:
    told = getattr(reply, "usage_metadata", None)
    if told is None:
        return None

    def count(name: str) -> int:
        value = getattr(told, name, None)
        return value if isinstance(value, int) else 0

    return Usage(
        tokens_in=count("prompt_token_count"),
        tokens_out=count("candidates_token_count"),
        tokens_cached=count("cached_content_token_count"),
        tokens_thinking=count("thoughts_token_count"),
    )
