"""The live room in a browser: an answer that is spoken."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import Faults, open_browser, open_page
from tests.journeys.rooms import enter, waiting_room, write_speech
from tests.stack import OneProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


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


def test_what_is_said_is_written_down_and_the_interviewer_goes_on(
    stack_with_rooms: OneProcess, browser: Browser
) -> None:
    room, faults = waiting_room(stack_with_rooms, "ai_led"), Faults()
    with open_page(browser, stack_with_rooms.url) as page:
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
