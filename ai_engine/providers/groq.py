"""Groq, through its own SDK: chat, and Whisper for speech."""

from typing import TYPE_CHECKING, cast

from ai_engine.providers.chat_provider import Body, Call, ChatProvider, ChatStream
from ai_engine.providers.per_loop import PerLoop
from ai_engine.providers.protocol import ProviderSettings
from ai_engine.providers.reply_limit import UNPACKED, reply_limit

if TYPE_CHECKING:
    from groq import AsyncGroq


class Groq(ChatProvider):
    def __init__(self, settings: ProviderSettings, name: str = "groq") -> None:
        super().__init__(name, settings)
        self._clients: PerLoop[AsyncGroq] = PerLoop(self._make_client, _close)

    async def aclose(self) -> None:
        await self._clients.aclose()

    def _make_client(self) -> "AsyncGroq":
        from groq import AsyncGroq, DefaultAsyncHttpxClient  # lazily: a page never needs it
        from httpx import AsyncByteStream

        from ai_engine.providers.over_httpx2 import OverHttpx2

        return AsyncGroq(
            api_key=self._settings.api_key,
            base_url=self._settings.base_url or None,  # the SDK adds /openai/v1 itself
            timeout=self._settings.backstop,
            max_retries=0,  # the engine retries; two layers of retries multiply
            http_client=DefaultAsyncHttpxClient(
                headers=UNPACKED,
                follow_redirects=False,  # elsewhere goes neither our key nor a word of an interview
                transport=OverHttpx2(),
                event_hooks={"response": [reply_limit(self.name, AsyncByteStream)]},
            ),
        )

    async def _create(self, body: Body) -> object:
        return await self._chat()(**body)

    async def _open(self, body: Body) -> ChatStream:
        stream = await self._chat()(**body, stream=True)
        return cast("ChatStream", stream)

    async def _recognise(self, content: bytes, name: str, language: str) -> object:
        transcribe = cast("Call", self._clients.get().audio.transcriptions.create)
        hint = {"language": language.split("-")[0]} if language else {}
        return await transcribe(
            model=self._settings.stt_model,
            file=(name, content),
            response_format="verbose_json",
            **hint,
        )

    def _chat(self) -> Call:
        """The SDK's method, whose overloads do not know a body that is made for two SDKs."""
        return cast("Call", self._clients.get().chat.completions.create)


async def _close(client: "AsyncGroq") -> None:
    await client.close()
