"""The fake providers in a process of their own, so that their work is not counted as ours."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunningFake:
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def control(self, **order: object) -> dict[str, list[dict[str, object]]]:
        """Posts an order; returns the calls so far."""
        body = json.dumps(order).encode()
        asked = urllib.request.Request(f"{self.address}/control", data=body, method="POST")
        with urllib.request.urlopen(asked, timeout=10) as reply:
            told: dict[str, list[dict[str, object]]] = json.load(reply)
        return told

    def hops(self, first: str, second: str, began: list[float]) -> list[float]:
        """Milliseconds from each request's first call to one provider to its call to another, by this
        server's clock (the machine's monotonic one); from the request itself where none arrived."""
        calls = self.control()["calls"]
        failed = [float(str(call["at"])) for call in calls if call["provider"] == first]
        asked = [float(str(call["at"])) for call in calls if call["provider"] == second]
        since = failed[:: len(failed) // len(began)] if failed else began
        return [(to - at) * 1000 for at, to in zip(since, asked, strict=True)]

    def reset(self) -> None:
        asked = urllib.request.Request(f"{self.address}/control/reset", data=b"", method="POST")
        with urllib.request.urlopen(asked, timeout=10) as reply:
            reply.read()


@contextmanager
def fake_providers() -> Iterator[RunningFake]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fake_providers"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield RunningFake(int(process.stdout.readline()))
    finally:
        process.terminate()
        process.wait(10)
