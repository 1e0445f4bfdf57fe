"""The fake providers as a process of their own, as a served MeetMind meets them."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Providers:
    """All three providers at one address; what they do is set by `control`."""

    address: str

    def settings(self) -> dict[str, str]:
        """The environment of a MeetMind that is to use them."""
        return {
            "GEMINI_API_KEY": "made-up",
            "GEMINI_BASE_URL": self.address,
            "OPENROUTER_API_KEY": "made-up",
            "OPENROUTER_BASE_URL": f"{self.address}/api/v1",
            "GROQ_API_KEY": "made-up",
            "GROQ_BASE_URL": self.address,
        }

    def control(self, **order: object) -> dict[str, Any]:
        request = urllib.request.Request(f"{self.address}/control", json.dumps(order).encode())
        with urllib.request.urlopen(request, timeout=10) as answer:
            told: dict[str, Any] = json.load(answer)
            return told

    def calls(self, provider: str) -> int:
        return sum(call["provider"] == provider for call in self.control()["calls"])


@contextmanager
def running_providers(chunk_delay: float = 0.01) -> Iterator[Providers]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fake_providers", "--chunk-delay", str(chunk_delay)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield Providers(f"http://127.0.0.1:{int(process.stdout.readline())}")
    finally:
        process.terminate()
        process.wait(timeout=10)
        if process.stdout is not None:
            process.stdout.close()
