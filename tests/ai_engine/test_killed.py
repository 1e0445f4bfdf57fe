"""What a process had written into its ledger is there after it was killed, but for its last second."""

import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from ai_engine.models import ModelCall
from tests.fake_providers.in_thread import fake_in_thread
from tests.scheduler.processes import database_url
from tests.served import ROOT, clean_environment

CALLS = 3
CALLING = f"""
import django, time
django.setup()
from ai_engine.engine import Message, Request, engine
from ai_engine.inputs import CallContext
hello = Request(skill="hello", messages=(Message("user", "Hello"),), context=CallContext(scope="killed"))
for _ in range({CALLS}):
    engine.run(engine.complete(hello))
print("called", flush=True)
time.sleep(600)
"""


def rows_after_a_kill(environment: Mapping[str, str], seconds: float) -> int:
    process = subprocess.Popen(
        [sys.executable, "-c", CALLING], env=environment, cwd=ROOT, stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"called\n"
        time.sleep(seconds)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    return ModelCall.objects.filter(scope="killed").count()


@pytest.mark.django_db(transaction=True)
def test_a_killed_process_loses_no_row_older_than_a_second(tmp_path: Path) -> None:
    with fake_in_thread() as fake:
        environment = clean_environment(
            tmp_path,
            DJANGO_SETTINGS_MODULE="meetmind.settings",
            DATABASE_URL=database_url(),
            AI_PROVIDERS="groq",
            GROQ_API_KEY="k",
            GROQ_BASE_URL=fake.addresses()["groq"],
        )
        for seconds in (1, 5, 25):  # a busy machine may be late with anything
            found = rows_after_a_kill(environment, seconds)
            if found:
                break
    assert found == CALLS
