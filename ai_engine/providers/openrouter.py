"""OpenRouter, through the openai SDK; any OpenAI-compatible server by another base URL."""

from typing import TYPE_CHECKING, cast

from ai_engine.providers.certificates import trusted
from ai_engine.providers.chat_provider import Body, Call, ChatProvider, ChatStream
from ai_engine.providers.handshakes import close_given_up
from ai_engine.providers.per_loop import PerLoop
from ai_engine.providers.protocol import ProviderSettings
from ai_engine.providers.reply_limit import UNPACKED, reply_limit

if TYPE_CHECKING:
    from openai import AsyncOpenAI


class OpenRouter(ChatProvider):
    def __init__(self, settings: ProviderSettings, name: str = "openrouter") -> None:
        super().__init__(name, settings)
        self._clients: PerLoop[AsyncOpenAI] = PerLoop(self._make_client, _close)

    async def aclose(self) -> None:
        await self._clients.aclose()

    def _make_client(self) -> "AsyncOpenAI":
        from httpx2 import AsyncByteStream
        from openai import (  # lazily: half a second and 60 MB that a page never needs
            AsyncOpenAI,
            DefaultAsyncHttpxClient,
        )

        return AsyncOpenAI(
            api_key=self._settings.api_key,
            base_url=self._settings.base_url or None,
            timeout=self._settings.backstop,
            max_retries=0,  # the engine retries; two layers of retries multiply
            http_client=DefaultAsyncHttpxClient(
                verify=trusted(),
                headers=UNPACKED,
                follow_redirects=False,  # elsewhere goes neither our key nor a word of an interview
                event_hooks={
                    "request": [close_given_up],
                    "response": [reply_limit(self.name, AsyncByteStream)],
                },
            ),
        )

    def _body_with_cost(self, body: Body) -> Body:
        """OpenRouter tells what a call cost when asked; other servers might refuse the question."""
        if "openrouter.ai" not in self._settings.base_url:
            return body
        return {**body, "extra_body": {"usage": {"include": True}}}

    async def _create(self, body: Body) -> object:
        return await self._chat()(**self._body_with_cost(body))

    async def _open(self, body: Body) -> ChatStream:
        stream = await self._chat()(
            **self._body_with_cost(body), stream=True, stream_options={"include_usage": True}
        )
        return cast("ChatStream", stream)

    async def _recognise(self, content: bytes, name: str, language: str) -> object:
        transcribe = cast("Call", self._clients.get().audio.transcriptions.create)
        hint = {"language": language.split("-")[0]} if language else {}
        return await transcribe(
            model=self._settings.stt_model, file=(name, content), response_format="json", **hint
        )

    def _chat(self) -> Call:
        """The SDK's method, whose overloads do not know a body that is made for two SDKs."""
        return cast("Call", self._clients.get().chat.completions.create)


async def _close(client: "AsyncOpenAI") -> None:
    await client.close()
