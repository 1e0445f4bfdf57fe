"""The browser's own speech recognition, which stops, fails and comes back as it likes."""

import pytest
from playwright.sync_api import Browser

from tests.pages.fake_room import RECOGNITION
from tests.pages.scripts import a_page, stop_clock

pytestmark = pytest.mark.browser


RECOGNISE = """async () => {
  const { BrowserRecognition } = await import("/static/js/lib/browser_recognition.js");
  window.told = [];
  window.recognition = new BrowserRecognition({ language: "en", on: {
    voice: () => {},
    interim: (_, text) => window.told.push(["interim", text]),
    final: (_, text) => window.told.push(["final", text]),
    failed: (words) => window.told.push(["failed", words]),
  } });
  window.recognition.open();
}"""


def test_recognition_that_stops_by_itself_starts_again_later_and_later(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address, RECOGNITION) as page:
        stop_clock(page)
        page.evaluate(RECOGNISE)
        for number, pause in enumerate((100, 300, 1_000, 3_000, 3_000), start=1):
            page.evaluate("window.recognitions.at(-1).end()")
            page.clock.run_for(pause - 20)
            assert page.evaluate("window.recognitions.length") == number
            page.clock.run_for(40)
            assert page.evaluate("window.recognitions.length") == number + 1
        page.evaluate("window.recognitions.at(-1).say('hello', true)")
        page.evaluate("window.recognitions.at(-1).end()")
        page.clock.run_for(120)
        assert page.evaluate("window.recognitions.length") == 7


def test_words_that_recognition_did_not_settle_are_kept(browser: Browser, address: str) -> None:
    with a_page(browser, address, RECOGNITION) as page:
        page.evaluate(RECOGNISE)
        page.evaluate("window.recognitions.at(-1).say('we built a', false)")
        page.evaluate("() => window.recognition.finish()")
        assert page.evaluate("window.told") == [["interim", "we built a"], ["final", "we built a"]]


def test_recognition_that_never_hears_a_word_gives_up_in_words(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address, RECOGNITION) as page:
        stop_clock(page)
        page.evaluate(RECOGNISE)
        page.evaluate("window.recognitions.at(-1).dispatchEvent(new Event('speechstart'))")
        page.clock.run_for(8_100)
        assert [kind for kind, _ in page.evaluate("window.told")] == ["failed"]
        assert page.evaluate("[window.recognition.isOpen, window.recognition.hasFailed]") == [
            False,
            True,
        ]


def test_one_lost_network_does_not_end_recognition_that_has_worked(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address, RECOGNITION) as page:
        page.evaluate(RECOGNISE)
        page.evaluate("window.recognitions.at(-1).say('hello', true)")
        page.evaluate("window.recognitions.at(-1).fail('network')")
        page.wait_for_function("() => window.recognitions.length === 2")
        assert page.evaluate("window.told") == [["final", "hello"]]
        page.evaluate("window.recognitions.at(-1).fail('not-allowed')")
        assert "Allow it in the address bar" in page.evaluate("window.told.at(-1)[1]")
