"""A page that never thinks must not pay for thinking."""

import subprocess
import sys
from pathlib import Path

from tests.fake_providers.in_thread import fake_in_thread


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


def test_the_ten_lines_of_the_docs_work_without_django() -> None:
    page = (Path(__file__).parents[2] / "docs" / "ai-engine.md").read_text()
    script = page.split("```python\n")[1].split("```")[0]
    assert len(script.splitlines()) <= 10
    with fake_in_thread() as fake:
        to_the_fake = f'api_key="k", base_url="{fake.addresses()["groq"]}"'
        assert 'api_key="…"' in script
        said = run(
            script.replace('api_key="…"', to_the_fake)
            + "import sys; print('django' in sys.modules)"
        )
    assert said.endswith(" to me, and I have read every one of them with care.\nFalse")


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
