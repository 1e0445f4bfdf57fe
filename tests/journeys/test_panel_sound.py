"""Where a leading member's speech comes from, in a browser: the meeting's tab, one microphone for all, one each."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import Faults, open_browser, open_page
from tests.journeys.rooms import enter, sign_in, waiting_room, write_speech
from tests.stack import OneProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
MEETING = "A meeting somewhere else"
# Somebody speaks for two seconds in every five.
SPEAKS = """() => {
  const sound = new AudioContext();
  const voice = new OscillatorNode(sound, { frequency: 200 });
  const mouth = new GainNode(sound, { gain: 0 });
  voice.connect(mouth).connect(sound.destination);
  voice.start();
  setInterval(() => {
    mouth.gain.setValueAtTime(0.5, sound.currentTime);
    mouth.gain.setValueAtTime(0, sound.currentTime + 2);
  }, 5000);
}"""


@contextmanager
def browser_with_microphone(speech: Path, *flags: str) -> Iterator[Browser]:
    with open_browser(
        "--use-fake-device-for-media-stream",
        "--autoplay-policy=no-user-gesture-required",
        f"--use-file-for-fake-audio-capture={speech}",
        *flags,
        has_sound=True,
    ) as started:
        yield started


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    """Two seconds of voice in every eight, over and over."""
    path = tmp_path / "speech.wav"
    write_speech(path, (4, False), (2, True), (2, False))
    return path


def open_panel(page: Page, room: dict[str, str], who: str) -> None:
    page.context.grant_permissions(["microphone"])
    sign_in(page, f"{who}@acme.example")
    page.goto(f"/interviews/{room['id']}/room/")
    expect(page.locator("#connection[data-state=open]")).to_be_visible()


def test_the_meetings_tab_is_heard_as_the_candidate(
    stack_with_rooms: OneProcess, speech: Path
) -> None:
    room, faults = waiting_room(stack_with_rooms, "assisted"), Faults()
    chooses = f"--auto-select-tab-capture-source-by-title={MEETING}"
    with (
        browser_with_microphone(speech, chooses) as browser,
        open_page(browser, stack_with_rooms.url) as ines,
    ):
        meeting = ines.context.new_page()
        meeting.goto("/healthz")
        meeting.evaluate("title => { document.title = title; }", MEETING)
        meeting.evaluate(SPEAKS)
        faults.watch(ines)
        open_panel(ines, room, "ines")
        ines.bring_to_front()
        ines.get_by_role("button", name="Start").click()
        ines.get_by_role("button", name="Listen to the meeting's tab").click()
        said = ines.locator(".transcript-turn.is-candidate:not(.is-interim)")
        expect(said.first).to_contain_text("bytes of sound", timeout=30_000)
        expect(said.first).to_contain_text("heard by a member's browser")
        expect(said.first).to_contain_text("Cem Candidate")
        ines.get_by_text("Whose words these are").click()
        ines.get_by_label("The words of the tab are").select_option("interviewer")
        others = ines.locator(".transcript-turn.is-interviewer:not(.is-interim)")
        expect(others.first).to_contain_text("Interviewer", timeout=30_000)
        meeting.close()
        expect(ines.get_by_text("The meeting's tab is not heard any more")).to_be_visible()
    assert faults.words == []


def test_one_microphone_for_all_and_the_speaker_by_hand(
    stack_with_rooms: OneProcess, speech: Path
) -> None:
    room = waiting_room(stack_with_rooms, "assisted")
    with (
        browser_with_microphone(speech) as browser,
        open_page(browser, stack_with_rooms.url) as ines,
    ):
        open_panel(ines, room, "ines")
        ines.get_by_role("button", name="Start").click()
        ines.get_by_text("Whose words these are").click()
        ines.get_by_label("My microphone hears").select_option("all")
        ines.get_by_role("button", name="Speak", exact=True).click()
        candidate = ines.locator(".transcript-turn.is-candidate:not(.is-interim)")
        expect(candidate.first).to_contain_text("heard by a member's browser", timeout=30_000)
        ines.keyboard.press("Alt+w")
        expect(ines.get_by_role("radio", name="Ines")).to_be_checked()
        own = ines.locator(".transcript-turn.is-interviewer:not(.is-interim)")
        expect(own.first).to_contain_text("Ines", timeout=30_000)
        expect(own.first).not_to_contain_text("heard by a member's browser")
        ines.keyboard.press("Alt+w")
        ines.get_by_role("button", name="Hold while you speak").focus()
        ines.keyboard.down("Space")
        expect(ines.get_by_role("radio", name="Ines")).to_be_checked()
        ines.keyboard.up("Space")
        expect(ines.get_by_role("radio", name="Cem Candidate")).to_be_checked()


def test_several_interviewers_each_with_a_microphone_of_their_own(
    stack_with_rooms: OneProcess, speech: Path
) -> None:
    room = waiting_room(stack_with_rooms, "assisted")
    with (
        browser_with_microphone(speech) as browser,
        open_page(browser, stack_with_rooms.url) as cem,
        open_page(browser, stack_with_rooms.url) as ines,
        open_page(browser, stack_with_rooms.url) as rita,
    ):
        enter(cem, room)
        for page, who in ((ines, "ines"), (rita, "rita")):
            open_panel(page, room, who)
        ines.get_by_role("button", name="Start").click()
        rita.get_by_role("button", name="Speak", exact=True).click()
        interim = ines.locator(".transcript-turn.is-interim")
        expect(interim.filter(has_text="Rita")).to_be_visible(timeout=30_000)
        cem.get_by_label("Your answer").press_sequentially("I am", delay=50)
        expect(interim.filter(has_text="Cem Candidate")).to_be_visible()
        said = ines.locator(".transcript-turn.is-interviewer:not(.is-interim)")
        expect(said.first).to_contain_text("Rita", timeout=30_000)
        rita.get_by_role("button", name="Stop speaking").click()
        expect(interim.filter(has_text="Rita")).to_have_count(0)
        cem.get_by_label("Your answer").fill("I am here.")
        cem.get_by_role("button", name="Send", exact=True).click()
        expect(ines.get_by_text("I am here.").first).to_be_visible()
        expect(interim).to_have_count(0)
