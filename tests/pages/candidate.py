"""The candidate's room in a browser: the test is the server, the microphone and the voices."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect

from tests.browser import Faults, open_page
from tests.pages.fake_room import MICROPHONE, FakeRoom

KEPT = """async () => {
  const { MESSAGES, RoomStore, SOUNDS } = await import("/static/js/lib/room_store.js");
  const { interview } = JSON.parse(document.getElementById("room").textContent);
  const stores = await Promise.all([MESSAGES, SOUNDS].map((kind) => RoomStore.open(interview, kind)));
  const kept = await Promise.all(stores.map((store) => store.all()));
  return kept.flat().length;
}"""


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


def begin_to_speak(room: FakeRoom) -> None:
    """With a microphone that was off, until others are told."""
    turn_microphone_on(room.page)
    speak(room.page)
    room.until(lambda: room.of("segment.interim"))


def say_something(room: FakeRoom) -> str:
    """With a microphone that was off, until the sound is sent. Answers its segment."""
    begin_to_speak(room)
    speak(room.page, is_loud=False)
    room.until(lambda: room.of("audio.end"))
    return str(room.of("audio.end")[0]["seg_id"])


def kept(page: Page) -> int:
    """How many messages and sounds of this room the browser keeps, once all that was begun until now is kept."""
    return int(page.evaluate(KEPT))
