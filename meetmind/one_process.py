"""Everything in one process: the web server in the main thread, jobs on threads beside it."""

import asyncio
import ctypes
import errno
import fcntl
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

from daphne.server import Server  # first: it chooses Twisted's reactor
from django.conf import settings

from meetmind.asgi import application
from scheduler.one_process import Parts

logger = logging.getLogger(__name__)

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


class KeptRunning:
    """A command as a process, started again whenever it ends by itself: a worker leaves when a job of it is
    stuck, and counts on somebody to start it anew."""

    def __init__(self, command: Sequence[str], *, again_after: float = 1.0) -> None:
        self._command = command
        self._again_after = again_after
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        # One thread for as long as it runs: the system takes the end of the thread that started a
        # process for the end of its parent.
        self._thread = threading.Thread(target=self._keep, name="kept-process", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def ask_to_stop(self) -> None:
        self._stopping.set()
        if self._process is not None:
            self._process.terminate()

    def wait(self, *, seconds: float) -> None:
        self._thread.join(timeout=seconds)
        if self._process is not None and self._thread.is_alive():
            self._process.kill()
            self._thread.join()

    def _keep(self) -> None:
        while not self._stopping.is_set():
            self._process = subprocess.Popen(  # noqa: S603 - our own commands
                self._command, cwd=settings.BASE_DIR, preexec_fn=_die_with_parent
            )
            if self._stopping.is_set():  # between the two lines above
                self._process.terminate()
            code = self._process.wait()
            if not self._stopping.wait(self._again_after):
                logger.warning("A process ended; it is started again.", extra={"code": code})


class JobProcesses:
    """Where Redis is set, jobs are Celery's: a worker and a dispatcher as processes of their own, so
    that `serve` alone is still a whole installation. More of both may run elsewhere."""

    def __init__(self, *, slots: int) -> None:
        worker = (
            f"celery -A meetmind worker --pool=threads --concurrency={slots} --loglevel=warning"
        )
        self._kept = (
            KeptRunning([sys.executable, "-m", *worker.split()]),
            KeptRunning([sys.executable, "manage.py", "dispatch"]),
        )

    def start(self) -> None:
        for process in self._kept:
            process.start()

    def stop(self) -> None:
        for process in self._kept:
            process.ask_to_stop()
        for process in self._kept:
            process.wait(seconds=STOP_PATIENCE)


def _die_with_parent() -> None:
    # A killed server must not leave workers behind that nobody knows of. Linux only; elsewhere they
    # end at SIGTERM with everything else.
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # 1: PR_SET_PDEATHSIG
