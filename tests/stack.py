"""MeetMind as a person meets it: real processes on free ports, that a test can kill and start again.

`OneProcess` is what `make run` starts (SQLite, threads). `ManyProcesses` is production's shape: Daphne, a Celery
worker and a dispatcher over a PostgreSQL database of its own and the private Redis.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.servers import free_port
from tests.tables import tables_in_postgres, tables_in_sqlite

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60.0


@dataclass
class Stack:
    """What both shapes share: an address, an environment, a folder, and the processes started."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """The machine's environment without what the test run itself set, plus this stack's settings."""
        inherited = {
            key: value
            for key, value in os.environ.items()
            if key not in {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "EMAIL_URL"}
            and not key.endswith("_API_KEY")
        }
        own = {
            "DATA_DIR": str(self.folder / "data"),
            "PORT": str(self.port),
            "PUBLIC_URL": self.url,
            "SECRET_KEY": "only-for-tests-0123456789-0123456789-0123456789",
            "LINK_KEY": "only-for-test-links-0123456789-0123456789-0123",
        }
        return {**inherited, **own, **self.settings}

    def manage(self, *arguments: str) -> str:
        """Runs one management command to its end and returns what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def start_process(self, name: str, *command: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def wait_until_served(self, name: str) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            assert self.processes[name].poll() is None, f"{name} died:\n{self.log(name)[-4000:]}"
            with (
                contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError),
                urllib.request.urlopen(f"{self.url}/healthz", timeout=2),
            ):
                return
            time.sleep(0.05)
        raise AssertionError(f"{name} serves nothing:\n{self.log(name)[-4000:]}")

    def kill(self, name: str) -> None:
        """kill -9 of the process and all its children, as an operating system out of memory does."""
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for name in list(self.processes):
            self.stop_process(name)

    def stop_process(self, name: str) -> None:
        """Asks it to end, as a supervisor does."""
        process = self.processes.pop(name)
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def seed(self) -> dict[str, object]:
        """The demo's organisation, as `seed_demo --json` prints it."""
        found = json.loads(self.manage("seed_demo", "--json"))
        assert isinstance(found, dict)
        return found


class OneProcess(Stack):
    """`manage.py serve` with nothing set: SQLite, jobs on threads, an in-memory layer."""

    def start(self) -> None:
        if not (self.folder / "data").exists():
            shutil.copytree(tables_in_sqlite(), self.folder / "data")
        self.start_process("serve", sys.executable, "manage.py", "serve")
        self.wait_until_served("serve")

    def restart_after_kill(self) -> None:
        self.kill("serve")
        self.start()


@dataclass
class ManyProcesses(Stack):
    """Daphne, a Celery worker and a dispatcher, over PostgreSQL and Redis."""

    database: str = field(default_factory=lambda: f"stack_{uuid.uuid4().hex[:12]}")
    redis_number: int = 9

    def environment(self) -> dict[str, str]:
        server = os.environ["DATABASE_URL"].rpartition("/")[0]
        redis = os.environ["REDIS_URL"].rpartition("/")[0]
        return {
            "SCHEDULER_SLOTS": "2",
            "DATABASE_POOL": "8",
            **super().environment(),
            "DATABASE_URL": f"{server}/{self.database}",
            "REDIS_URL": f"{redis}/{self.redis_number}",
        }

    def start(self) -> None:
        self.make_database()
        self.start_web()
        self.start_worker()

    def make_database(self) -> None:
        tables = tables_in_postgres()
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{self.database}" TEMPLATE "{tables}"')

    def start_web(self) -> None:
        self.start_process(
            "web",
            *(sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(self.port)),
            "meetmind.asgi:application",
        )
        self.wait_until_served("web")

    def start_worker(self) -> None:
        self.start_process(
            "worker",
            *(sys.executable, "-m", "celery", "-A", "meetmind", "worker", "--pool", "threads"),
            *("-c", "2", "--without-mingle", "--without-gossip", "-l", "warning"),
        )

    def stop(self) -> None:
        super().stop()
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')
