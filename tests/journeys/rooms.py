"""Rooms in a browser: how they are made, and how people come in."""

import json
import math
import shutil
import struct
import subprocess
import sys
import wave
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.cast import PASSWORD
from tests.stack import ROOT, Stack
from tests.tables import made_once, tables_in_sqlite

RATE = 48_000
ROOMS = "rooms.json"


def write_speech(path: Path, *parts: tuple[float, bool]) -> None:
    """A recording of seconds of voice and seconds of silence."""
    samples: list[int] = []
    for seconds, is_voice in parts:
        for at in range(int(RATE * seconds)):
            loud = 12_000 * (0.6 + 0.4 * math.sin(at / 4000)) if is_voice else 10
            samples.append(int(loud * math.sin(2 * math.pi * 200 * at / RATE)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))


def open_room(stack: Stack, mode: str, state: str = "waiting") -> dict[str, str]:
    return dict(open_rooms(stack, mode, state)["rooms"][0])


def open_rooms(stack: Stack, mode: str = "ai_led", state: str = "waiting") -> dict[str, Any]:
    """A room that waits for its people, and Rita's token."""
    opened: dict[str, Any] = json.loads(_opened(stack.environment(), mode, state))
    return opened


def _opened(environment: dict[str, str], modes: str, state: str = "waiting") -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.open_rooms", "1", state, modes],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def data_with_rooms() -> Path:
    """A folder like DATA_DIR in which Acme's people have a room that waits, in each mode: see `waiting_room`."""

    def make(folder: Path) -> None:
        stack = Stack(folder)
        shutil.copytree(tables_in_sqlite(), folder / "data")
        (folder / "data" / ROOMS).write_text(_opened(stack.environment(), "ai_led,assisted"))

    return made_once("rooms", make) / "data"


def waiting_room(stack: Stack, mode: str) -> dict[str, str]:
    """The room of this mode in a stack that began with `data_with_rooms`."""
    made = json.loads((stack.folder / "data" / ROOMS).read_text())
    [room] = [room for room in made["rooms"] if room["mode"] == mode]
    path = urlsplit(room["link"])._replace(scheme="", netloc="").geturl()
    return {**room, "link": stack.url + path}


def enter(page: Page, room: dict[str, str]) -> None:
    """Past the link; the notice was agreed to before."""
    page.goto(room["link"])
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("#connection[data-state=open]")).to_be_visible()


def sign_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
