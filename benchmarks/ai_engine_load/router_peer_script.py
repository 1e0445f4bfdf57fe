"""Runs LiteLLM's Router against the fake providers and prints what it measured as JSON.

It is run by LiteLLM's own Python: `router_peer_script.py <address of the fake>`. It imports nothing of ours.
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
ADDRESS = sys.argv[1]
ASKED = [{"role": "user", "content": "How do you do?"}]
PAIRS = 200


def control(**order):
    body = json.dumps(order).encode()
    asked = urllib.request.Request(f"{ADDRESS}/control", data=body, method="POST")
    with urllib.request.urlopen(asked, timeout=10) as reply:
        return json.load(reply)


def calls_to(provider):
    return sum(call["provider"] == provider for call in control()["calls"])


def router(**options):
    """The first deployment is the one that is made to fail."""

    def deployment(name, base):
        given = {"model": "openai/fake", "api_base": f"{ADDRESS}{base}", "api_key": "a-key"}
        return {"model_name": name, "litellm_params": given}

    return Router(
        model_list=[deployment("first", "/api/v1"), deployment("second", "/openai/v1")],
        fallbacks=[{"first": ["second"]}],
        **options,
    )


TUNED = {"num_retries": 0, "allowed_fails": 1, "cooldown_time": 30, "timeout": 2}


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


async def failover(count, **options):
    control(provider="openrouter", always={"kind": "status", "status": 500})
    routed = router(**options)
    await routed.acompletion(model="second", messages=ASKED)  # its first call loads much
    before, times = calls_to("openrouter"), []
    for _ in range(count):
        began = time.perf_counter()
        await routed.acompletion(model="first", messages=ASKED)
        times.append((time.perf_counter() - began) * 1000)
    wire = calls_to("openrouter") - before
    control(provider="openrouter")
    return {"ms": statistics.median(times), "wire_per_request": wire / count}


async def midstream(kind, count):
    """How many cut answers came complete, and how many were given as if they were."""
    control(provider="openrouter", always={"kind": kind, "after": 9})
    routed = router(**TUNED)
    complete = mistaken = 0
    for _ in range(count):
        text, finish = "", None
        try:
            stream = await routed.acompletion(model="first", messages=ASKED, stream=True)
            async for chunk in stream:
                text += chunk.choices[0].delta.content or ""
                finish = chunk.choices[0].finish_reason or finish
        except Exception:
            continue
        if text.endswith("with care."):
            complete += 1
        elif finish == "stop":
            mistaken += 1
    control(provider="openrouter")
    return {"complete": complete / count, "mistaken": mistaken / count}


async def hang():
    control(provider="openrouter", always={"kind": "hang"})
    began = time.perf_counter()
    try:
        async with asyncio.timeout(15):
            await router().acompletion(model="first", messages=ASKED)
    except TimeoutError:
        return None
    finally:
        control(provider="openrouter")
    return time.perf_counter() - began


async def main():
    told = {
        "version": __import__("importlib.metadata").metadata.version("litellm"),
        "overhead": await overhead(),
        "failover_default": await failover(3),
        "failover_tuned": await failover(10, **TUNED),
        "cut": await midstream("cut", 10),
        "silent_end": await midstream("silent_end", 10),
        "hang_answer_s": await hang(),
    }
    print(json.dumps(told))


asyncio.run(main())
