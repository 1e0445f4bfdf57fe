"""`manage.py serve`: up fast, once, and down without a mess."""

import json
import os
import re
import subprocess
import sys
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.served import ROOT, clean_environment, start_serving
from tests.servers import free_port

AI_LIBRARIES = ("openai", "groq", "google.genai")


def test_it_serves_reports_ready_and_stops_cleanly(tmp_path: Path) -> None:
    server = start_serving(tmp_path, "--no-demo")
    try:
        server.wait_until_up()
        with urllib.request.urlopen(f"{server.address}/readyz", timeout=30) as response:
            assert json.load(response)["ready"] is True
        with urllib.request.urlopen(f"{server.address}/accounts/login/", timeout=30) as response:
            assert response.status == 200
        with urllib.request.urlopen(f"{server.address}/metrics", timeout=30) as response:
            told = response.read()
            assert b"meetmind_open_requests 1.0" in told
            assert re.search(rb"^meetmind_open_tasks [1-9]", told, re.MULTILINE)
        assert f"MeetMind runs at {server.address}" in server.output
        assert "AI providers" in server.output
    finally:
        code = server.stop()
    assert code == 0, server.output
    assert "Traceback" not in server.output


def test_the_first_visit_finds_a_demo_that_later_ones_keep(tmp_path: Path) -> None:
    greetings = []
    for _ in range(2):
        server = start_serving(tmp_path)
        try:
            server.wait_until_up()
            lines = server.output.split("MeetMind runs at")[-1].splitlines()
        finally:
            assert server.stop() == 0, server.output
        greetings.append([line for line in lines if "Demo sign-in" in line])
        assert any("Candidate link" in line and "/join/" in line for line in lines)
    assert greetings[0] == greetings[1] != []
    assert ai_libraries_after_visits(tmp_path) == "11 []"


def ai_libraries_after_visits(folder: Path) -> str:
    """How many pages of the demo were shown to who administers it, and which AI libraries that took."""
    script = f"""
import sys, django; django.setup()
from django.test import Client
from interviews.models import Interview, Member, Position
client = Client(headers={{"host": "127.0.0.1"}})
client.force_login(Member.objects.get(user__name="Ada Adeyemi").user)
ended = Interview.objects.get(state="ended").id
plan = Position.objects.filter(interviews=ended).get().id
pages = ["/", "/interviews/", "/candidates/", "/positions/", f"/positions/{{plan}}/", f"/positions/{{plan}}/plan/"]
pages += [f"/interviews/{{ended}}/", f"/interviews/{{ended}}/report/", "/team/", "/settings/", "/ai/"]
shown = [page for page in pages if client.get(page).status_code == 200]
print(len(shown), [name for name in {AI_LIBRARIES!r} if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=clean_environment(folder, DJANGO_SETTINGS_MODULE="meetmind.settings", GROQ_API_KEY="k"),
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout.strip() or done.stderr


def test_a_second_one_on_the_same_data_is_refused_with_a_sentence(tmp_path: Path) -> None:
    first = start_serving(tmp_path, "--no-demo")
    try:
        first.wait_until_up()
        second = subprocess.run(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env=clean_environment(tmp_path, PORT=str(free_port())),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert second.returncode != 0
        assert "MeetMind already runs on this data" in second.stderr
        assert "Traceback" not in second.stderr
    finally:
        first.stop()


def test_a_busy_port_is_a_sentence(tmp_path: Path) -> None:
    first = start_serving(tmp_path / "a", "--no-demo")
    try:
        first.wait_until_up()
        second = start_serving(
            tmp_path / "b", "--no-demo", port=int(first.address.rsplit(":", 1)[1])
        )
        assert second.process.wait(60) != 0
        assert "another program uses it" in second.output
        assert "Traceback" not in second.output
    finally:
        first.stop()


@pytest.mark.parametrize("module", ["meetmind.asgi", "meetmind.urls", "meetmind.one_process"])
def test_no_ai_library_is_loaded_at_boot(tmp_path: Path, module: str) -> None:
    script = (
        "import django, importlib, sys; django.setup();"
        f"importlib.import_module({module!r});"
        "from django.urls import get_resolver; get_resolver().url_patterns;"
        f"print([name for name in {AI_LIBRARIES!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=clean_environment(tmp_path, DJANGO_SETTINGS_MODULE="meetmind.settings"),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


@pytest.fixture
def database_url() -> Iterator[str]:
    """An empty database on the private server, for a process that migrates it itself."""
    server = os.environ["DATABASE_URL"]
    name = f"serve_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_with_both_servers_jobs_have_processes_of_their_own_that_end_with_it(
    tmp_path: Path, database_url: str, redis_url: str
) -> None:
    server = start_serving(
        tmp_path,
        DATABASE_URL=database_url,
        REDIS_URL=redis_url,
        SECRET_KEY="a" * 50,
        LINK_KEY="b" * 50,
    )
    try:
        server.wait_until_up()
        with urllib.request.urlopen(f"{server.address}/readyz", timeout=30) as response:
            assert json.load(response)["broker"] == "ok"
        children = _children_of(server.process.pid)
        assert len(children) == 2, server.output
        assert "First sign-in" in server.output
    finally:
        code = server.stop()
    assert code == 0, server.output
    assert not [child for child in children if Path(f"/proc/{child}").exists()]


def _children_of(pid: int) -> list[int]:
    children = []
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):  # it ended while we looked
            if f"\nPPid:\t{pid}\n" in status.read_text():
                children.append(int(status.parent.name))
    return children
