"""The candidate's room: tabs, refusals, what is kept, and what stays when it is over."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import Faults, open_page
from tests.pages.candidate import in_the_room, kept, say_something, turn_microphone_on
from tests.pages.fake_room import MICROPHONE, RECOGNITION, SERVER, FakeRoom

pytestmark = pytest.mark.browser


def test_what_was_misheard_is_corrected_by_keyboard(browser: Browser, address: str) -> None:
    with in_the_room(browser, address) as room:
        page = room.page
        room.words("s1", "We built a meal.")
        page.get_by_role("button", name="Edit: We built a meal.").focus()
        page.keyboard.press("Enter")
        page.get_by_label("What you said").fill("We built a mill.")
        page.keyboard.press("Control+Enter")
        room.until(lambda: room.of("segment.correct"))
        assert room.of("segment.correct")[0]["text"] == "We built a mill."
        room.event("segment.corrected", seg_id="s1", text="We built a mill.")
        expect(page.get_by_text("Corrected. What was heard first is kept")).to_be_visible()
        expect(page.get_by_role("button", name="Edit: We built a mill.")).to_be_focused()


def test_a_tab_that_was_replaced_hears_nothing(browser: Browser, address: str) -> None:
    with in_the_room(browser, address) as room:
        turn_microphone_on(room.page)
        room.sockets[-1].close(code=4009)
        expect(room.page.get_by_text("its microphone is off")).to_be_visible()
        assert not room.page.evaluate("window.isOpen()")


def test_a_tab_that_was_replaced_stays_so_whatever_comes_late(
    browser: Browser, address: str
) -> None:
    with in_the_room(browser, address, edges=(MICROPHONE, WAKE_LOCK)) as room:
        page = room.page
        page.emulate_media(reduced_motion="no-preference")  # words come one by one
        room.ask("What did you build, with whom, and how did you know that it was good?", "q2")
        room.sockets[-1].close(code=4009)
        expect(page.get_by_text("its microphone is off")).to_be_visible()
        expect(page.locator(".bubble-ai.is-streaming")).to_have_count(0)  # the last word came
        expect(page.get_by_label("Your answer")).to_be_hidden()
        assert page.evaluate("window.locks") == 0
        page.get_by_role("button", name="Go on in this tab").click()
        expect(page.get_by_label("Your answer")).to_be_visible()


def test_what_was_written_goes_even_if_the_last_words_cannot_be_had(
    browser: Browser, address: str
) -> None:
    edges, complaints = (MICROPHONE, RECOGNITION), ("uncaught: not now",)
    with in_the_room(browser, address, speech=False, edges=edges, complaints=complaints) as room:
        page = room.page
        turn_microphone_on(page)
        page.evaluate(
            "() => { window.recognitions.at(-1).stop = () => { throw new Error('not now'); }; }"
        )
        page.get_by_label("Your answer").fill("We built a mill.")
        page.get_by_role("button", name="I'm done").click()
        room.until(lambda: room.of("turn.finished"))
        assert [frame["text"] for frame in room.of("segment.final")] == ["We built a mill."]


def test_a_turn_that_was_held_up_leaves_the_next_question_open(
    browser: Browser, address: str
) -> None:
    with in_the_room(browser, address) as room:
        room.ask("What was hard about it?", "q2")
        expect(room.page.locator("#chat")).to_contain_text("What was hard about it?")
        room.event("turn.finished", seg_ids=["held-up"], late=True)
        room.page.get_by_label("Your answer").fill("The gears.")
        room.page.get_by_role("button", name="I'm done").click()
        room.until(lambda: room.of("turn.finished"))
        assert [frame["text"] for frame in room.of("segment.final")] == ["The gears."]
        (turn,) = room.of("turn.finished")
        assert turn["seg_ids"] == [room.of("segment.final")[0]["seg_id"]]
        room.event("turn.finished", seg_ids=turn["seg_ids"], late=True)  # by the server's clock
        room.page.get_by_label("Your answer").fill("And the wheel.")
        room.page.get_by_role("button", name="I'm done").click()
        room.until(lambda: len(room.of("turn.finished")) == 2)


def test_an_answer_is_given_after_its_question_however_the_pages_clock_goes(
    browser: Browser, address: str
) -> None:
    with in_the_room(browser, address) as room:
        room.ask("What was hard about it?", "q2", at_ms=600_000)
        expect(room.page.locator("#chat")).to_contain_text("What was hard about it?")
        room.page.get_by_label("Your answer").fill("The gears.")
        room.page.get_by_role("button", name="I'm done").click()
        room.until(lambda: room.of("segment.final"))
        assert 600_000 <= room.of("segment.final")[0]["ended_ms"] < 660_000


@pytest.mark.parametrize("heard_first_by", ["this microphone", "a colleague's"])
def test_an_interviewers_words_that_this_microphone_heard_first_are_no_part_of_the_answer(
    browser: Browser, address: str, heard_first_by: str
) -> None:
    """Their own microphone brings them last, after this one or after a colleague's."""
    ines = {
        "speaker": "interviewer",
        "name": "Ines",
        "text": "How big was it?",
        "source": "provider",
    }
    told = {**ines, "seg_id": "i1", "twin": "echo", "is_kept": True}
    with in_the_room(browser, address) as room:
        if heard_first_by == "this microphone":
            room.words("echo", "How big was it?")
        else:
            room.event("segment.final", **{**ines, "seg_id": "echo"})
        room.words("answer", "Ten people worked on it.")
        room.event("segment.doubled", **told)
        room.page.get_by_role("button", name="I'm done").click()
        room.until(lambda: room.of("turn.finished"))
        assert room.of("turn.finished")[0]["seg_ids"] == ["answer"]


