"""Runs one part of LiteLLM's measurements against the fake providers and prints the figures as JSON.

It is run by LiteLLM's own Python: `router_peer_script.py <address of the fake> <part> <faults as JSON>`.
It imports nothing of ours.
"""

import asyncio
import json
import statistics
import sys
import time
import urllib.request
import warnings

warnings.simplefilter("ignore")
import litellm  # noqa: E402
from litellm import Router  # noqa: E402
from openai import AsyncOpenAI  # noqa: E402

litellm.suppress_debug_info = True
litellm.set_verbose = False
ADDRESS, PART, FAULTS = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
NOBODY = "http://127.0.0.1:9"
ASKED = [{"role": "user", "content": "How do you do?"}]
WHOLE = "with care."
PAIRS = 200
TUNED = {"num_retries": 0, "allowed_fails": 1, "cooldown_time": 30, "timeout": 2}


def control(**order):
    body = json.dumps(order).encode()
    asked = urllib.request.Request(f"{ADDRESS}/control", data=body, method="POST")
    with urllib.request.urlopen(asked, timeout=10) as reply:
        return json.load(reply)


def calls_to(provider):
    return [call for call in control()["calls"] if call["provider"] == provider]


def router(first=ADDRESS, **options):
    """The first deployment is the one that is made to fail."""

    def deployment(name, base):
        given = {"model": "openai/fake", "api_base": base, "api_key": "a-key"}
        return {"model_name": name, "litellm_params": given}

    return Router(
        model_list=[
            deployment("first", f"{first}/api/v1"),
            deployment("second", f"{ADDRESS}/openai/v1"),
        ],
        fallbacks=[{"first": ["second"]}],
        **options,
    )


def p99(samples):
    return statistics.quantiles(samples, n=100)[98] if len(samples) > 1 else samples[0]


async def overhead():
    bare = AsyncOpenAI(api_key="a-key", base_url=f"{ADDRESS}/api/v1", max_retries=0)
    routed = router()
    added, cpu_added = [], []
    for number in range(PAIRS + 20):
        began, cpu = time.perf_counter(), time.process_time()
        await bare.chat.completions.create(model="fake", messages=ASKED)
        direct, direct_cpu = time.perf_counter() - began, time.process_time() - cpu
        began, cpu = time.perf_counter(), time.process_time()
        await routed.acompletion(model="first", messages=ASKED)
        whole, whole_cpu = time.perf_counter() - began, time.process_time() - cpu
        if number >= 20:
            added.append((whole - direct) * 1000)
            cpu_added.append((whole_cpu - direct_cpu) * 1000)
    return {"added_ms": statistics.median(added), "cpu_ms": statistics.mean(cpu_added)}


async def one_failover(routed):
    """Milliseconds until the second deployment was asked, by the server's clock (this machine's monotonic
    one): from the first wire call to the failing one, or from the request where nothing listens."""
    failing, answering = len(calls_to("openrouter")), len(calls_to("groq"))
    began = time.monotonic()
    stream = await routed.acompletion(model="first", messages=ASKED, stream=True)
    async for _ in stream:
        pass
    reached = calls_to("openrouter")[failing:]
    since = reached[0]["at"] if reached else began
    return (calls_to("groq")[answering]["at"] - since) * 1000


async def failover():
    told = {}
    await router().acompletion(model="second", messages=ASKED)  # its first call loads much
    for name, fault in FAULTS.items():
        control(provider="openrouter", always=fault)
        at = ADDRESS if fault else NOBODY
        tuned = [await one_failover(router(at, **TUNED)) for _ in range(50)]
        told[f"{name}, tuned, p99 of 50"] = p99(tuned)
        told[f"{name}, default, median of 3"] = statistics.median(
            [await one_failover(router(at)) for _ in range(3)]
        )
        control(provider="openrouter")
    return told


async def ten_a_second(routed, seconds, streamed):
    """Wire calls to the failing deployment for each request, 10 requests a second in real time."""

    async def ask():
        reply = await routed.acompletion(model="first", messages=ASKED, stream=streamed)
        if streamed:
            async for _ in reply:
                pass

    before, waiting = len(calls_to("openrouter")), []
    for _ in range(seconds * 10):
        waiting.append(asyncio.ensure_future(ask()))
        await asyncio.sleep(0.1)
    await asyncio.gather(*waiting, return_exceptions=True)
    return (len(calls_to("openrouter")) - before) / (seconds * 10)


async def outage():
    told = {}
    for name, fault in FAULTS.items():
        control(provider="openrouter", always=fault)
        streamed = name == "cut in mid-stream"
        told[f"{name}, tuned"] = await ten_a_second(router(**TUNED), 10, streamed)
        if name != "hanging":  # by default it waits 6,000 s for one that hangs
            told[f"{name}, default"] = await ten_a_second(router(), 10, streamed)
    control(provider="openrouter")
    return told


async def cuts():
    """Percentages: answers that came complete, and that ended as if they were. One router for all."""
    routed = router(**TUNED)
    complete = mistaken = silent = 0
    for fault in FAULTS:
        control(provider="openrouter", always=fault)
        for _ in range(25):
            text, ended = "", False
            try:
                stream = await routed.acompletion(model="first", messages=ASKED, stream=True)
                async for chunk in stream:
                    text += chunk.choices[0].delta.content or ""
                ended = True
            except Exception:
                pass
            complete += text.endswith(WHOLE)
            wrong = ended and not text.endswith(WHOLE)
            mistaken += wrong
            silent += wrong and fault["kind"] == "silent_end"
    control(provider="openrouter")
    asked = 25 * len(FAULTS)
    return {"complete": complete / asked * 100, "mistaken": mistaken / asked * 100,
            "silent": silent / 25 * 100}  # fmt: skip


async def late(streamed):
    """How many milliseconds after its time a request was still not over, five seconds at the most."""
    routed = router(num_retries=0, timeout=0.25, stream_timeout=0.25)
    began = time.perf_counter()
    try:
        async with asyncio.timeout(5 + (1.0 if streamed else 0.5)):
            reply = await routed.acompletion(model="first", messages=ASKED, stream=streamed)
            if streamed:
                async for _ in reply:
                    pass
    except Exception:
        pass
    return max(0.0, time.perf_counter() - began - (1.0 if streamed else 0.5)) * 1000


async def deadlines():
    samples = []
    await router().acompletion(model="second", messages=ASKED)
    for fault in FAULTS:
        control(provider="openrouter", always=fault)
        control(provider="groq", always=fault)
        samples += await asyncio.gather(*(late(streamed) for streamed in (True, False) * 3))
    return {"p99": p99(samples)}


PARTS = {"overhead": overhead, "failover": failover, "outage": outage, "cuts": cuts,
         "deadlines": deadlines}  # fmt: skip
print(json.dumps(asyncio.run(PARTS[PART]())))
