"""The conversation as members see it while it is spoken."""

import pytest
from playwright.sync_api import Browser, expect

from tests.pages.scripts import a_page, stop_clock

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


WATCH = """async () => {
  document.body.innerHTML = '<ol id="transcript"></ol><p id="nothing-yet"></p>';
  const { LiveTranscript } = await import("/static/js/lib/live_transcript.js");
  window.room = new LiveTranscript();
  window.cem = (told) => ({ seg_id: "s", segId: "s", speaker: "candidate", name: "Cem", ...told });
}"""


def test_words_so_far_stay_while_somebody_speaks_on_and_until_they_are_stored(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address) as page:
        stop_clock(page)
        page.evaluate(WATCH)
        words = page.locator(".is-interim .transcript-text")
        for text, seen in (("", "is speaking…"), ("We built", "We built"), ("", "We built")):
            page.evaluate("(text) => window.room.interim(window.cem({ text }))", text)
            expect(words).to_have_text(seen)
            page.clock.run_for(6_000)
        page.evaluate("window.room.waiting(window.cem({ text: 'Writing it down…' }))")
        expect(words).to_have_text("We built")
        expect(page.get_by_text("Writing it down…")).to_be_visible()
        page.evaluate("window.room.waiting(window.cem({ text: 'It failed.' }))")
        expect(words).to_have_text("We built")
        expect(page.get_by_text("It failed.")).to_be_visible()
        page.evaluate("window.room.gone('s')")
        page.evaluate("window.room.interim(window.cem({ text: 'We built' }))")
        page.clock.run_for(10_500)
        expect(words).to_have_count(0)


def test_what_waits_for_its_words_shows_nobody_elses_and_stays_whatever_comes_under_its_id(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address) as page:
        page.evaluate(WATCH)
        page.evaluate("window.room.interim(window.cem({ name: 'As of old', text: 'Of' }))")
        for speaker, name in (("candidate", "Cem"), ("interviewer", "Rita")):
            told = {"speaker": speaker, "name": name, "text": f"Of {name}"}
            page.evaluate("(told) => window.room.interim(window.cem(told))", told)
        own = {"speaker": "interviewer", "name": "Ines", "text": "Writing it down…"}
        page.evaluate("(own) => window.room.waiting(window.cem(own))", own)
        words = page.locator(".is-interim .transcript-text")
        expect(words).to_have_text(["Of Cem", "Of Rita", "Writing it down…"])
        late = {**own, "text": "We built"}
        page.evaluate("(late) => window.room.interim(window.cem(late))", late)
        expect(words.last).to_have_text("Writing it down…")
        for call in (
            "room.interim(cem({ seg_id: 'fed', name: 'Candidate', text: 'It ran' }))",
            "room.waiting(cem({ segId: 'fed', isFed: true, text: 'Writing it down…' }))",
        ):
            page.evaluate(call)
        expect(words).to_have_text(["Of Cem", "Of Rita", "Writing it down…", "It ran"])


def test_a_moment_is_found_by_its_time_also_where_words_came_in_late(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address) as page:
        page.evaluate(WATCH)
        for seg_id, started_ms in (("a", 10_000), ("b", 90_000), ("c", 60_000)):
            told = {"seg_id": seg_id, "text": seg_id, "started_ms": started_ms}
            page.evaluate("(told) => window.room.stored(window.cem(told), '')", told)
        for ms, found in ((95_000, "b"), (70_000, "c"), (20_000, "a")):
            page.evaluate("(ms) => window.room.jumpToTime(ms)", ms)
            expect(page.locator(".is-current .transcript-text")).to_have_text(found)
