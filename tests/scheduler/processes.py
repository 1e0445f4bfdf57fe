"""Real workers and dispatchers as processes, on the test's own database and a Redis of its own."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

from scheduler import recurring
from scheduler.models import RecurringJob
from tests.servers import PrivateServers, free_port, start_redis

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Fleet:
    """The processes of one test. What is still alive at its end is killed."""

    folder: Path
    redis_url: str
    slots: int = 2
    settings: Mapping[str, str] = field(default_factory=dict)
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def worker(self, *arguments: str) -> subprocess.Popen[bytes]:
        command = ["-m", "celery", "-A", "meetmind", "worker", "--without-mingle"]
        return self._start(*command, "--without-gossip", *arguments)

    def dispatcher(self) -> subprocess.Popen[bytes]:
        return self._start("manage.py", "dispatch")

    def logs(self) -> str:
        return "\n".join(path.read_text(errors="replace") for path in self.folder.glob("*.log"))

    def stop(self) -> None:
        for process in self.running:
            if process.poll() is None:
                process.kill()
            process.wait()

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{len(self.running)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self._environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,  # so that one kill reaches a pool's children too
            )
        self.running.append(process)
        return process

    def _environment(self) -> dict[str, str]:
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        return kept | {
            "DJANGO_SETTINGS_MODULE": "tests.scheduler.probe.settings",
            "DATABASE_URL": database_url(),
            "REDIS_URL": self.redis_url,
            "SCHEDULER_SLOTS": str(self.slots),
            "SECRET_KEY": os.environ["SECRET_KEY"],
            "LINK_KEY": os.environ["LINK_KEY"],
            "DATA_DIR": str(self.folder),
            **self.settings,
        }


@contextmanager
def fleet(
    *, slots: int = 2, redis_url: str | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[Fleet]:
    with tempfile.TemporaryDirectory(prefix="mm-", dir="/tmp") as folder:
        servers = PrivateServers(Path(folder))
        (Path(folder) / "logs").mkdir()
        try:
            url = redis_url or start_redis(servers)
            rest_what_recurs()
            started = Fleet(Path(folder) / "logs", url, slots, settings or {})
            try:
                yield started
            finally:
                started.stop()
        finally:
            for process in servers.processes:
                process.kill()
                process.wait()


def rest_what_recurs() -> None:
    """As an operator pauses it: a test that counts jobs must not come upon one that the time of day asked for."""
    recurring.set_declared()
    RecurringJob.objects.update(is_paused=True)


def database_url() -> str:
    settings = connection.settings_dict
    return (
        f"postgresql://{settings['USER']}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
    )


def kill_group(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(condition: Callable[[], bool], *, seconds: float, what: str) -> float:
    """Answers how long it took. What is waited for is another process, so this looks again and again."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"not within {seconds:g} s: {what}")
        time.sleep(0.02)
    return time.monotonic() - began


__all__ = ["Fleet", "database_url", "fleet", "free_port", "kill_group", "wait_until"]