def test_what_is_too_long_to_send_stays_and_is_not_called_empty(
    browser: Browser, address: str
) -> None:
    with in_the_room(browser, address) as room:
        page, too_long = room.page, "x" * (16 * 1024 + 1)
        page.get_by_label("Your answer").fill(too_long)
        page.locator("summary", has_text="More").click()
        page.get_by_role("button", name="Send this part").click()
        expect(page.get_by_role("alert")).to_contain_text("too long to send at once")
        expect(page.get_by_label("Your answer")).to_have_value(too_long)


def test_an_answer_that_cannot_be_sent_now_says_where_it_is_kept(
    browser: Browser, address: str
) -> None:
    with in_the_room(browser, address, edges=(MICROPHONE, SERVER)) as room:
        page, bubble = room.page, room.page.locator("#chat .is-pending")
        page.evaluate("Math.random = () => 0")  # it tries without a pause
        room.sockets[-1].close(code=1012)
        expect(page.get_by_text("Reconnecting… your words are kept")).to_be_visible()
        page.get_by_label("Your answer").fill("We built a mill.")
        page.get_by_role("button", name="I'm done").click()
        expect(bubble).to_contain_text("We built a mill.")
        expect(bubble).to_contain_text("Kept on this device, and sent when the connection is back.")
        page.evaluate("window.answer = 200")
        room.until(lambda: room.of("segment.final"))
        expect(bubble).to_contain_text("Sending…")
        room.words(room.of("segment.final")[0]["seg_id"], "We built a mill.")
        expect(bubble).to_have_count(0)


def test_what_is_not_sent_yet_stands_there_although_the_room_is_told_anew(
    browser: Browser, address: str
) -> None:
    with in_the_room(browser, address) as room:
        room.acknowledges = False
        people = [
            {"role": "candidate", "name": "Cem Yılmaz"},
            {"role": "recruiter", "name": "Rita"},
        ]
        room.send({"type": "presence", "people": people})
        expect(room.page.get_by_text("Here with you: Rita")).to_be_visible()
        room.page.get_by_label("Your answer").fill("We built a mill.")
        room.page.get_by_role("button", name="I'm done").click()
        room.until(lambda: room.of("turn.finished"))
        room.epoch, room.last_seq = "another", 0
        room.sockets[-1].close(code=1012)
        room.until(lambda: len(room.of("turn.finished")) == 2)
        expect(room.page.locator("#chat .is-pending")).to_contain_text("We built a mill.")
        expect(room.page.locator("#chat .is-pending .bubble-name")).to_contain_text("Cem Yılmaz")


def test_a_refusal_is_seen_while_the_answer_field_is_hidden(browser: Browser, address: str) -> None:
    with in_the_room(browser, address) as room:
        room.event("state.changed", state="paused")
        room.send({"type": "error", "code": "not_now", "message": "The interview is paused."})
        expect(room.page.get_by_role("alert")).to_be_visible()
        expect(room.page.get_by_role("alert")).to_have_text("The interview is paused.")


def test_what_was_said_before_the_page_was_opened_is_not_announced_again(
    browser: Browser, address: str
) -> None:
    with in_the_room(browser, address) as room:
        page = room.page
        page.reload()
        expect(page.locator("#connection[data-state=open]")).to_be_visible()
        room.until(lambda: len(room.of("hello")) == 2)
        last, room.last_seq = room.last_seq, 0
        assert last == 1
        room.ask("What did you build?")
        expect(page.locator("#chat").get_by_text("What did you build?")).to_be_visible()
        room.ask("And then?", "q2")
        expect(page.locator("#live-region")).to_have_text("AI interviewer: And then?")


def test_the_screen_stays_on_while_the_interview_runs(browser: Browser, address: str) -> None:
    with in_the_room(browser, address, edges=(MICROPHONE, WAKE_LOCK)) as room:
        room.until(lambda: room.page.evaluate("window.locks") == 1)
        room.event("state.changed", state="paused")
        room.until(lambda: room.page.evaluate("window.locks") == 0)


WAKE_LOCK = """
window.locks = 0;
Object.defineProperty(navigator, "wakeLock", { value: { request: async () => {
  window.locks += 1;
  const lock = new EventTarget();
  lock.release = async () => { window.locks -= 1; lock.dispatchEvent(new Event("release")); };
  return lock;
} } });
"""


def test_whoever_would_rather_write_is_offered_no_microphone(
    browser: Browser, address: str
) -> None:
    faults = Faults()
    with open_page(browser, address) as page:
        faults.watch(page)
        room = FakeRoom(page)
        page.goto("/candidate/?text")
        expect(page.locator("#connection[data-state=open]")).to_be_visible()
        room.ask()
        expect(page.get_by_role("button", name="Repeat")).to_be_enabled()
        expect(page.get_by_role("button", name="Speak", exact=True)).to_have_count(0)
        page.get_by_label("Your answer").fill("We built a mill.")
        page.keyboard.press("Control+Enter")
        room.until(lambda: room.of("turn.finished"))
    assert faults.words == []


def test_nothing_of_the_interview_stays_when_it_is_over(browser: Browser, address: str) -> None:
    with in_the_room(browser, address) as room:
        page = room.page
        room.words(say_something(room), "We built a mill.")
        room.event("state.changed", state="ended")
        expect(page.get_by_role("link", name="Finish")).to_be_visible()
        assert not page.evaluate("window.isOpen()")
        assert kept(page) == 0
