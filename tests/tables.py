"""Databases that are migrated, and otherwise empty or with people and rooms. To make one takes as long as a short
test, so one process of a run does it, and whoever else needs such a database begins with a copy."""

import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import psycopg

from tests.served import ROOT, clean_environment

_LOCK = 0x4D4D_7E57  # any number of our own, the same in every process


def tables_in_postgres() -> str:
    """The name of a database on the server of DATABASE_URL, to be used as a template.

    Named by the migrations that made it: a server that was given outlives the run.
    """
    server, name = os.environ["DATABASE_URL"], f"tables_{_digest_of_migrations()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])  # while this connection is open
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if found.fetchone() is None:
            half_made = f"{name}_{os.getpid()}"
            connection.execute(f'DROP DATABASE IF EXISTS "{half_made}"')  # of a run that was killed
            connection.execute(f'CREATE DATABASE "{half_made}"')
            with tempfile.TemporaryDirectory(prefix="mm-") as folder:
                _migrate(Path(folder), DATABASE_URL=f"{server.rpartition('/')[0]}/{half_made}")
            connection.execute(f'ALTER DATABASE "{half_made}" RENAME TO "{name}"')
    return name


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """A folder in the run's DATA_DIR that `make` filled, in whichever process of this run asked first."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    made = Path(os.environ["DATA_DIR"]) / f"{name}-{run}"
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            half_made = Path(tempfile.mkdtemp(dir=made.parent))
            make(half_made)
            half_made.rename(made)
    return made


def tables_in_sqlite() -> Path:
    """A folder like DATA_DIR, with the database only."""
    return made_once("tables", _migrate)


def _digest_of_migrations() -> str:
    digest = hashlib.sha256()
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _migrate(folder: Path, **settings: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0"],
        cwd=ROOT,
        env=clean_environment(folder, **settings),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
