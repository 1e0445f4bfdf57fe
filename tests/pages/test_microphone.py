"""The microphone: what may go wrong with it, and two sources of sound on one page."""

import pytest
from playwright.sync_api import Browser

from tests.pages.fake_room import MICROPHONE, FakeRoom
from tests.pages.scripts import CONNECT, a_page

pytestmark = pytest.mark.browser


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
