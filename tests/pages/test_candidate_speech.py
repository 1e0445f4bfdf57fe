"""The candidate speaks: what is sent, when a silence ends the answer, and what goes wrong with a microphone."""

import pytest
from playwright.sync_api import Browser, expect

from tests.pages.candidate import (
    begin_to_speak,
    in_the_room,
    kept,
    say_something,
    speak,
    turn_microphone_on,
)
from tests.pages.fake_room import MICROPHONE, NO_RECOGNITION, RECOGNITION

pytestmark = pytest.mark.browser


def test_the_last_sentence_belongs_to_the_answer_that_is_done(
    browser: Browser, address: str
) -> None:
    with in_the_room(browser, address) as room:
        begin_to_speak(room)
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
        name = room.page.locator("#chat .bubble-candidate .bubble-name")
        renamed = [{"role": "candidate", "name": "Cem Yılmaz"}]
        room.send({"type": "presence", "people": renamed})
        speak(room.page, is_loud=False)
        expect(room.page.locator("#chat .is-pending .bubble-text")).to_have_text("We built a")
        expect(name).to_have_text("Cem Yılmaz")
        room.until(lambda: room.of("audio.end"))
        room.words(seg_id, "We built a mill.")
        expect(name).to_have_text("Cem Candidate")
        expect(room.page.get_by_text("We built a mill.")).to_be_visible()
        expect(room.page.get_by_text("We built a", exact=True)).to_have_count(0)


def test_a_silence_ends_a_spoken_answer_once_its_words_are_there(
    browser: Browser, address: str
) -> None:
    with in_the_room(browser, address) as room:
        room.page.clock.install()
        seg_id = say_something(room)
        room.page.clock.run_for(3_000)  # longer than the silence: but nobody knows the words yet
        assert kept(room.page) == 1, "the sound alone"
        assert room.of("turn.finished") == []
        room.words(seg_id, "We built a mill.")
        room.until(lambda: room.of("turn.finished"))


def test_time_to_think_ends_with_the_next_word_and_not_before(
    browser: Browser, address: str
) -> None:
    with in_the_room(browser, address) as room:
        room.page.clock.install()
        seg_id = say_something(room)
        think = room.page.get_by_role("button", name="Let me think")
        think.click()
        expect(room.page.get_by_role("button", name="Thinking: no hurry")).to_be_visible()
        room.words(seg_id, "We built a mill.")
        room.page.clock.run_for(3_500)  # longer than any silence that ends an answer
        assert kept(room.page) == 0
        assert room.of("turn.finished") == []
        assert any(frame["seg_id"] == "thinking" for frame in room.of("segment.interim"))
        room.page.get_by_label("Your answer").press_sequentially("And")
        expect(think).to_be_visible()


def test_sound_that_could_not_be_written_down_is_tried_again_or_typed(
    browser: Browser, address: str
) -> None:
    with in_the_room(browser, address) as room:
        page = room.page
        seg_id = say_something(room)
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
        seg_id, size = say_something(room), sum(map(len, room.sounds))
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


def test_a_microphone_lost_in_mid_sentence_keeps_what_was_said(
    browser: Browser, address: str
) -> None:
    with in_the_room(browser, address) as room:
        begin_to_speak(room)
        room.page.evaluate("window.unplug()")
        expect(room.page.get_by_role("alert")).to_contain_text("The microphone was lost")
        expect(room.page.get_by_role("button", name="Speak", exact=True)).to_be_visible()
        room.until(lambda: room.of("audio.end"))


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
