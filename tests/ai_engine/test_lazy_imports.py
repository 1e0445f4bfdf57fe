"""A page that never thinks must not pay for thinking."""

import subprocess
import sys


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_importing_the_engine_loads_no_sdk() -> None:
    code = (
        "import sys; import ai_engine.engine; "
        "print(*sorted({'openai', 'groq', 'google', 'httpx', 'httpx2', 'aiohttp', 'pydantic', 'django'} "
        "& set(sys.modules)))"
    )
    assert run(code) == ""


def test_the_core_works_without_django() -> None:
    code = """
import asyncio, sys
from ai_engine.engine import Engine, Message, Request
from ai_engine.inputs import CallContext
from ai_engine.providers.scripted import Say, Scripted
engine = Engine([Scripted([Say("Hello.")])])
request = Request(skill="greet", messages=(Message("user", "Hi"),), context=CallContext(scope="me"))
print(asyncio.run(engine.complete(request)).text, "django" in sys.modules)
"""
    assert run(code) == "Hello. False"


def test_a_room_that_opens_loads_the_sdks_of_the_configured_providers_beside_its_work() -> None:
    code = """
import sys, threading
from ai_engine.engine import Engine, SharedEngine
from ai_engine.providers.groq import Groq
from ai_engine.providers.protocol import ProviderSettings
engine = SharedEngine(lambda: Engine([Groq(ProviderSettings(api_key="k", model="m"))]))
engine.current
before = "groq" in sys.modules
engine.warm()
threads = [thread for thread in threading.enumerate() if thread.name == "ai-warm"]
engine.warm()
again = [thread for thread in threading.enumerate() if thread.name == "ai-warm" and thread not in threads]
[thread.join() for thread in threads]
print(before, len(threads), len(again), "groq" in sys.modules, "openai" in sys.modules)
"""
    assert run(code) == "False 1 0 True False"
