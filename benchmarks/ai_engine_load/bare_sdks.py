"""The vendors' own SDKs, called directly, with their retries off: what a call costs before any engine, and
what they make of an answer that is cut."""

import asyncio
import logging
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2
from google import genai
from google.genai.types import HttpOptions, HttpRetryOptions
from groq import AsyncGroq
from openai import AsyncOpenAI

from benchmarks.ai_engine_load.engines import NOBODY, WHOLE
from benchmarks.ai_engine_load.fake import RunningFake
from benchmarks.ai_engine_load.faults import MIDSTREAM_FAULTS, Fault

CALLS = 200
_WARM_UP = 20
_KEY = "made-up"
_WORDS = "How do you do?"


@dataclass(frozen=True, slots=True)
class Bare:
    """One SDK: `provider` is its name at the fake."""

    name: str
    provider: str
    call: Callable[[], Awaitable[object]]
    stream: Callable[[], AsyncIterator[str]]


def whole_calls(fake: RunningFake) -> dict[str, float]:
    """Median milliseconds of one whole call on loopback, by SDK."""

    logging.getLogger("google_genai").setLevel(logging.WARNING)  # it has a line for every bare call

    async def medians() -> dict[str, float]:
        async with _sdks(fake) as sdks:
            return {f"{sdk.name}, a whole call": await _median(sdk.call) for sdk in sdks}

    return asyncio.run(medians())


async def cuts(fake: RunningFake, times: int = 25) -> dict[str, dict[str, float]]:
    """By SDK, the percentages of streams that were complete, that ended without an error and were not,
    and the latter over the silent ends alone."""
    told = {}
    async with _sdks(fake) as sdks:
        for sdk in sdks:
            complete = mistaken = silent = 0
            for fault in MIDSTREAM_FAULTS:
                fake.control(provider=sdk.provider, always=fault)
                for _ in range(times):
                    text, ended = await _read(sdk)
                    complete += text.endswith(WHOLE)
                    wrong = ended and not text.endswith(WHOLE)
                    mistaken += wrong
                    silent += wrong and fault["kind"] == "silent_end"
            fake.control(provider=sdk.provider)
            asked = times * len(MIDSTREAM_FAULTS)
            told[f"{sdk.name} alone"] = {
                "complete": complete / asked * 100,
                "mistaken": mistaken / asked * 100,
                "silent": silent / times * 100,
            }
    return told


async def chain(fake: RunningFake, fault: Fault | None, times: int = 200) -> list[float]:
    """The same as `failing.failover`, by hand: one SDK in `try`, the other in `except`. What it takes is
    the machine's and the SDKs' share of it."""
    async with _sdks(fake, first=fake.address if fault else NOBODY) as sdks:
        first, second = sdks[1], sdks[2]
        await _read(first)
        await _read(second)
        fake.reset()
        fake.control(provider=first.provider, always=fault)
        began: list[float] = []
        for _ in range(times):
            began.append(time.monotonic())
            _, ended = await _read(first)
            if not ended:
                await _read(second)
        samples = fake.hops(first.provider, second.provider, began)
        fake.reset()
    return samples


async def _read(sdk: Bare) -> tuple[str, bool]:
    """The text of a stream, and whether it ended without an error."""
    text = ""
    try:
        async for words in sdk.stream():
            text += words
    except Exception:  # whatever the SDK says: here it counts that it says something
        return text, False
    return text, True


@asynccontextmanager
async def _sdks(fake: RunningFake, *, first: str = "") -> AsyncIterator[list[Bare]]:
    openai = AsyncOpenAI(api_key=_KEY, base_url=f"{first or fake.address}/api/v1", max_retries=0)
    groq = AsyncGroq(api_key=_KEY, base_url=fake.address, max_retries=0)
    async with httpx2.AsyncClient() as http, openai, groq:
        gemini = genai.Client(
            api_key=_KEY,
            vertexai=False,
            http_options=HttpOptions(
                base_url=fake.address,
                api_version="v1beta",
                retry_options=HttpRetryOptions(attempts=1),
                httpx_async_client=http,
            ),
        ).aio.models

        async def openai_words() -> AsyncIterator[str]:
            async for chunk in await openai.chat.completions.create(
                model="bench", messages=[{"role": "user", "content": _WORDS}], stream=True
            ):
                yield (chunk.choices[0].delta.content or "") if chunk.choices else ""

        async def groq_words() -> AsyncIterator[str]:
            async for chunk in await groq.chat.completions.create(
                model="bench", messages=[{"role": "user", "content": _WORDS}], stream=True
            ):
                yield (chunk.choices[0].delta.content or "") if chunk.choices else ""

        async def gemini_words() -> AsyncIterator[str]:
            async for chunk in await gemini.generate_content_stream(model="bench", contents=_WORDS):
                yield chunk.text or ""

        yield [
            Bare("google-genai", "gemini",
                 lambda: gemini.generate_content(model="bench", contents=_WORDS), gemini_words),
            Bare("openai", "openrouter", lambda: openai.chat.completions.create(
                 model="bench", messages=[{"role": "user", "content": _WORDS}]), openai_words),
            Bare("groq", "groq", lambda: groq.chat.completions.create(
                 model="bench", messages=[{"role": "user", "content": _WORDS}]), groq_words),
        ]  # fmt: skip


async def _median(call: Callable[[], Awaitable[object]]) -> float:
    samples = []
    for turn in range(_WARM_UP + CALLS):
        began = time.perf_counter()
        await call()
        if turn >= _WARM_UP:
            samples.append((time.perf_counter() - began) * 1000)
    return statistics.median(samples)
