"""MeetMind as its own process, as an operator starts it, on a free port and with data of its own."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from tests.servers import free_port

ROOT = Path(__file__).resolve().parents[1]
_KEPT = {"PATH", "HOME", "LANG", "VIRTUAL_ENV", "SSL_CERT_FILE", "SSL_CERT_DIR", "TMPDIR"}


def clean_environment(folder: Path, **variables: str) -> dict[str, str]:
    """An environment that holds nothing of the test run's own settings."""
    kept = {name: value for name, value in os.environ.items() if name in _KEPT}
    return kept | {"DATA_DIR": str(folder)} | variables


@dataclass
class Served:
    """A process that serves. `output` is what it has written so far."""

    process: subprocess.Popen[bytes]
    address: str
    log: Path

    @property
    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_until_up(self, *, seconds: float = 60) -> float:
        """Waits for the first answer and returns how long that took."""
        started = time.monotonic()
        while True:
            assert self.process.poll() is None, f"it ended:\n{self.output}"
            try:
                with urllib.request.urlopen(f"{self.address}/healthz", timeout=5):
                    return time.monotonic() - started
            except (urllib.error.URLError, OSError):
                assert time.monotonic() - started < seconds, f"not up:\n{self.output}"
                time.sleep(0.02)

    def stop(self, *, by: signal.Signals = signal.SIGTERM, seconds: float = 30) -> int:
        """Ends it and returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(by)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise


def start_serving(folder: Path, *arguments: str, port: int = 0, **variables: str) -> Served:
    """`manage.py serve` with data in `folder`; returns at once."""
    port = port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "output.log"
    with log.open("ab") as sink:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", *arguments],
            cwd=ROOT,
            env=clean_environment(folder, PORT=str(port), PYTHONUNBUFFERED="1", **variables),
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
    return Served(process, f"http://127.0.0.1:{port}", log)
