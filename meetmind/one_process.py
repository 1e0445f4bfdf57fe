"""Everything in one process: the web server in the main thread, jobs on threads beside it."""

import errno
import fcntl
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import IO

from daphne.server import Server  # first: it chooses Twisted's reactor

from meetmind.asgi import application

# Room for 64 kB of audio or 16 kB of text in JSON; anything larger is refused before it is read.
LARGEST_FRAME = 72 * 1024


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


def serve(*, host: str, port: int, behind_proxy: bool, on_listening: Callable[[], None]) -> bool:
    """Runs the web server until SIGTERM or SIGINT. Returns whether it ever listened."""
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
        ready_callable=on_listening,
    )
    server.run()
    return not server.abort_start
