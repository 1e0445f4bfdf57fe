"""The candidate's room in a browser: the test is the server, the microphone and the voices."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import Faults, open_page
from tests.pages.fake_room import (
    MICROPHONE,
    NO_RECOGNITION,
    RECOGNITION,
    SERVER,
    SYNTHESIS,
    FakeRoom,
)

pytestmark = pytest.mark.browser


@contextmanager
def in_the_room(
    browser: Browser,
    address: str,
    *,
    speech: bool = True,
    edges: tuple[str, ...] = (MICROPHONE,),
    complaints: tuple[str, ...] = (),
) -> Iterator[FakeRoom]:
    faults = Faults()
    with open_page(browser, address) as page:
        faults.watch(page)
        for edge in edges:
            page.add_init_script(edge)
        room = FakeRoom(page, speech=speech)
        page.goto("/candidate/")
        expect(page.locator("#connection[data-state=open]")).to_be_visible()
        room.ask()
        expect(page.get_by_role("button", name="Repeat")).to_be_enabled()
        yield room
    assert faults.words == [*complaints]


def speak(page: Page, *, is_loud: bool = True) -> None:
    page.evaluate("(isLoud) => window.hum(isLoud)", is_loud)


def turn_microphone_on(page: Page) -> None:
    page.get_by_role("button", name="Speak", exact=True).click()
    expect(page.get_by_text("Listening…")).to_be_visible()


def test_the_last_sentence_belongs_to_the_answer_that_is_done(
    browser: Browser, address: str
) -> None:
    with in_the_room(browser, address) as room:
        turn_microphone_on(room.page)
        speak(room.page)
        room.until(lambda: room.of("segment.interim"))
        room.page.get_by_role("button", name="I'm done").click()
        room.until(lambda: room.of("turn.finished"))
        (sound,) = room.of("audio.end")
        assert room.of("turn.finished")[0]["seg_ids"] == [sound["seg_id"]]
        assert room.frames.index(sound) < room.frames.index(room.of("turn.finished")[0])
        assert sum(map(len, room.sounds)) > 0


def test_whoever_speaks_for_long_is_still_known_to_speak(browser: Browser, address: str) -> None:
    with in_the_room(browser, address) as room:
        turn_microphone_on(room.page)
        speak(room.page)
        room.until(lambda: len(room.of("segment.interim")) >= 3)
        assert len({frame["seg_id"] for frame in room.of("segment.interim")}) == 1
        assert room.sounds, "what is said is on its way before it ends"
        assert room.of("audio.end") == []
        seg_id = room.of("audio.start")[0]["seg_id"]
        words = {"text": "We built a", "speaker": "candidate", "name": "Cem Candidate"}
        room.send({"type": "segment.interim", "seg_id": seg_id, **words})
        expect(room.page.get_by_text("We built a")).to_be_visible()
        others = {"text": "And you?", "speaker": "interviewer", "name": "Ines"}
        room.send({"type": "segment.interim", "seg_id": seg_id, **others})
        speak(room.page, is_loud=False)
        expect(room.page.locator("#chat .is-pending .bubble-text")).to_have_text("We built a")
        room.until(lambda: room.of("audio.end"))
        room.words(seg_id, "We built a mill.")
        expect(room.page.get_by_text("We built a mill.")).to_be_visible()
        expect(room.page.get_by_text("We built a", exact=True)).to_have_count(0)


def test_a_silence_ends_a_spoken_answer_once_its_words_are_there(
    browser: Browser, address: str
) -> None:
    with in_the_room(browser, address) as room:
        turn_microphone_on(room.page)
        speak(room.page)
        room.until(lambda: room.of("segment.interim"))
        speak(room.page, is_loud=False)
        room.until(lambda: room.of("audio.end"))
        seg_id = room.of("audio.end")[0]["seg_id"]
        room.page.wait_for_timeout(3_000)  # longer than the silence: but nobody knows the words yet
        assert room.of("turn.finished") == []
        room.words(seg_id, "We built a mill.")
        room.until(lambda: room.of("turn.finished"))


def test_time_to_think_ends_with_the_next_word_and_not_before(
    browser: Browser, address: str
) -> None:
    with in_the_room(browser, address) as room:
        turn_microphone_on(room.page)
        speak(room.page)
        room.until(lambda: room.of("segment.interim"))
        speak(room.page, is_loud=False)
        room.until(lambda: room.of("audio.end"))
        think = room.page.get_by_role("button", name="Let me think")
        think.click()
        expect(room.page.get_by_role("button", name="Thinking: no hurry")).to_be_visible()
        room.words(room.of("audio.end")[0]["seg_id"], "We built a mill.")
        room.page.wait_for_timeout(3_500)  # longer than any silence that ends an answer
        assert room.of("turn.finished") == []
        assert any(frame["seg_id"] == "thinking" for frame in room.of("segment.interim"))
        room.page.get_by_label("Your answer").press_sequentially("And")
        expect(think).to_be_visible()


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


def test_sound_that_could_not_be_written_down_is_tried_again_or_typed(
    browser: Browser, address: str
) -> None:
    with in_the_room(browser, address) as room:
        page = room.page
        turn_microphone_on(page)
        speak(page)
        room.until(lambda: room.of("segment.interim"))
        speak(page, is_loud=False)
        room.until(lambda: room.of("audio.end"))
        seg_id = room.of("audio.end")[0]["seg_id"]
        room.event("segment.failed", seg_id=seg_id, speaker="candidate", name="Cem")
        page.get_by_role("button", name="Try again").click()
        room.until(lambda: len(room.of("audio.end")) == 2)
        assert room.of("audio.end")[1]["seg_id"] == seg_id
        room.send({"type": "error", "code": "no_speech", "message": "No.", "seg_id": seg_id})
        page.get_by_role("button", name="Type it instead").click()
        page.get_by_label("What you said").fill("We built a mill.")
        page.get_by_role("button", name="Save").click()
        room.until(lambda: room.of("segment.final"))
        sent = room.of("segment.final")[0]
        assert (sent["seg_id"], sent["source"]) == (seg_id, "typed")


def test_sound_survives_a_reload_until_its_words_are_stored(browser: Browser, address: str) -> None:
    with in_the_room(browser, address) as room:
        page = room.page
        turn_microphone_on(page)
        speak(page)
        room.until(lambda: room.of("segment.interim"))
        speak(page, is_loud=False)
        room.until(lambda: room.of("audio.end"))
        seg_id, size = room.of("audio.end")[0]["seg_id"], sum(map(len, room.sounds))
        room.sounds.clear()
        page.reload()
        room.until(lambda: len(room.of("audio.end")) == 2)
        assert room.of("audio.end")[1]["seg_id"] == seg_id
        room.until(lambda: sum(map(len, room.sounds)) == size)
        room.last_seq = 0
        room.words(seg_id, "We built a mill.")
        expect(page.locator("#chat .bubble-candidate:not(.is-pending)")).to_have_count(1)
        page.reload()
        expect(page.locator("#connection[data-state=open]")).to_be_visible()
        assert len(room.of("audio.end")) == 2


def test_a_pause_closes_the_microphone_and_says_so(browser: Browser, address: str) -> None:
    with in_the_room(browser, address) as room:
        page = room.page
        turn_microphone_on(page)
        room.event("state.changed", state="paused")
        expect(page.get_by_text("Your microphone is off until you go on.")).to_be_visible()
        assert not page.evaluate("window.isOpen()")
        page.get_by_role("button", name="Go on").click()
        room.event("state.changed", state="live")
        expect(page.get_by_text("Listening…")).to_be_visible()
        assert page.evaluate("window.isOpen()")


def test_a_microphone_that_opens_during_a_pause_closes_again(
    browser: Browser, address: str
) -> None:
    with in_the_room(browser, address, edges=(MICROPHONE, ASKS_FIRST)) as room:
        page = room.page
        page.get_by_role("button", name="Speak", exact=True).click()
        room.event("state.changed", state="paused")
        expect(page.get_by_text("The interview is paused", exact=True)).to_be_visible()
        page.evaluate("window.allow()")
        page.wait_for_function("() => window.opened.length === 1 && !window.isOpen()")


# The browser asks the person first, and waits.
ASKS_FIRST = """
const open = navigator.mediaDevices.getUserMedia;
const allowed = new Promise((resolve) => { window.allow = resolve; });
navigator.mediaDevices.getUserMedia = async () => { await allowed; return open(); };
"""


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
        room.page.get_by_label("Your answer").fill("We built a mill.")
        room.page.get_by_role("button", name="I'm done").click()
        room.until(lambda: room.of("turn.finished"))
        room.epoch, room.last_seq = "another", 0
        room.sockets[-1].close(code=1012)
        room.until(lambda: len(room.of("turn.finished")) == 2)
        expect(room.page.locator("#chat .is-pending")).to_contain_text("We built a mill.")


def test_a_microphone_lost_in_mid_sentence_keeps_what_was_said(
    browser: Browser, address: str
) -> None:
    with in_the_room(browser, address) as room:
        turn_microphone_on(room.page)
        speak(room.page)
        room.until(lambda: room.of("segment.interim"))
        room.page.evaluate("window.unplug()")
        expect(room.page.get_by_role("alert")).to_contain_text("The microphone was lost")
        expect(room.page.get_by_role("button", name="Speak", exact=True)).to_be_visible()
        room.until(lambda: room.of("audio.end"))


def test_a_refusal_is_seen_while_the_answer_field_is_hidden(browser: Browser, address: str) -> None:
    with in_the_room(browser, address) as room:
        room.event("state.changed", state="paused")
        room.send({"type": "error", "code": "not_now", "message": "The interview is paused."})
        expect(room.page.get_by_role("alert")).to_be_visible()
        expect(room.page.get_by_role("alert")).to_have_text("The interview is paused.")


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
        page.wait_for_timeout(1_000)  # time enough to open a segment, if it listened
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


def test_without_any_way_to_write_down_speech_one_types(browser: Browser, address: str) -> None:
    with in_the_room(browser, address, speech=False, edges=(MICROPHONE, NO_RECOGNITION)) as room:
        page = room.page
        page.get_by_role("button", name="Speak", exact=True).click()
        expect(page.get_by_role("alert")).to_have_text(
            "Speech cannot be written down here. Please type."
        )
        page.get_by_label("Your answer").fill("We built a mill.")
        page.get_by_role("button", name="I'm done").click()
        room.until(lambda: room.of("turn.finished"))


def test_falling_to_the_browsers_recognition_is_said_before_it_hears_anything(
    browser: Browser, address: str
) -> None:
    with in_the_room(browser, address, edges=(MICROPHONE, RECOGNITION)) as room:
        page = room.page
        expect(page.get_by_text("An AI provider writes down what you say.")).to_be_visible()
        turn_microphone_on(page)
        for times in (1, 2):
            speak(page)
            room.until(lambda: page.locator("meter").evaluate("(meter) => meter.value > 0.5"))
            speak(page, is_loud=False)
            room.until(lambda times=times: len(room.of("audio.end")) == times)  # type: ignore[misc]
            seg_id = room.of("audio.end")[-1]["seg_id"]
            room.event("segment.failed", seg_id=seg_id, speaker="candidate", name="Cem")
        expect(page.get_by_role("alert")).to_contain_text("it may send the sound to its maker")
        assert not page.evaluate("window.isOpen()")
        assert page.evaluate("window.recognitions.length") == 0
        expect(page.get_by_role("button", name="Try again")).to_have_count(2)
        page.get_by_role("button", name="Speak", exact=True).click()
        page.evaluate("window.recognitions.at(-1).say('We built a mill', true)")
        room.until(lambda: room.of("segment.final"))
        assert room.of("segment.final")[0]["source"] == "browser"


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
        turn_microphone_on(page)
        speak(page)
        room.until(lambda: room.of("segment.interim"))
        speak(page, is_loud=False)
        room.until(lambda: room.of("audio.end"))
        room.words(room.of("audio.end")[0]["seg_id"], "We built a mill.")
        room.event("state.changed", state="ended")
        expect(page.get_by_role("link", name="Finish")).to_be_visible()
        assert not page.evaluate("window.isOpen()")
        assert page.evaluate(KEPT) == 0


KEPT = """async () => {
  const { MESSAGES, RoomStore, SOUNDS } = await import("/static/js/lib/room_store.js");
  const { interview } = JSON.parse(document.getElementById("room").textContent);
  const stores = await Promise.all([MESSAGES, SOUNDS].map((kind) => RoomStore.open(interview, kind)));
  const kept = await Promise.all(stores.map((store) => store.all()));
  return kept.flat().length;
}"""
