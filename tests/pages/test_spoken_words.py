"""Spoken sound on its way to becoming words."""

import pytest
from playwright.sync_api import Browser

from tests.pages.fake_room import SERVER, FakeRoom
from tests.pages.scripts import CONNECT, a_page, in_a_room, stop_clock

pytestmark = pytest.mark.browser
HOUR = 3_600

SAY = "(id) => window.words.send(id, [new Int16Array(1600)], { speaker: 'candidate' })"


def test_sound_goes_out_a_few_segments_at_a_time_with_its_speaker(
    browser: Browser, address: str
) -> None:
    with in_a_room(browser, address) as room:
        page = room.page
        for number in range(5):
            page.evaluate(SAY, f"s{number}")
        room.until(lambda: len(room.of("audio.end")) == 3)
        assert {frame["speaker"] for frame in room.of("audio.start")} == {"candidate"}
        room.words("s0", "Yes.")
        room.event("segment.empty", seg_id="s1", speaker="candidate")
        room.until(lambda: len(room.of("audio.end")) == 5)
        room.send({"type": "ack", "seg_id": "s2", "seq": 1, "duplicate": True})
        room.until(lambda: not page.evaluate("window.words.has('s2')"))  # as it is sent again


def test_sound_that_was_turned_away_for_now_comes_again(browser: Browser, address: str) -> None:
    with in_a_room(browser, address) as room:
        page = room.page
        page.evaluate(SAY, "s")
        room.until(lambda: room.of("audio.end"))
        room.send({"type": "error", "code": "busy", "message": "Soon.", "seg_id": "s"})
        room.until(lambda: len(room.of("audio.end")) == 2)
        assert page.evaluate("window.failed") == []


def test_sound_that_nobody_answers_for_is_given_back_to_its_speaker(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address) as page:
        stop_clock(page)
        room = FakeRoom(page)
        page.evaluate(CONNECT)
        page.clock.run_for(100)
        room.until(lambda: room.of("hello"))
        room.until(lambda: page.evaluate("window.socket.isOpen"))
        page.evaluate(SAY, "s")
        for times in (1, 2, 3):
            room.until(lambda times=times: len(room.of("audio.end")) == times)  # type: ignore[misc]
            room.send({"type": "pong", "t": 0, "last_seq": 0})  # the line is alive all the while
            page.clock.run_for(30_100)
        assert page.evaluate("window.failed") == ["s"]
        assert page.evaluate("window.words.has('s')")
        page.clock.run_for(4_100)
        room.until(lambda: len(room.of("audio.end")) == 4)  # by itself
        room.send({"type": "error", "code": "still_unheard", "message": "No.", "seg_id": "s"})
        room.until(lambda: page.evaluate("window.refused.length"))
        room.send({"type": "pong", "t": 0, "last_seq": 0})
        page.clock.run_for(20_100)
        room.until(lambda: len(room.of("audio.end")) == 5)
        room.words("s", "Yes.")
        room.until(lambda: not page.evaluate("window.words.has('s')"))
        assert page.evaluate("window.failed") == ["s"], "told once"


@pytest.mark.parametrize(
    ("role", "speaker", "other"),
    [("candidate", "candidate", "interviewer"), ("recruiter", "interviewer", "candidate")],
)
def test_words_are_known_by_their_speaker_whatever_their_name_was(
    browser: Browser, address: str, role: str, speaker: str, other: str
) -> None:
    with in_a_room(browser, address, role=role) as room:
        page = room.page
        page.evaluate("window.words.send('s', [new Int16Array(1600)])")
        room.event("segment.final", seg_id="s", text="Mine?", speaker=other, name="Somebody")
        room.until(lambda: page.evaluate("window.socket.lastSeq") == 1)
        assert page.evaluate("window.words.has('s')"), "somebody else used the same id"
        room.event("segment.final", seg_id="s", text="Yes.", speaker=speaker, name="As of old")
        room.until(lambda: not page.evaluate("window.words.has('s')"))


UTTER = """({ segId, frames, goesOn }) => {
  if (!goesOn) window.words.begin(segId);
  for (let i = 0; i < frames; i += 1) window.words.hear(segId, new Int16Array(1600));
}"""
END = "({ segId, frames }) => window.words.send(segId, Array(frames).fill(new Int16Array(1600)))"


def test_speech_goes_out_while_it_is_spoken_and_whole_where_something_came_between(
    browser: Browser, address: str
) -> None:
    def until_ended(count: int) -> int:
        """How much sound has come since it was asked last."""
        room.until(lambda: len(room.of("audio.end")) == count)
        size = sum(map(len, room.sounds))
        room.sounds.clear()
        return size

    with in_a_room(browser, address) as room:
        page = room.page
        page.evaluate(UTTER, {"segId": "s1", "frames": 15})
        room.until(lambda: room.sounds)
        assert (sum(map(len, room.sounds)), room.of("audio.end")) == (32_000, [])
        page.evaluate(END, {"segId": "s1", "frames": 15})
        assert until_ended(1) == 48_000

        page.evaluate(UTTER, {"segId": "s2", "frames": 10})
        page.evaluate(END, {"segId": "s3", "frames": 5})
        assert until_ended(2) == 32_000 + 16_000
        page.evaluate(END, {"segId": "s2", "frames": 12})
        assert until_ended(3) == 38_400

        for seg_id in ("s1", "s2"):
            room.words(seg_id, "Words.")
        page.evaluate(UTTER, {"segId": "s4", "frames": 10})
        room.until(lambda: room.sounds)
        room.sockets[-1].close(code=1012)
        room.until(lambda: len(room.of("audio.end")) == 4)
        room.sounds.clear()
        page.evaluate(UTTER, {"segId": "s4", "frames": 10, "goesOn": True})
        page.evaluate(END, {"segId": "s4", "frames": 20})
        assert until_ended(5) == 64_000
        ended = [frame["seg_id"] for frame in room.of("audio.end")]
        assert ended == ["s1", "s3", "s2", "s3", "s4"]
        first, again = (frame for frame in room.of("audio.end") if frame["seg_id"] == "s3")
        assert first["age_ms"] < again["age_ms"]


def test_speech_that_slept_with_its_machine_tells_its_age_also_after_a_reload(
    browser: Browser, address: str
) -> None:
    def age(count: int) -> int:
        room.until(lambda: len(room.of("audio.end")) == count)
        return int(room.of("audio.end")[-1]["age_ms"]) // (HOUR * 1000)

    with a_page(browser, address, SERVER) as page:
        stop_clock(page)
        room = FakeRoom(page)
        page.evaluate(CONNECT)
        room.until(lambda: page.evaluate("window.socket.isOpen"))
        page.evaluate("window.words.send('s', [new Int16Array(1600)])")
        assert age(1) == 0
        page.evaluate("window.answer = 200")
        room.sockets[-1].close(code=1012)
        room.until(lambda: not page.evaluate("window.socket.isOpen"))
        page.clock.set_system_time(8 * HOUR)  # and the page's own clock stood still
        page.clock.run_for(4_100)
        assert age(2) == 7
        room.send({"type": "error", "code": "seg_id_taken", "message": "No.", "seg_id": "s"})
        assert age(3) == 7
        page.reload()
        page.clock.set_system_time(50 * HOUR)
        page.evaluate(CONNECT)
        assert age(4) == 24, "the server takes no more"
