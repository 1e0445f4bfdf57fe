"""A backup puts everything back that cannot be made again."""

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.served import ROOT, clean_environment

EMAIL = "kept@acme.example"


def run(folder: Path, *command: str, **variables: str) -> str:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=clean_environment(folder, **variables),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def manage(folder: Path, *arguments: str, **variables: str) -> str:
    return run(folder, sys.executable, "manage.py", *arguments, **variables)


def count_users(folder: Path, **variables: str) -> str:
    script = f"print(__import__('interviews.models').models.User.objects.filter(email='{EMAIL}').count())"
    return manage(folder, "shell", "--no-imports", "-c", script, **variables).splitlines()[-1]


def fill(folder: Path, **variables: str) -> None:
    manage(folder, "migrate", "-v0", **variables)
    script = f"__import__('interviews.models').models.User.objects.create_user('{EMAIL}', 'x' * 12)"
    manage(folder, "shell", "--no-imports", "-c", script, **variables)
    (folder / "media").mkdir(exist_ok=True)
    (folder / "media" / "recording.webm").write_bytes(b"words")


def test_an_installation_on_sqlite_comes_back_whole(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    fill(folder)
    key = (folder / "link.key").read_text()
    archive = run(folder, "deploy/backup", str(tmp_path / "backups"))
    assert Path(archive).stat().st_mode & 0o077 == 0
    shutil.rmtree(folder)
    run(folder, "deploy/restore", archive)
    assert count_users(folder) == "1"
    assert (folder / "link.key").read_text() == key
    assert (folder / "media" / "recording.webm").read_bytes() == b"words"


@pytest.fixture
def database_url() -> Iterator[str]:
    server = os.environ["DATABASE_URL"]
    name = f"backup_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_an_installation_on_postgresql_comes_back_whole(tmp_path: Path, database_url: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    fill(folder, DATABASE_URL=database_url)
    archive = run(folder, "deploy/backup", str(tmp_path / "backups"), DATABASE_URL=database_url)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("TRUNCATE interviews_user CASCADE")
    assert count_users(folder, DATABASE_URL=database_url) == "0"
    run(folder, "deploy/restore", archive, DATABASE_URL=database_url)
    assert count_users(folder, DATABASE_URL=database_url) == "1"
