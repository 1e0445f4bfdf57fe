"""A PostgreSQL that a test crashes and starts again. It loses nothing that was committed."""

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

from tests.servers import free_port, make_postgres, postgres_url, run_postgres


@dataclass
class FragilePostgres:
    """Always on the same port, over the same data."""

    home: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="mm-", dir="/tmp")))
    port: int = field(default_factory=free_port)
    command: list[str] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if not self.command:
            self.home.chmod(0o755)  # its own user has to enter
            # Durable: without it a crash loses what was committed in the last half second, rightly.
            self.command = make_postgres(self.home, self.port, durable=True)
        self.process = run_postgres(self.command, self.home, self.port)

    def crash(self) -> None:
        """As `pg_ctl stop -m immediate`: every session ends where it is, and the next start recovers."""
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()
            self.process = None

    def remove(self) -> None:
        self.crash()
        shutil.rmtree(self.home, ignore_errors=True)

    def copy_test_database(self) -> None:
        """The tables of the test's own database, and what is in them."""
        theirs = connection.settings_dict
        source = f"postgresql://{theirs['USER']}@{theirs['HOST']}:{theirs['PORT']}/{theirs['NAME']}"
        dump = subprocess.run(["pg_dump", source], check=True, capture_output=True)
        into = ["psql", "--quiet", "--set", "ON_ERROR_STOP=1", postgres_url(self.port)]
        subprocess.run(into, check=True, capture_output=True, input=dump.stdout)


@contextmanager
def fragile_database() -> Iterator[FragilePostgres]:
    """The test's queries go to a database server of its own, with the tables of the usual one."""
    server = FragilePostgres()
    usual = dict(connection.settings_dict)
    try:
        server.start()
        server.copy_test_database()
        connection.close()
        connection.settings_dict.update(PORT=str(server.port), NAME="postgres")
        yield server
    finally:
        connection.close()
        connection.settings_dict.update(PORT=usual["PORT"], NAME=usual["NAME"])
        server.remove()
