"""The processes of the demo: a MeetMind with data of its own, and made-up AI providers that fail on purpose."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from meetmind.demo.candidate import DemoFailed

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90.0  # a small machine that does other things as well


@dataclass(frozen=True, slots=True)
class DemoServer:
    """A running MeetMind, what its demo holds, and where the providers are told what to do."""

    url: str
    seeded: dict[str, Any]
    providers: str
    folder: Path

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """One call to the public API in the recruiter's name. Raises DemoFailed."""
        headers = {"Authorization": f"Bearer {self.seeded['members'][0]['token']}"}
        return _json(f"{self.url}/api/v1{path}", method=method, body=body, headers=headers)

    def command_providers(self, **order: object) -> Any:
        return _json(f"{self.providers}/control", method="POST", body=order, headers={})


@contextmanager
def running_server(folder: Path) -> Iterator[DemoServer]:
    """Starts everything on free ports, in a new folder; stops it again at the end."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with ExitStack() as stack:
        log = stack.enter_context((folder / "demo.log").open("wb"))
        providers = stack.enter_context(_providers(log))
        port = _free_port()
        environment = _environment(folder, port, providers)
        url = f"http://127.0.0.1:{port}"
        process = stack.enter_context(_process(["manage.py", "serve"], log, environment))
        _wait(url, process, folder / "demo.log")
        seeded = json.loads((folder / "demo.json").read_text(encoding="utf-8"))
        yield DemoServer(url, seeded, providers, folder)


@contextmanager
def _providers(log: IO[bytes]) -> Iterator[str]:
    """The providers that the tests use as well: they compose their replies from what they are asked."""
    command = ["-m", "tests.fake_providers", "--chunk-delay", "0.02"]
    with _process(command, log, dict(os.environ), reads=True) as process:
        assert process.stdout is not None
        first_line = process.stdout.readline()
        if not first_line.strip():
            raise DemoFailed("the made-up providers did not start")
        yield f"http://127.0.0.1:{int(first_line)}"


@contextmanager
def _process(
    arguments: list[str], log: IO[bytes], environment: dict[str, str], *, reads: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE if reads else log,
        stderr=log,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _environment(folder: Path, port: int, providers: str) -> dict[str, str]:
    """This machine's environment, but not its database, broker, mail server or keys."""
    foreign = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "PUBLIC_URL", "SECRET_KEY", "LINK_KEY")
    own = {
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "GEMINI_API_KEY": "made-up",
        "GEMINI_BASE_URL": providers,
        "OPENROUTER_API_KEY": "made-up",
        "OPENROUTER_BASE_URL": f"{providers}/api/v1",
        "GROQ_API_KEY": "made-up",
        "GROQ_BASE_URL": providers,
    }
    return {key: value for key, value in os.environ.items() if key not in foreign} | own


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with (
            contextlib.suppress(urllib.error.URLError, OSError),
            urllib.request.urlopen(f"{url}/healthz", timeout=2),
        ):
            return
        time.sleep(0.1)
    raise DemoFailed(f"the server did not start:\n{log.read_text(errors='replace')[-2000:]}")


def _json(url: str, *, method: str, body: object, headers: dict[str, str]) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        url, data=data, method=method, headers={**headers, "Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refusal:
        raise DemoFailed(
            f"{method} {url} answered {refusal.code}: {refusal.read()[:500]!r}"
        ) from None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
