"""Reading aloud by voices that may be late, break off, or stop at long sentences."""

import pytest
from playwright.sync_api import Browser

from tests.pages.fake_room import SYNTHESIS
from tests.pages.scripts import a_page, stop_clock

pytestmark = pytest.mark.browser


READ = """async (text) => {
  const { ReadAloud } = await import("/static/js/lib/read_aloud.js");
  window.cut = [];
  window.aloud = new ReadAloud({ language: "en", on: { change: () => {}, cut: (id, at) => window.cut.push([id, at]) } });
  window.aloud.isOn = true;
  window.aloud.say("q", text);
}"""


def test_a_voice_that_breaks_off_without_a_word_is_left_behind(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address, SYNTHESIS) as page:
        stop_clock(page)
        page.evaluate(READ, "First. Second.")
        page.wait_for_function("() => window.utterances.length === 1")
        page.evaluate(
            "window.utterances[0].dispatchEvent(Object.assign(new Event('boundary'), { charIndex: 3 }))"
        )
        page.clock.run_for(3_000 + 7 * 150 + 50)
        page.wait_for_function("() => window.utterances.length === 2")
        page.evaluate("window.endUtterance()")
        assert page.evaluate("window.cut") == [["q", 3]]
        assert not page.evaluate("window.aloud.isSpeaking")


def test_reading_waits_two_seconds_for_voices_and_no_longer(browser: Browser, address: str) -> None:
    with a_page(browser, address, "window.noVoice = true;", SYNTHESIS) as page:
        stop_clock(page)
        page.evaluate(READ, "First.")
        page.clock.run_for(1_900)
        assert page.evaluate("window.utterances.length") == 0
        page.clock.run_for(200)
        page.wait_for_function("() => window.utterances.length === 1")


def test_long_sentences_are_read_in_short_pieces_that_lose_nothing(
    browser: Browser, address: str
) -> None:
    text = "Tell me. " + "We had a mill, and it was old, " * 20 + "yes? " + "x" * 450 + "!"
    with a_page(browser, address) as page:
        pieces = page.evaluate(
            """async (text) => (await import("/static/js/lib/read_aloud.js")).piecesOf(text)""",
            text,
        )
        assert "".join(piece["text"] for piece in pieces) == text
        assert max(len(piece["text"]) for piece in pieces) <= 200
        assert all(text.startswith(piece["text"], piece["from"]) for piece in pieces)
