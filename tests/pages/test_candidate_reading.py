"""Questions are read aloud to the candidate, and the computer does not hear itself."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.pages.candidate import in_the_room, speak, turn_microphone_on
from tests.pages.fake_room import MICROPHONE, RECOGNITION, SYNTHESIS

pytestmark = pytest.mark.browser


def test_the_question_is_read_aloud_to_nobody_once_it_is_paused(
    browser: Browser, address: str
) -> None:
    with in_the_room(browser, address, edges=(MICROPHONE, SYNTHESIS)) as room:
        page = room.page
        turn_reading_on(page)
        room.ask("One sentence. And another one.", "q2")
        room.until(lambda: page.evaluate("window.spoken()") == ["One sentence."])
        expect(page.get_by_role("button", name="Stop reading", exact=True)).to_be_visible()
        page.evaluate("window.endUtterance()")
        room.until(lambda: len(page.evaluate("window.spoken()")) == 2)
        cancels = page.evaluate("window.cancels")
        room.event("state.changed", state="paused")
        room.until(lambda: room.of("question.heard"))
        assert page.evaluate("window.cancels") > cancels
        heard = room.of("question.heard")[0]
        assert (heard["msg_id"], heard["heard_chars"]) == ("q2", len("One sentence. "))
        expect(page.get_by_role("button", name="Stop reading", exact=True)).to_be_hidden()


def turn_reading_on(page: Page) -> None:
    page.locator("summary", has_text="More").click()
    page.get_by_role("button", name="Read the questions aloud").click()
    page.keyboard.press("Escape")


def test_a_question_read_to_its_end_is_not_told_of(browser: Browser, address: str) -> None:
    with in_the_room(browser, address, edges=(MICROPHONE, SYNTHESIS)) as room:
        turn_reading_on(room.page)
        room.ask("One sentence.", "q2")
        room.until(lambda: room.page.evaluate("window.spoken()") == ["One sentence."])
        room.page.evaluate("window.endUtterance()")
        expect(room.page.locator("#reading")).to_be_hidden()
        assert room.of("question.heard") == []


def test_the_computer_does_not_hear_itself(browser: Browser, address: str) -> None:
    with in_the_room(browser, address, edges=(MICROPHONE, SYNTHESIS)) as room:
        page = room.page
        turn_reading_on(page)
        turn_microphone_on(page)
        room.ask("One sentence.", "q2")
        room.until(lambda: page.evaluate("window.spoken()"))
        expect(page.get_by_text("Not listening while the question is read aloud")).to_be_visible()
        speak(page)
        page.wait_for_function("() => window.hummedFor() > 0.5")  # it would have begun a segment
        assert room.of("segment.interim") == []
        page.evaluate("window.endUtterance()")
        expect(page.get_by_text("Listening…")).to_be_visible()
        room.until(lambda: room.of("segment.interim"))


def test_with_headphones_a_voice_stops_the_reading(browser: Browser, address: str) -> None:
    with in_the_room(browser, address, edges=(MICROPHONE, SYNTHESIS)) as room:
        page = room.page
        turn_reading_on(page)
        page.locator("summary", has_text="More").click()
        page.get_by_role("button", name="I wear headphones").click()
        page.keyboard.press("Escape")
        turn_microphone_on(page)
        room.ask("One sentence.", "q2")
        room.until(lambda: page.evaluate("window.spoken()"))
        speak(page)
        room.until(lambda: room.of("question.heard"))
        expect(page.locator("#reading")).to_be_hidden()
        speak(page, is_loud=False)
        room.until(lambda: room.of("audio.end"))


def test_recognition_by_the_browser_rests_while_the_computer_speaks(
    browser: Browser, address: str
) -> None:
    edges = (MICROPHONE, RECOGNITION, SYNTHESIS)
    with in_the_room(browser, address, speech=False, edges=edges) as room:
        page = room.page
        expect(page.get_by_text("may send the sound to its maker")).to_be_visible()
        turn_reading_on(page)
        turn_microphone_on(page)
        page.evaluate("window.recognitions.at(-1).say('We built', false)")
        room.ask("One sentence.", "q2")
        room.until(lambda: not page.evaluate("window.recognitions.some((one) => one.runs)"))
        room.until(lambda: room.of("segment.final"))
        assert room.of("segment.final")[0]["text"] == "We built"
        page.evaluate("window.endUtterance()")
        room.until(lambda: page.evaluate("window.recognitions.at(-1).runs"))
