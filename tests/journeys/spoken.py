"""Interviews that are spoken: who says what into which microphone, and a MeetMind whose cable, server and Redis break."""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis
from playwright.sync_api import Page, expect

from tests.cable import Cable
from tests.faults.fragile_redis import FragileRedis
from tests.journeys.providers import Providers
from tests.stack import ManyProcesses
from tests.voices import Mouth, Voice, spoken, write_sound

# How long nobody reaches the server: long enough for two sentences; 20 in a full run.
OFFLINE_SECONDS = float(os.environ.get("OFFLINE_SECONDS", "8"))
HEARS_LATE = {"kind": "slow", "seconds": 20, "operation": "transcribe"}
CEM = Voice("en-us")
INES = Voice("en-gb+f3", 190)


@dataclass
class ServedOverRedis(ManyProcesses):
    """`manage.py serve` over PostgreSQL and a Redis of its own, with its workers: one kill takes it all."""

    redis_url: str = ""

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "REDIS_URL": self.redis_url}

    def start(self) -> None:
        self.make_database()
        self.start_web()

    def start_web(self) -> None:
        self.start_process("web", sys.executable, "manage.py", "serve")
        self.wait_until_served("web")

    def restart_after_kill(self) -> None:
        self.kill("web")
        self.start_web()

    def flush_redis(self) -> None:
        with redis.Redis.from_url(self.redis_url) as connection:
            connection.flushall()


@contextmanager
def served_over_redis(folder: Path, providers: Providers) -> Iterator[ServedOverRedis]:
    fragile = FragileRedis()
    fragile.start()
    stack = ServedOverRedis(folder, settings=providers.settings(), redis_url=fragile.url)
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()
        fragile.kill()


def teach(providers: Providers, folder: Path, voice: Voice, sentences: Sequence[str]) -> None:
    """Lets the providers hear once how each sentence sounds; nothing else tells them what was said."""
    learn = []
    for number, sentence in enumerate(sentences):
        sound = folder / f"{voice.name}-{number}.wav"
        write_sound(sound, spoken(voice, sentence))
        learn.append({"text": sentence, "sound": str(sound)})
    providers.control(learn=learn)


@contextmanager
def nobody_hears_yet(providers: Providers) -> Iterator[None]:
    """Speech that arrives meanwhile has no words for a while: time for something to break."""
    for name in ("gemini", "openrouter", "groq"):
        providers.control(provider=name, always=HEARS_LATE)
    yield
    for name in ("gemini", "openrouter", "groq"):
        providers.control(provider=name)


def speak(page: Page, mouth: Mouth, *sentences: str) -> None:
    """Opens the microphone and begins to say this."""
    be_heard_by([(page, mouth)], mouth.voice, *sentences)


def be_heard_by(microphones: Sequence[tuple[Page, Mouth]], voice: Voice, *sentences: str) -> None:
    """One person speaks, and all these microphones are near."""
    for page, mouth in microphones:
        stop = page.get_by_role("button", name="Stop speaking")
        if stop.is_visible():
            stop.click()
        mouth.will_say(*sentences, voice=voice)
    for page, _ in microphones:  # at once: what is heard much later was said twice
        page.get_by_role("button", name="Speak", exact=True).click()
    for page, _ in microphones:
        expect(page.get_by_role("button", name="Stop speaking")).to_be_visible()


@contextmanager
def offline(page: Page, cable: Cable) -> Iterator[None]:
    """The browser is told, its sockets break, and nothing new gets through."""
    until = time.monotonic() + OFFLINE_SECONDS
    page.context.set_offline(True)
    cable.pull()
    expect(page.locator("#connection[data-state=lost]")).to_be_visible()
    yield
    page.wait_for_timeout(max(0, until - time.monotonic()) * 1000)
    cable.plug_in()
    page.context.set_offline(False)


def transcript_in_report(page: Page, room: dict[str, str]) -> list[tuple[str, str]]:
    """Who said what, as the report shows it once its summary is written."""
    page.goto(f"/interviews/{room['id']}/report/")
    expect(page.locator("#summary .cite").first).to_be_visible(timeout=60_000)
    said: list[tuple[str, str]] = page.locator("#transcript-list .transcript-turn").evaluate_all(
        """(turns) => turns.map((turn) => [
          ["candidate", "interviewer", "ai"].find((who) => turn.classList.contains(`is-${who}`)),
          turn.querySelector(".transcript-text").textContent,
        ])"""
    )
    return [(who, words) for who, words in said]
