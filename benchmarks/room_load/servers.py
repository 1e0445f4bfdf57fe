"""What the load meets: ours in one process or two, a bare Channels consumer on each layer, and two servers that are
not Django's. Each is started, filled with rooms, and stopped again."""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.registry import PeerMissing
from tests.faults.two_servers import TwoServers
from tests.servers import PrivateServers, free_port, start_postgres, start_redis
from tests.stack import ROOT

SOCKET_IO = "4.8.4"
_HOME = ROOT / ".cache" / f"socket.io-{SOCKET_IO}"
Rooms = dict[str, Any]  # rooms, token and ports, as the load takes them


@dataclass
class Ours(TwoServers):
    """One process or two."""

    is_single: bool = False

    def start_web(self) -> None:
        if self.is_single:
            self.serve("web", self.port)
            self.wait_until_served("web")
        else:
            super().start_web()

    @property
    def ports(self) -> list[int]:
        return [self.port] if self.is_single else super().ports

    def memory(self) -> float:
        """Megabytes of all its processes that are in memory now."""
        pages = 0
        for process in self.processes.values():
            pages += int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@dataclass
class Bare(Ours):
    """The calibration: the same commit, and a group of Channels on the layer of this name."""

    layer: str = "pubsub"

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "BARE_LAYER": self.layer}

    def serve(self, name: str, port: int) -> None:
        command = (sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port))
        self.start_process(name, *command, "benchmarks.room_load.bare:application")


@dataclass
class Started:
    """Rooms to be entered, and the process or processes behind them."""

    rooms: Rooms
    ours: Ours | None = None
    settings: dict[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def durable_servers() -> Iterator[Path]:
    """A PostgreSQL that syncs every commit to the disk, and a Redis."""
    folder = Path(tempfile.mkdtemp(prefix="mm-", dir="/tmp"))
    folder.chmod(0o755)
    servers = PrivateServers(folder)
    before = dict(os.environ)
    os.environ["DATABASE_URL"] = start_postgres(servers, durable=True)
    os.environ["REDIS_URL"] = start_redis(servers)
    try:
        yield folder
    finally:
        os.environ.update({name: before[name] for name in ("DATABASE_URL", "REDIS_URL")})
        servers.stop()


@contextlib.contextmanager
def ours(folder: Path, rooms: int, *, is_single: bool = False) -> Iterator[Started]:
    stack = Ours(
        folder, {"DATABASE_POOL": "20"}, redis_url=os.environ["REDIS_URL"], is_single=is_single
    )
    with _filled(stack, rooms) as started:
        yield started


@contextlib.contextmanager
def bare(folder: Path, rooms: int, *, layer: str) -> Iterator[Started]:
    """In memory there is one process; on Redis there are two."""
    stack = Bare(
        folder,
        {"DATABASE_POOL": "20"},
        redis_url=os.environ["REDIS_URL"],
        is_single=layer == "memory",
        layer=layer,
    )
    with _filled(stack, rooms) as started:
        yield started


@contextlib.contextmanager
def raw(rooms: int) -> Iterator[Started]:
    """Python `websockets`."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.room_load.raw", str(port)]
    with _process(command):
        yield Started(_made_up(rooms, port))


@contextlib.contextmanager
def socket_io(rooms: int) -> Iterator[Started]:
    """Socket.IO on Node. Raises PeerMissing."""
    port = free_port()
    script = str(Path(__file__).with_name("socketio_server.mjs"))
    with _process(["node", script, str(port), str(_socket_io_home())]):
        yield Started({**_made_up(rooms, port), "is_socket_io": True})


@contextlib.contextmanager
def _filled(stack: Ours, rooms: int) -> Iterator[Started]:
    stack.folder.mkdir(exist_ok=True)
    try:
        stack.start()
        yield Started({**stack.open_rooms(rooms, "live"), "ports": stack.ports}, stack)
    finally:
        stack.stop()


@contextlib.contextmanager
def _process(command: list[str]) -> Iterator[None]:
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        time.sleep(2)
        yield
    finally:
        process.terminate()
        process.wait()


def _made_up(rooms: int, port: int) -> Rooms:
    """Servers that check nobody take any key."""
    keys = [{"id": str(number), "cookie": "a=b"} for number in range(rooms)]
    return {"rooms": keys, "token": "none", "ports": [port]}


def _socket_io_home() -> Path:
    if not (_HOME / "installed").exists():
        _HOME.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(_HOME)]
        try:
            done = subprocess.run(
                [*command, f"socket.io@{SOCKET_IO}"], capture_output=True, text=True, check=False
            )
        except FileNotFoundError as missing:
            raise PeerMissing("Socket.IO needs node and npm: install them.") from missing
        if done.returncode:
            raise PeerMissing(f"Socket.IO cannot be installed: {done.stderr[-600:]}")
        (_HOME / "installed").touch()
    return _HOME
