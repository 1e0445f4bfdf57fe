"""Private PostgreSQL and Redis servers of a test run, from binaries on the machine.

Nothing is shared with servers that may already run: own folder, own port, gone at the end. Root may not
run PostgreSQL, so as root it runs under the user id of `nobody`.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

INSTALL_HINT = "Run `make system` as root, or: apt-get install postgresql redis-server"
_NOBODY = 65534


class ServerMissing(Exception):
    """A server's binary is not on this machine; the text says how to get it."""


@dataclass
class PrivateServers:
    """The servers this process started. `stop` ends them and removes their folder."""

    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_private_servers() -> PrivateServers:
    """Starts what DATABASE_URL and REDIS_URL do not already name, and sets both in the environment.

    Raises ServerMissing, with what to install.
    """
    # Short: a socket's path may have 107 bytes only. Under /tmp: `nobody` cannot enter a private home.
    folder = Path(tempfile.mkdtemp(prefix="mm-", dir="/tmp" if Path("/tmp").is_dir() else None))
    folder.chmod(0o755)
    servers = PrivateServers(folder)
    try:
        if not os.environ.get("DATABASE_URL"):
            os.environ["DATABASE_URL"] = start_postgres(servers)
        if not os.environ.get("REDIS_URL"):
            os.environ["REDIS_URL"] = start_redis(servers)
    except BaseException:
        servers.stop()
        raise
    return servers


def start_postgres(servers: PrivateServers, *, durable: bool = False) -> str:
    """Starts a PostgreSQL of our own and returns its URL. `durable` keeps fsync on (benchmarks)."""
    home = servers.folder / f"pg{len(servers.processes)}"
    home.mkdir()
    port = free_port()
    command = make_postgres(home, port, durable=durable)
    servers.processes.append(run_postgres(command, home, port))
    return postgres_url(port)


def make_postgres(home: Path, port: int, *, durable: bool) -> list[str]:
    """Fills an empty folder with a new database cluster. Returns the command that serves it."""
    binaries = _postgres_binaries()
    prefix: list[str] = []
    if os.geteuid() == 0:
        os.chown(home, _NOBODY, _NOBODY)
        prefix = ["setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"]
    initdb = [*prefix, str(binaries / "initdb"), "-D", str(home / "data"), "-U", "postgres"]
    initdb += ["-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run(initdb, check=True, capture_output=True, cwd="/")
    switches = [] if durable else ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
    command = [*prefix, str(binaries / "postgres"), "-D", str(home / "data"), "-p", str(port)]
    command += ["-k", str(home), "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"]
    for switch in switches:
        command += ["-c", switch]
    return command


def run_postgres(command: list[str], home: Path, port: int) -> subprocess.Popen[bytes]:
    """Serves a cluster, and returns once it answers."""
    with (home / "log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/")
    wait_for_port(port, process, home / "log")
    _wait_for_answer(postgres_url(port))
    return process


def postgres_url(port: int) -> str:
    return f"postgresql://postgres@127.0.0.1:{port}/postgres"


def start_redis(servers: PrivateServers) -> str:
    """Starts a Redis without persistence and returns its URL."""
    binary = shutil.which("redis-server") or shutil.which("valkey-server")
    if binary is None:
        raise ServerMissing(f"No redis-server or valkey-server found. {INSTALL_HINT}")
    port = free_port()
    log_path = servers.folder / f"redis-{port}.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [
                binary,
                "--port",
                str(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
            ],
            stdout=log,
            stderr=log,
            cwd=servers.folder,
        )
    servers.processes.append(process)
    wait_for_port(port, process, log_path)
    return f"redis://127.0.0.1:{port}/0"


def _postgres_binaries() -> Path:
    named = os.environ.get("PG_BIN")
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"),
        key=lambda path: float(path.parent.parent.name),
    )
    for folder in [
        *([Path(named)] if named else []),
        *(path.parent for path in reversed(installed)),
    ]:
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    raise ServerMissing(f"No PostgreSQL server found. {INSTALL_HINT}")


def _wait_for_answer(url: str) -> None:
    """On a busy machine PostgreSQL listens before it is ready, and refuses who comes too soon."""
    until = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path | None = None) -> None:
    """Until somebody listens. Raises RuntimeError, with the end of the log, if it does not come to that."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    words = log.read_text(errors="replace")[-2000:] if log else ""
    raise RuntimeError(f"a private server did not start:\n{words}")
