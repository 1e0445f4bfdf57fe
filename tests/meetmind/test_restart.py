"""SIGTERM ends a server well: sockets are told to come back, requests under way are answered."""

import asyncio
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from http.client import HTTPException

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from meetmind.restart import Message, Receive, Restartable, Scope, Send
from tests.meetmind.echo_application import SLOW
from tests.served import ROOT
from tests.servers import free_port
from tests.simulated_time import SimulatedLoop, run_simulated

APPLICATION = "tests.meetmind.echo_application:application"


@pytest.fixture
def server() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Daphne's own command, as production runs it."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "daphne", f"--port={port}", "--verbosity=0", APPLICATION],
        cwd=ROOT,
    )
    try:
        _wait(port)
        yield process, port
    finally:
        process.kill()
        process.wait()


def _wait(port: int) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.02)
        else:
            return


def test_every_socket_is_told_to_come_back(server: tuple[subprocess.Popen[bytes], int]) -> None:
    process, port = server
    with ExitStack() as stack:
        sockets = [stack.enter_context(connect(f"ws://127.0.0.1:{port}/")) for _ in range(20)]
        for socket in sockets:
            socket.send("here")
            assert socket.recv(10) == "here"
        process.send_signal(signal.SIGTERM)
        for socket in sockets:
            with pytest.raises(ConnectionClosed) as closed:
                socket.recv(10)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1012
    assert process.wait(10) == 0


def test_a_request_under_way_is_answered(server: tuple[subprocess.Popen[bytes], int]) -> None:
    process, port = server
    answers: list[bytes] = []

    def ask() -> None:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/slow", timeout=10) as response:
            answers.append(response.read())

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(0.3)  # the request must be under way; how far does not matter
    process.send_signal(signal.SIGTERM)
    thread.join(10)
    assert answers == [b"done"]
    assert process.wait(10) == 0


def test_a_second_signal_does_not_wait(server: tuple[subprocess.Popen[bytes], int]) -> None:
    process, port = server
    thread = threading.Thread(target=_ask_and_lose, args=(port,))
    thread.start()
    time.sleep(0.3)  # the request must be under way; how far does not matter
    process.send_signal(signal.SIGTERM)
    time.sleep(0.1)  # two signals at the same instant are one
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert time.monotonic() - began < SLOW
    thread.join(10)


def _ask_and_lose(port: int) -> None:
    with suppress(OSError, HTTPException):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/endless", timeout=10).close()


def test_the_longest_way_down_is_shorter_than_supervisors_wait() -> None:
    unit = (ROOT / "deploy" / "systemd" / "meetmind-web.service").read_text()
    compose = (ROOT / "docker-compose.yml").read_text()
    limits = re.findall(r"TimeoutStopSec=(\d+)", unit) + re.findall(
        r"^  stop_grace_period: (\d+)s", compose, re.MULTILINE
    )
    assert len(limits) == 2
    loop = SimulatedLoop()
    application = Restartable(_never_answer)
    for hooks in (application.before_close, application.before_stop, application.at_last):
        hooks(_hang)
        hooks(_hang)  # two of a kind share the time

    async def wind_down() -> float:
        request = asyncio.create_task(application({"type": "http"}, _no_message, _nowhere))
        await asyncio.sleep(0)
        began = loop.time()
        await application.wind_down()
        request.cancel()
        return loop.time() - began

    assert run_simulated(wind_down(), loop) < min(map(int, limits))


async def _never_answer(scope: Scope, receive: Receive, send: Send) -> None:
    await _hang()


async def _hang() -> None:
    await asyncio.Event().wait()


async def _no_message() -> Message:
    raise AssertionError("nothing is asked")


async def _nowhere(message: Message) -> None:
    raise AssertionError("nothing is answered")
