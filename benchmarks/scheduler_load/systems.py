"""The systems that are measured, each as: how to enqueue, how to start a worker of two slots."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.registry import PeerMissing
from tests.faults.fragile_redis import FragileRedis

ROOT = Path(__file__).resolve().parent.parent.parent
PEERS = Path(os.environ.get("BENCH_PEERS", ROOT / ".cache/peers"))
PEER_PACKAGES = (
    "celery[redis]",
    "dramatiq[redis]",
    "rq",
    "huey",
    "procrastinate",
    "psycopg[binary,pool]",
)
_HERE = Path(__file__).parent


@dataclass
class Place:
    """Where a run happens: its servers and its file of starts."""

    folder: Path
    database_url: str
    redis: FragileRedis
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def redis_url(self) -> str:
        return self.redis.url

    @property
    def stamps(self) -> Path:
        return self.folder / "stamps"

    def environment(self, **more: str) -> dict[str, str]:
        return {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "STAMPS": str(self.stamps),
            "SECRET_KEY": "only-for-benchmarks-0123456789-0123456789",
            "LINK_KEY": "only-for-benchmarks-0123456789-0123456789",
            "DATA_DIR": str(self.folder),
            "DJANGO_SETTINGS_MODULE": "benchmarks.scheduler_load.settings",
            "SCHEDULER_SLOTS": "2",
            **more,
        }

    def start(self, command: list[str], cwd: Path, environment: dict[str, str]) -> None:
        with (self.folder / "worker.log").open("ab") as log:
            self.processes.append(
                subprocess.Popen(
                    command,
                    cwd=cwd,
                    env=environment,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )

    def starts(self) -> list[tuple[float, str]]:
        if not self.stamps.exists():
            return []
        lines = self.stamps.read_text().splitlines()
        return sorted((float(at), job) for at, _, job in (line.partition(" ") for line in lines))

    def count_starts(self) -> int:
        return self.stamps.read_bytes().count(b"\n") if self.stamps.exists() else 0

    def kill_workers(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, 9)
            process.wait()
        self.processes.clear()

    def wait_for_starts(self, count: int, *, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while self.count_starts() < count:
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        return True


@dataclass(frozen=True)
class System:
    """`enqueue(place, count, task)`; `work(place)` starts a worker of two slots."""

    name: str
    enqueue: Callable[[Place, int, str], None]
    work: Callable[[Place], None]
    jobs: int


def peer_command(place: Place, code: str) -> tuple[list[str], dict[str, str], Path]:
    """A line of Python in the peers' environment, with the peers' modules at hand."""
    paths = f"{_HERE / 'peers'}:{_HERE}"
    return [str(_python()), "-c", code], place.environment(PYTHONPATH=paths), place.folder


def peer(name: str, module: str, commands: list[list[str]], *, jobs: int, **more: str) -> System:
    """A peer in the environment of its own. Two commands where a process has one slot."""

    def environment(place: Place) -> dict[str, str]:
        known = peer_command(place, "")[1] | more
        del known["DJANGO_SETTINGS_MODULE"]  # it would make Celery look for a Django
        return known

    def enqueue(place: Place, count: int, task: str) -> None:
        code = f"import {module} as m; m.enqueue({count}, m.{task})"
        if task == "mixed":
            code = f"import {module} as m\nfor _ in range({count} // 10): m.enqueue(1, m.work); m.enqueue(9, m.noop)"
        command = [str(_python()), "-c", code]
        subprocess.run(command, env=environment(place), cwd=place.folder, check=True, timeout=120)

    def work(place: Place) -> None:
        for command in commands:
            words = [place.redis_url if word == "REDIS" else word for word in command[1:]]
            place.start([str(PEERS / "bin" / command[0]), *words], place.folder, environment(place))

    return System(name, enqueue, work, jobs)


def ours(name: str, kind: str, *, jobs: int, is_graph: bool = False) -> System:
    def enqueue(place: Place, count: int, task: str) -> None:
        wanted = f"bench.{task}" if task == "work" else kind
        action = "mixed" if task == "mixed" else "graph" if is_graph else "flat"
        command = [
            sys.executable,
            "-m",
            "benchmarks.scheduler_load.fill",
            action,
            wanted,
            str(count),
        ]
        subprocess.run(command, env=place.environment(), cwd=ROOT, check=True, timeout=180)

    return System(name, enqueue, start_our_worker, jobs)


def start_our_worker(place: Place) -> None:
    command = [sys.executable, "-m", "celery", "-A", "meetmind", "worker"]
    place.start([*command, "--without-mingle", "--without-gossip"], ROOT, place.environment())


def peers() -> list[System]:
    """Raises PeerMissing when they are not installed and cannot be."""
    _python()
    celery = ["celery", "-A", "with_celery", "worker", "-P", "prefork", "-c", "2"]
    procrastinate = [
        "procrastinate",
        "-a",
        "with_procrastinate.app",
        "worker",
        "--concurrency",
        "1",
    ]
    rq = ["rq", "worker", "-w", "rq.SimpleWorker", "--url"]
    return [
        peer("Celery", "with_celery", [celery], jobs=3000),
        peer("Celery with results", "with_celery", [celery], jobs=3000, PEER_RESULTS="1"),
        peer(
            "Dramatiq",
            "with_dramatiq",
            [["dramatiq", "with_dramatiq", "-p", "2", "-t", "1"]],
            jobs=2000,
        ),
        peer("RQ", "with_rq", [[*rq, "REDIS"], [*rq, "REDIS"]], jobs=1500),
        peer(
            "Huey",
            "with_huey",
            [["huey_consumer", "with_huey.huey", "-k", "process", "-w", "2"]],
            jobs=5000,
        ),
        peer("Procrastinate", "with_procrastinate", [procrastinate, procrastinate], jobs=1500),
    ]


def _python() -> Path:
    """Makes the peers' environment the first time. Raises PeerMissing."""
    python = PEERS / "bin/python"
    if not python.exists():
        try:
            subprocess.run([sys.executable, "-m", "venv", str(PEERS)], check=True)
            command = [str(python), "-m", "pip", "install", "--quiet", *PEER_PACKAGES]
            subprocess.run(command, check=True, timeout=600)
        except (OSError, subprocess.SubprocessError) as problem:
            raise PeerMissing(f"The peers cannot be installed into {PEERS}: {problem}") from problem
    return python
