"""The live room in a browser: an answer that is spoken, and an interview that a person leads."""

import json
import math
import struct
import subprocess
import sys
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import DESK, PHONE, Faults, Scheme, audit, open_browser, open_page, overflow
from tests.cast import PASSWORD, QUESTIONS
from tests.journeys.providers import Providers, running_providers
from tests.stack import ROOT, OneProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
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


@pytest.fixture
def providers() -> Iterator[Providers]:
    with running_providers() as running:
        yield running


@pytest.fixture
def stack(tmp_path: Path, providers: Providers) -> Iterator[OneProcess]:
    started = OneProcess(tmp_path, settings=providers.settings())
    started.start()
    yield started
    started.stop()


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    """With a microphone into which somebody says two sentences."""
    speech = tmp_path / "speech.wav"
    write_speech(speech, (2, False), (2, True), (1.5, False), (1.5, True), (8, False))
    with open_browser(
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={speech}%noloop",
    ) as started:
        yield started


def open_room(stack: OneProcess, mode: str) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.open_rooms", "1", "waiting", mode],
        cwd=ROOT,
        env=stack.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    opened: dict[str, Any] = json.loads(done.stdout)
    return dict(opened["rooms"][0])


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


def test_what_is_said_is_written_down_and_the_interviewer_goes_on(
    stack: OneProcess, browser: Browser
) -> None:
    room, faults = open_room(stack, "ai_led"), Faults()
    with open_page(browser, stack.url) as page:
        faults.watch(page)
        enter(page, room)
        page.get_by_role("button", name="Start the interview").click()
        expect(page.locator("[data-action=repeat]:enabled")).to_be_visible()
        asked = page.locator("#chat .bubble-ai").count()
        page.get_by_role("button", name="Speak").click()
        said = page.locator("#chat .bubble-candidate:not(.is-pending) .bubble-text")
        expect(said).to_have_count(2, timeout=30_000)
        assert all("bytes of sound" in words for words in said.all_inner_texts())
        expect(page.locator("#chat .bubble-ai")).to_have_count(asked + 1, timeout=30_000)
    assert faults.words == []


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_a_person_leads_with_the_panel_beside(
    stack: OneProcess, browser: Browser, width: int, scheme: Scheme
) -> None:
    room, faults = open_room(stack, "assisted"), Faults()
    with (
        open_page(browser, stack.url) as cem,
        open_page(browser, stack.url, width=width, scheme=scheme, audited=True) as ines,
    ):
        enter(cem, room)
        sign_in(ines, "ines@acme.example")
        faults.watch(ines)
        ines.goto(f"/interviews/{room['id']}/room/")
        ines.get_by_role("button", name="Start").click()
        say(ines, f"So, {QUESTIONS[0].lower()}")
        expect(ines.locator("[data-question].step-done")).to_have_count(1)
        cem.get_by_label("Your answer").fill("Our billing. We lost a day of orders once.")
        cem.get_by_role("button", name="Send", exact=True).click()
        expect(ines.get_by_text("We lost a day of orders once.").first).to_be_visible()
        expect(ines.locator("#suggestion")).to_be_visible(timeout=30_000)
        say(ines, "Are you married?")
        expect(ines.locator("#warning")).to_be_visible()
        ines.get_by_role("textbox", name="Note").fill("Honest about the outage.")
        ines.get_by_role("button", name="Keep note").click()
        assert audit(ines) == []
        assert overflow(ines) <= 0
        ines.reload()
        expect(ines.get_by_text("Honest about the outage.")).to_be_visible()
        expect(ines.locator("[data-question].step-done")).to_have_count(1)
        assert cem.get_by_text("Honest about the outage.").count() == 0
    assert faults.words == []


def say(page: Page, words: str) -> None:
    page.get_by_label("What is said").fill(words)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#transcript").get_by_text(words)).to_be_visible()
