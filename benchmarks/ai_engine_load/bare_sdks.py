"""The vendors' own SDKs, called directly, with their retries off: what one call costs before any engine."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable

import httpx2
from google import genai
from google.genai.types import HttpOptions, HttpRetryOptions
from groq import AsyncGroq
from openai import AsyncOpenAI

from benchmarks.ai_engine_load.fake import RunningFake

CALLS = 200
_WARM_UP = 20
_KEY = "made-up"


def bare_sdk_calls(fake: RunningFake) -> dict[str, float]:
    """Median milliseconds of one whole call on loopback, by SDK."""
    return asyncio.run(_measured(fake))


async def _measured(fake: RunningFake) -> dict[str, float]:
    openai = AsyncOpenAI(api_key=_KEY, base_url=f"{fake.address}/api/v1", max_retries=0)
    groq = AsyncGroq(api_key=_KEY, base_url=fake.address, max_retries=0)
    async with httpx2.AsyncClient() as http:
        gemini = genai.Client(
            api_key=_KEY,
            vertexai=False,
            http_options=HttpOptions(
                base_url=fake.address,
                api_version="v1beta",
                retry_options=HttpRetryOptions(attempts=1),
                httpx_async_client=http,
            ),
        ).aio
        words = "How do you do?"
        try:
            return {
                "google-genai, a whole call": await _median(
                    lambda: gemini.models.generate_content(model="bench", contents=words)
                ),
                "openai, a whole call": await _median(
                    lambda: openai.chat.completions.create(
                        model="bench", messages=[{"role": "user", "content": words}]
                    )
                ),
                "groq, a whole call": await _median(
                    lambda: groq.chat.completions.create(
                        model="bench", messages=[{"role": "user", "content": words}]
                    )
                ),
            }
        finally:
            await openai.close()
            await groq.close()


async def _median(call: Callable[[], Awaitable[object]]) -> float:
    samples = []
    for turn in range(_WARM_UP + CALLS):
        began = time.perf_counter()
        await call()
        if turn >= _WARM_UP:
            samples.append((time.perf_counter() - began) * 1000)
    return statistics.median(samples)
