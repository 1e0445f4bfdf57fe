"""Installs LiteLLM into an environment of its own, once, and has it measure itself."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TypedDict

from benchmarks.ai_engine_load.fake import RunningFake
from benchmarks.registry import PeerMissing

VERSION = "1.106.2"
HOME = Path(__file__).resolve().parents[2] / ".cache" / f"litellm-{VERSION}"


class Overhead(TypedDict):
    added_ms: float
    cpu_ms: float


class Failover(TypedDict):
    ms: float
    wire_per_request: float


class Cut(TypedDict):
    complete: float
    mistaken: float


class LiteLLM(TypedDict):
    version: str
    overhead: Overhead
    failover_default: Failover
    failover_tuned: Failover
    cut: Cut
    silent_end: Cut
    hang_answer_s: float | None


@cache
def measured(fake: RunningFake) -> LiteLLM:
    """What LiteLLM's Router does in this run, on this machine."""
    fake.reset()
    script = Path(__file__).with_name("router_peer_script.py")
    done = subprocess.run(
        [_python(), str(script), fake.address],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    fake.reset()
    if done.returncode:
        raise PeerMissing(f"LiteLLM could not be measured: {done.stderr[-600:]}")
    told: LiteLLM = json.loads(done.stdout.strip().splitlines()[-1])
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
