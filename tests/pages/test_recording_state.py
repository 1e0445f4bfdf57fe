"""What members see of the recording: what the candidate answered, and whether sound has come."""

import pytest
from playwright.sync_api import Browser, expect

from tests.pages.scripts import a_page

pytestmark = pytest.mark.browser
SHOW = """async () => {
  document.body.innerHTML = '<p id="recording" hidden><span></span></p>';
  const { RecordingState } = await import("/static/js/lib/recording_state.js");
  window.recording = new RecordingState();
  window.recording.follow("live");
}"""
YES, NO = "{ answer: 'given', recording: true }", "{ answer: 'given', recording: false }"
TOLD = (
    (f"answered({YES})", "Recording agreed"),
    ("begun()", "Recording"),
    ("follow('paused')", "Recording agreed"),
    ("follow('live')", "Recording agreed"),  # until the next sound
    ("begun()", "Recording"),
    (f"answered({NO})", "No recording"),
    (f"answered({YES})", "Recording agreed"),
    ("answered({ answer: 'given' })", "No recording"),  # it was not asked for
    ("answered({ answer: 'withdrawn', recording: true })", "No recording"),
)


def test_the_recording_is_told_in_words_from_the_answer_to_the_end(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address) as page:
        page.evaluate(SHOW)
        place = page.locator("#recording")
        expect(place).to_be_hidden()  # nobody has answered
        for told, words in TOLD:
            page.evaluate(f"window.recording.{told}")
            expect(place).to_have_text(words)
            expect(place).to_be_visible()
        page.evaluate("window.recording.follow('ended')")
        expect(place).to_be_hidden()
