"""The candidate's room in a browser: the test is the server, the microphone and the voices."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect

from tests.browser import Faults, open_page
from tests.pages.fake_room import MICROPHONE, FakeRoom


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
