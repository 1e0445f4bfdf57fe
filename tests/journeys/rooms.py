"""Rooms in a browser: how they are made, and how people come in."""

import json
import math
import struct
import subprocess
import sys
import wave
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.cast import PASSWORD
from tests.stack import ROOT, Stack

RATE = 48_000


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
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.open_rooms", "1", state, mode],
        cwd=ROOT,
        env=stack.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    opened: dict[str, Any] = json.loads(done.stdout)
    return opened


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
