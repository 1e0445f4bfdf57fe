"""Processes beside the server are started again when they end, and end when they are asked to."""

import os
import signal
import sys
from pathlib import Path

import pytest

from meetmind.one_process import KeptRunning
from tests.scheduler.processes import wait_until

pytestmark = pytest.mark.portable

NOTE_AND_WAIT = (
    "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); time.sleep(60)"
)


def test_a_process_that_is_killed_is_started_again_until_it_is_to_stop(tmp_path: Path) -> None:
    log = tmp_path / "starts"
    log.touch()

    def pids() -> list[int]:
        return [int(line) for line in log.read_text().splitlines()]

    kept = KeptRunning([sys.executable, "-c", NOTE_AND_WAIT, str(log)], again_after=0.1)
    kept.start()
    try:
        wait_until(lambda: len(pids()) == 1, seconds=20, what="it started")
        os.kill(pids()[0], signal.SIGKILL)
        wait_until(lambda: len(pids()) == 2, seconds=20, what="it started again")
    finally:
        kept.ask_to_stop()
        kept.wait(seconds=10)
    with pytest.raises(ProcessLookupError):
        os.kill(pids()[-1], 0)
    assert len(pids()) == 2
