"""The conversation as members see it while it is spoken."""

import pytest
from playwright.sync_api import Browser

from tests.pages.scripts import a_page

pytestmark = pytest.mark.browser


ASKED_AND_HEARD = """async (heard) => {
  document.body.innerHTML = '<ol id="transcript"></ol><p id="nothing-yet"></p>';
  const { LiveTranscript } = await import("/static/js/lib/live_transcript.js");
  const transcript = new LiveTranscript();
  const text = "Please describe a system that you designed, and what went wrong with it.";
  transcript.questionAsked({ msg_id: "q", seg_id: "s", segment: 1, text, started_ms: 0 });
  transcript.readUntil({ seg_id: "s", heard_chars: heard === "" ? 0 : text.indexOf(heard) + heard.length });
}"""


@pytest.mark.parametrize(
    ("heard", "words"),
    [
        ("you designed", "read aloud up to “describe a system that you designed”, shown in full"),
        ("", "not read aloud, shown in full"),
    ],
)
def test_members_see_how_far_a_question_was_read_aloud(
    browser: Browser, address: str, heard: str, words: str
) -> None:
    with a_page(browser, address) as page:
        page.evaluate(ASKED_AND_HEARD, heard)
        assert page.locator(".transcript-speaker small").inner_text() == words
        assert "went wrong with it." in page.locator(".transcript-text").inner_text()
