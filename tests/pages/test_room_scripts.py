"""The scripts of a room, each on its own, in a browser whose edges the test moves by hand."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import open_page
from tests.pages.fake_room import MICROPHONE, RECOGNITION, SYNTHESIS, FakeRoom

pytestmark = pytest.mark.browser


@contextmanager
def a_page(browser: Browser, address: str, *edges: str) -> Iterator[Page]:
    with open_page(browser, address) as page:
        for edge in edges:
            page.add_init_script(edge)
        page.goto("/scripts/")
        page.mouse.click(5, 5)  # a browser lets a page hear and speak once somebody touched it
        yield page


def stop_clock(page: Page) -> None:
    """From now on the page's time is the test's."""
    page.clock.install(time=0)
    page.clock.pause_at(1_000)


CONNECT = """async () => {
  const { Outbox } = await import("/static/js/lib/outbox.js");
  const { RoomSocket } = await import("/static/js/lib/room_socket.js");
  const { SpokenWords } = await import("/static/js/lib/spoken_words.js");
  const outbox = await Outbox.open("here");
  window.socket = new RoomSocket({ interview: "here", as: "candidate", outbox });
  window.words = await SpokenWords.open({ socket: window.socket, room: "here" });
  window.refused = [];
  window.socket.addEventListener("refused", ({ detail }) => window.refused.push(detail));
  window.failed = [];
  window.words.addEventListener("failed", ({ detail }) => window.failed.push(detail.seg_id));
  window.note = (text) => window.socket.send({ type: "note.add", text });
  window.size = () => outbox.size;
  window.socket.connect();
}"""


def notes(room: FakeRoom, socket: int) -> list[str]:
    return [frame["text"] for frame in room.of("note.add") if frame["socket"] == socket]


# The socket and what it keeps


def test_after_a_break_everything_goes_out_in_the_order_of_writing(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address) as page:
        room = FakeRoom(page, acknowledges=False)
        page.evaluate(CONNECT)
        room.until(lambda: room.of("hello"))
        page.evaluate("() => Promise.all([...Array(25).keys()].map((i) => window.note(`n${i}`)))")
        room.until(lambda: len(notes(room, 1)) == 25)
        room.sockets[-1].close(code=1012)
        room.until(lambda: notes(room, 2))
        page.evaluate("() => window.note('new')")  # while the old ones are still being sent again
        room.until(lambda: len(notes(room, 2)) == 26)
        assert notes(room, 2) == [*(f"n{i}" for i in range(25)), "new"]


def test_an_answer_takes_the_message_of_the_tab_that_it_answers(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address) as page:
        room = FakeRoom(page, acknowledges=False)
        page.evaluate(CONNECT)
        room.until(lambda: room.of("hello"))
        page.evaluate("() => window.note('of the earlier tab')")
        room.until(lambda: notes(room, 1))
        page.reload()
        page.evaluate(CONNECT)
        room.until(lambda: notes(room, 2))
        page.evaluate("() => window.note('of this tab')")
        room.until(lambda: len(notes(room, 2)) == 2)
        first, second = (frame for frame in room.of("note.add") if frame["socket"] == 2)
        assert first["client_seq"] == second["client_seq"] == 1
        assert first["client_id"] != second["client_id"]
        room.send({"type": "ack", "client_seq": 1, "seq": 1})
        room.until(lambda: page.evaluate("window.size()") == 1)
        room.send({"type": "error", "code": "not_now", "message": "Not now.", "client_seq": 1})
        room.until(lambda: page.evaluate("window.refused.length"))
        refused = page.evaluate("window.refused[0]")
        assert (refused["message"], refused["sent"]["text"]) == ("Not now.", "of this tab")
        assert page.evaluate("window.size()") == 0


def test_wiping_one_room_leaves_the_others_what_they_have_to_send(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address) as page:
        kept = page.evaluate(
            """async () => {
              const { Outbox } = await import("/static/js/lib/outbox.js");
              const { MESSAGES, RoomStore, SOUNDS, wipeRoom } = await import("/static/js/lib/room_store.js");
              for (const room of ["a", "a/member", "b"]) {
                const outbox = await Outbox.open(room);
                await outbox.add({ type: "note.add", client_id: "c", client_seq: 1, text: room });
                const sounds = await RoomStore.open(room, SOUNDS);
                await sounds.put({ seg_id: "s", samples: new Int16Array(8), extra: {}, at: Date.now() });
              }
              await wipeRoom("a");
              const count = async (room, kind) => (await (await RoomStore.open(room, kind)).all()).length;
              const rooms = ["a", "a/member", "b"];
              return Promise.all(rooms.map(async (room) => [await count(room, MESSAGES), await count(room, SOUNDS)]));
            }"""
        )
        assert kept == [[0, 0], [1, 1], [1, 1]]


def test_what_was_left_by_a_room_long_ago_is_forgotten(browser: Browser, address: str) -> None:
    with a_page(browser, address) as page:
        kept = page.evaluate(
            """async () => {
              const { RoomStore, SOUNDS } = await import("/static/js/lib/room_store.js");
              const old = await RoomStore.open("old", SOUNDS);
              await old.put({ seg_id: "s", samples: new Int16Array(8), extra: {}, at: Date.now() - 8 * 24 * 3600e3 });
              await (await RoomStore.open("new", SOUNDS)).all();
              return (await old.all()).length;
            }"""
        )
        assert kept == 0


# Spoken words on their way


SAY = "(id) => window.words.send(id, [new Int16Array(1600)], { speaker: 'candidate' })"


def test_sound_goes_out_a_few_segments_at_a_time_with_its_speaker(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address) as page:
        room = FakeRoom(page)
        page.evaluate(CONNECT)
        room.until(lambda: room.of("hello"))
        for number in range(5):
            page.evaluate(SAY, f"s{number}")
        room.until(lambda: len(room.of("audio.end")) == 3)
        assert {frame["speaker"] for frame in room.of("audio.start")} == {"candidate"}
        room.words("s0", "Yes.")
        room.event("segment.empty", seg_id="s1")
        room.until(lambda: len(room.of("audio.end")) == 5)


def test_sound_that_was_turned_away_for_now_comes_again(browser: Browser, address: str) -> None:
    with a_page(browser, address) as page:
        room = FakeRoom(page)
        page.evaluate(CONNECT)
        room.until(lambda: room.of("hello"))
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


# Cutting sound into segments


def test_a_voice_becomes_segments_with_its_first_sound_and_a_cough_is_not_sustained(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address) as page:
        told = page.evaluate(
            """async () => {
              const { SpeechSegments } = await import("/static/js/lib/speech_segments.js");
              const told = [];
              let id = 0;
              const segments = new SpeechSegments({ newId: () => `s${++id}`, on: {
                voice: (id) => told.push(`voice ${id}`),
                sustained: (id) => told.push(`sustained ${id}`),
                segment: (id, frames) => told.push(`${id} of ${frames.length}`),
              } });
              const push = (count, level) => { for (let i = 0; i < count; i += 1) segments.push(new Int16Array(1), level); };
              push(10, 0.001); push(1, 0.3); push(8, 0.001); // a cough
              push(5, 0.3); push(3, 0.001); push(5, 0.3); push(7, 0.001); // one sentence with a short pause
              push(4, 0.3); segments.flush(); // done in mid-word
              return told;
            }"""
        )
        assert told == [
            *("voice s1", "s1 of 11"),
            *("voice s2", "sustained s2", "sustained s2", "s2 of 21"),
            *("voice s3", "sustained s3", "s3 of 4"),
        ]


def test_a_long_answer_is_cut_without_a_gap_and_signalled_all_along(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address) as page:
        frames, voices = page.evaluate(
            """async () => {
              const { SpeechSegments } = await import("/static/js/lib/speech_segments.js");
              let frames = 0; let voices = 0;
              const segments = new SpeechSegments({ on: { voice: () => (voices += 1), segment: (_, all) => (frames += all.length) } });
              for (let i = 0; i < 650; i += 1) segments.push(new Int16Array(1), 0.3);
              segments.flush();
              return [frames, voices];
            }"""
        )
        assert frames == 650
        assert voices >= 650 // 30


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_sound_above_what_16_khz_can_hold_does_not_come_back_as_another_tone(
    browser: Browser, address: str, rate: int
) -> None:
    with a_page(browser, address) as page:
        loudness = page.evaluate(
            """async (rate) => {
              const { To16kHz } = await import("/static/js/lib/to_16khz.js");
              return [200, 1000, 6000, 9000, 12000].map((tone) => {
                const down = new To16kHz(rate);
                const out = [];
                for (let block = 0; block < rate / 128; block += 1) {
                  out.push(...down.push(Float32Array.from({ length: 128 }, (_, i) => Math.sin((2 * Math.PI * tone * (block * 128 + i)) / rate))));
                }
                const steady = out.slice(1000);
                return [Math.sqrt(2 * steady.reduce((sum, one) => sum + one * one, 0) / steady.length), out.length];
              });
            }""",
            rate,
        )
        kept, gone = [one for one, _ in loudness[:3]], [one for one, _ in loudness[3:]]
        assert kept == pytest.approx([1, 1, 1], abs=0.03)
        assert max(gone) < 0.01
        assert loudness[0][1] == pytest.approx(16_000, abs=50)


# The microphone


OPEN = """async () => {
  const { Microphone } = await import("/static/js/lib/microphone.js");
  window.heard = { frames: 0, lost: [], asleep: [] };
  window.microphone = new Microphone({ on: {
    frame: () => (window.heard.frames += 1),
    lost: (words) => window.heard.lost.push(words),
    asleep: (isAsleep) => window.heard.asleep.push(isAsleep),
  } });
  return window.microphone.open().catch((trouble) => trouble.message);
}"""


def test_trouble_with_the_microphone_is_told_in_words(browser: Browser, address: str) -> None:
    with a_page(browser, address, MICROPHONE) as page:
        for name, told in (
            ("NotAllowedError", "Allow it in the address bar"),
            ("NotFoundError", "No microphone was found"),
            ("NotReadableError", "Another program uses the microphone"),
        ):
            page.evaluate("(name) => { window.refuses = name; }", name)
            assert told in page.evaluate(OPEN)
            assert not page.evaluate("window.microphone.isOpen")


def test_a_microphone_that_falls_silent_is_noticed_and_woken(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address, MICROPHONE) as page:
        assert page.evaluate(OPEN) is True
        page.wait_for_function("() => window.heard.frames > 0")
        page.evaluate(
            """() => {
              const [track] = window.opened[0].getTracks();
              Object.defineProperty(track, "muted", { value: true, configurable: true });
              track.dispatchEvent(new Event("mute"));
              Object.defineProperty(track, "muted", { value: false });
              track.dispatchEvent(new Event("unmute"));
            }"""
        )
        assert page.evaluate("window.heard.asleep") == [True, False]


def test_a_microphone_closed_before_it_was_allowed_stays_closed(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address, MICROPHONE) as page:
        opened = page.evaluate(
            """async () => {
              const { Microphone } = await import("/static/js/lib/microphone.js");
              const microphone = new Microphone({ on: { frame: () => {}, lost: () => {} } });
              const opening = microphone.open();
              microphone.close();
              return opening;
            }"""
        )
        assert opened is False
        assert not page.evaluate("window.isOpen()")


def test_two_sources_of_sound_live_on_one_page(browser: Browser, address: str) -> None:
    with a_page(browser, address, MICROPHONE) as page:
        room = FakeRoom(page)
        page.evaluate(CONNECT)
        room.until(lambda: room.of("hello"))
        page.evaluate(
            """async () => {
              const { VoiceInput } = await import("/static/js/lib/voice_input.js");
              const { socket, words } = window;
              const on = { segment: () => {}, final: () => {}, problem: () => {} };
              const source = () => navigator.mediaDevices.getUserMedia();
              const tab = new VoiceInput({ socket, words, language: "en", on, source, extra: () => ({ speaker: "candidate" }) });
              const own = new VoiceInput({ socket, words, language: "en", on });
              for (const voice of [tab, own]) {
                voice.hasProvider = true;
                await voice.start();
                window.hum(true); // this one's
                await new Promise((resolve) => setTimeout(resolve, 800));
                window.hum(false);
              }
            }"""
        )
        room.until(lambda: len(room.of("audio.end")) == 2)
        assert [frame.get("speaker") for frame in room.of("audio.start")] == ["candidate", None]


# The browser's recognition


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


# Reading aloud


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


# The end of an answer


def test_an_unfinished_sentence_is_given_more_silence_and_slow_speakers_still_more(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address) as page:
        waits = page.evaluate(
            """async () => {
              const { silenceAfter } = await import("/static/js/lib/end_of_answer.js");
              return [silenceAfter("That is all.", 1), silenceAfter("And then we", 1), silenceAfter("", 1), silenceAfter("Done!”", 2)];
            }"""
        )
        assert waits == [2_000, 2_500, 2_500, 4_000]


# What members see


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
