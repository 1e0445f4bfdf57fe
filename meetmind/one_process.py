"""Everything in one process: the web server in the main thread, jobs on threads beside it."""

import asyncio
import ctypes
import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

from daphne.server import Server  # first: it chooses Twisted's reactor
from django.conf import settings

from meetmind.asgi import application
from scheduler.one_process import Parts

# Room for 64 kB of audio or 16 kB of text in JSON; anything larger is refused before it is read.
LARGEST_FRAME = 72 * 1024
STOP_PATIENCE = 10.0  # seconds for jobs that run to finish or be handed back


class CannotServe(Exception):
    """Serving is not possible; the text says why and what to do."""


class OneAtATime:
    """A lock file: jobs and rooms of one process live in its memory, so a second one on the same
    data would serve half of everything. The system frees the lock however this process ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def take(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as busy:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            file.close()
            raise CannotServe(
                f"MeetMind already runs on this data (process {holder}). Stop that one first, or "
                "choose another folder with DATA_DIR. For several processes set DATABASE_URL and "
                "REDIS_URL."
            ) from busy
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._file = file  # kept open: closing it gives the lock away

    def release(self) -> None:
        if self._file is not None:
            self._file.close()


def require_free_port(host: str, port: int) -> None:
    """Raises CannotServe if the port is taken: the server itself would only write it in a log."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            if problem.errno == errno.EADDRINUSE:
                reason = "another program uses it. Choose another, for example PORT=8001"
            elif problem.errno == errno.EACCES:
                reason = "ports below 1024 need rights that this user lacks. Choose PORT=8000"
            else:
                reason = f"{problem.strerror}"
            raise CannotServe(f"Port {port} on {host} cannot be opened: {reason}.") from problem


def serve(
    *,
    host: str,
    port: int,
    behind_proxy: bool,
    on_listening: Callable[[], None],
    jobs: "Jobs",
) -> bool:
    """Runs web server and jobs until SIGTERM or SIGINT. Returns whether it ever listened."""

    def begin() -> None:
        jobs.start()
        application.before_stop(lambda: asyncio.to_thread(jobs.stop))
        on_listening()

    # Only a proxy may say who the client is: from anybody else such a header is a lie.
    forwarded = ("X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto")
    address, forwarded_port, scheme = forwarded if behind_proxy else (None, None, None)
    escaped_host = host.replace(":", "\\:")  # an endpoint's own syntax
    server = Server(
        application=application,
        endpoints=[f"tcp:port={port}:interface={escaped_host}"],
        websocket_max_message_size=LARGEST_FRAME,
        websocket_max_frame_size=LARGEST_FRAME,
        websocket_connect_timeout=10,
        ping_interval=15,
        ping_timeout=30,
        application_close_timeout=15,
        proxy_forwarded_address_header=address,
        proxy_forwarded_port_header=forwarded_port,
        proxy_forwarded_proto_header=scheme,
        server_name="",
        verbosity=0,
        ready_callable=begin,
    )
    server.run()
    return not server.abort_start


class Jobs(Protocol):
    """What runs jobs beside the web server."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


def jobs_beside_the_server() -> Jobs:
    """Threads of this process, or processes of their own where Redis carries wake-ups."""
    if settings.MANY_PROCESSES:
        return JobProcesses(slots=settings.SCHEDULER_SLOTS)
    return Parts(slots=settings.SCHEDULER_SLOTS)


class JobProcesses:
    """Where Redis is set, jobs are Celery's: a worker and a dispatcher as processes of their own, so
    that `serve` alone is still a whole installation. More of both may run elsewhere."""

    def __init__(self, *, slots: int) -> None:
        worker = (
            f"celery -A meetmind worker --pool=threads --concurrency={slots} --loglevel=warning"
        )
        self._commands = (
            [sys.executable, "-m", *worker.split()],
            [sys.executable, "manage.py", "dispatch"],
        )
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        for command in self._commands:
            process = subprocess.Popen(  # noqa: S603 - our own commands
                command, cwd=settings.BASE_DIR, preexec_fn=_die_with_parent
            )
            self._running.append(process)

    def stop(self) -> None:
        for process in self._running:
            process.terminate()
        for process in self._running:
            try:
                process.wait(timeout=STOP_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _die_with_parent() -> None:
    # A killed server must not leave workers behind that nobody knows of. Linux only; elsewhere they
    # end at SIGTERM with everything else.
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # 1: PR_SET_PDEATHSIG
