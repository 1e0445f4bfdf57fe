"""A member's own words in the conversation, until the room has them."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.pages.fake_room import SERVER, FakeRoom
from tests.pages.scripts import CONNECT, a_page, stop_clock

pytestmark = pytest.mark.browser
SHOW = """async () => {
  document.body.innerHTML = `<ol id="transcript" tabindex="0"></ol><p id="nothing-yet"></p><p id="live-region"></p><form id="say">
    <select id="speaker"><option value="">Ines</option><option value="candidate">Cem</option></select>
    <textarea id="words"></textarea></form>`;
  const { LiveTranscript } = await import("/static/js/lib/live_transcript.js");
  const { OwnWords } = await import("/static/js/lib/own_words.js");
  const { SayForm } = await import("/static/js/lib/say_form.js");
  const { socket, outbox, words } = window;
  const transcript = new LiveTranscript();
  const whose = ({ speaker }) => ({ speaker: speaker ?? "interviewer", name: speaker ? "Cem" : "Ines" });
  const room = { socket, outbox, words, clock: { elapsed: () => 0 } };
  const form = new SayForm({ on: { say: (text, extra) => window.own.say(text, { source: "typed", extra }) } });
  window.own = new OwnWords({ room, transcript, whose, takeBack: (message) => form.takeBack(message) });
  socket.addEventListener("event", ({ detail }) => transcript.stored({ started_ms: 0, ...detail }, ""));
}"""
SAY = "(id) => window.words.send(id, [new Int16Array(1600)])"
WRITE = "(text) => window.own.say(text, { source: 'typed' })"
KEPT = "Kept on this device, and sent when the connection is back."


def in_the_conversation(page: Page, *, acknowledges: bool = True) -> FakeRoom:
    stop_clock(page)
    room = FakeRoom(page, acknowledges=acknowledges)
    page.evaluate(CONNECT)
    page.evaluate(SHOW)
    room.until(lambda: page.evaluate("window.socket.isOpen"))
    return room


def test_speech_that_failed_is_tried_again_or_left_out(browser: Browser, address: str) -> None:
    with a_page(browser, address) as page:
        room = in_the_conversation(page)
        row = page.locator("#transcript li")
        page.evaluate(SAY, "s")
        expect(row).to_contain_text("Writing down what was said…")
        for times in (1, 2):
            room.until(lambda times=times: len(room.of("audio.end")) == times)  # type: ignore[misc]
            room.send({"type": "error", "code": "no_speech", "message": "No.", "seg_id": "s"})
            expect(row).to_contain_text("The sound is kept on this device.")
            if times == 1:
                page.clock.run_for(500)
                expect(page.locator("#live-region")).to_contain_text("The sound is kept")
                page.get_by_role("button", name="Try again").press("Enter")
                expect(row).to_contain_text("Writing down what was said…")
                expect(page.locator("#transcript")).to_be_focused()
        page.get_by_role("button", name="Leave it out").click()
        expect(row).to_have_count(0)
        assert not page.evaluate("window.words.has('s')")
        page.reload()
        page.evaluate(CONNECT)
        page.evaluate(SHOW)
        expect(row).to_have_count(0)


def test_what_cannot_be_sent_now_says_where_it_is_kept(browser: Browser, address: str) -> None:
    with a_page(browser, address, SERVER) as page:
        room = in_the_conversation(page, acknowledges=False)
        room.sockets[-1].close(code=1012)
        room.until(lambda: not page.evaluate("window.socket.isOpen"))
        page.evaluate(WRITE, "What did you build?")
        page.evaluate(SAY, "s")
        written, spoken = page.locator("#transcript li").all()
        expect(written).to_contain_text("What did you build?")
        expect(written).to_contain_text(KEPT)
        expect(spoken).to_contain_text(KEPT)
        page.evaluate("window.answer = 200")
        page.clock.run_for(4_000)
        room.until(lambda: room.of("segment.final"))
        expect(written).to_contain_text("sending…")
        expect(spoken).to_contain_text("Writing down what was said…")
        seg_id = room.of("segment.final")[0]["seg_id"]
        told = {"speaker": "interviewer", "name": "Ines", "text": "What did you build?"}
        room.event("segment.final", seg_id=seg_id, **told)
        expect(page.locator("#transcript li:not(.is-interim)")).to_have_count(1)
        room.sockets[-1].close(code=1012)  # before its acknowledgement came
        room.until(lambda: not page.evaluate("window.socket.isOpen"))
        expect(spoken).to_contain_text(KEPT)
        expect(page.get_by_text("What did you build?")).to_have_count(1)


def test_written_words_that_are_refused_stand_in_the_form_again_or_where_they_were(
    browser: Browser, address: str
) -> None:
    def refuse(number: int) -> None:
        room.until(lambda: len(room.of("segment.final")) == number)
        room.send({"type": "error", "code": "not_now", "message": "No.", "client_seq": number})

    with a_page(browser, address) as page:
        room = in_the_conversation(page, acknowledges=False)
        row, field, speaker = (
            page.locator(what) for what in ("#transcript li", "#words", "#speaker")
        )
        speaker.select_option("candidate")
        field.fill("We built a mill.")
        field.press("Control+Enter")
        expect(row).to_contain_text("Cem")
        speaker.select_option("")
        refuse(1)
        expect(row).to_have_count(0)
        expect(field).to_have_value("We built a mill.")
        expect(speaker).to_have_value("candidate")
        field.press("Control+Enter")
        field.fill("And then?")
        refuse(2)
        expect(row).to_contain_text("Not sent: No.")
        expect(field).to_have_value("And then?")
        page.get_by_role("button", name="Try again").click()
        room.until(lambda: len(room.of("segment.final")) == 3)
        assert {frame["speaker"] for frame in room.of("segment.final")} == {"candidate"}
        refuse(3)
        page.get_by_role("button", name="Leave it out").click()
        expect(row).to_have_count(0)


def test_words_that_somebody_else_took_the_id_of_are_said_again_under_another(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address) as page:
        room = in_the_conversation(page, acknowledges=False)
        page.evaluate("(text) => window.own.say(text, { segId: 's', source: 'browser' })", "And?")
        page.locator("#words").fill("What else?")
        room.until(lambda: room.of("segment.final"))
        room.event("segment.final", seg_id="s", speaker="candidate", name="Cem", text="A mill.")
        room.send({"type": "error", "code": "seg_id_taken", "message": "No.", "client_seq": 1})
        room.until(lambda: len(room.of("segment.final")) == 2)
        first, second = room.of("segment.final")
        assert (first["text"], first["source"]) == (second["text"], second["source"])
        expect(page.locator(".transcript-text")).to_have_text(["A mill.", "And?"])
        expect(page.locator("#words")).to_have_value("What else?")
