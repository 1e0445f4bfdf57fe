"""Installs LiteLLM into an environment of its own, once, and has it measure itself."""

import json
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from benchmarks.ai_engine_load.fake import RunningFake
from benchmarks.ai_engine_load.faults import DEADLINE_FAULTS, FAST_FAULTS, MIDSTREAM_FAULTS, OUTAGES
from benchmarks.registry import PeerMissing

VERSION = "1.106.2"
HOME = Path(__file__).resolve().parents[2] / ".cache" / f"litellm-{VERSION}"
_FAULTS: Mapping[str, object] = {
    "overhead": None,
    "failover": FAST_FAULTS,
    "outage": OUTAGES,
    "cuts": MIDSTREAM_FAULTS,
    "deadlines": DEADLINE_FAULTS,
}


@cache
def measured(fake: RunningFake, what: str) -> dict[str, float]:
    """What LiteLLM's Router does in this run, on this machine; `what` is one of its script's parts."""
    fake.reset()
    script = Path(__file__).with_name("router_peer_script.py")
    done = subprocess.run(
        [_python(), str(script), fake.address, what, json.dumps(_FAULTS[what])],
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    fake.reset()
    if done.returncode:
        raise PeerMissing(f"LiteLLM could not be measured: {done.stderr[-600:]}")
    told: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


def _python() -> str:
    python = HOME / "bin" / "python"
    if not (HOME / "installed").exists():
        uv = Path(sys.executable).with_name("uv")
        for command in (
            [str(uv), "venv", "-q", "--clear", str(HOME)],
            [str(uv), "pip", "install", "-q", "--python", str(python), f"litellm=={VERSION}"],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise PeerMissing(f"LiteLLM cannot be installed: {done.stderr[-600:]}")
        (HOME / "installed").touch()
    return str(python)
