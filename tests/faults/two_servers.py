"""Two web processes over one database, with a Redis that a test may break."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

from tests.servers import free_port
from tests.stack import ROOT, ManyProcesses


@dataclass
class TwoServers(ManyProcesses):
    """Two web processes over one database and a Redis of their own; no workers."""

    redis_url: str = ""
    other_port: int = field(default_factory=free_port)

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "REDIS_URL": self.redis_url}

    def start_worker(self) -> None:
        """Rooms need none."""

    def start_web(self) -> None:
        for name, port in (("web", self.port), ("other", self.other_port)):
            self.serve(name, port)
        self.wait_until_served("web")

    def serve(self, name: str, port: int) -> None:
        command = (sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port))
        self.start_process(name, *command, "meetmind.asgi:application")

    def open_rooms(self, count: int, state: str) -> dict[str, Any]:  # what open_rooms printed
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.open_rooms", str(count), state],
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))

    @property
    def ports(self) -> list[int]:
        return [self.port, self.other_port]
