"""A page on which a test tries a script of a room by itself, in a browser whose edges the test moves by hand."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from tests.browser import open_page
from tests.pages.fake_room import FakeRoom


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


# Joins the room that the test plays.
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
  window.outbox = outbox;
  window.socket.connect();
}"""


@contextmanager
def in_a_room(
    browser: Browser, address: str, *, role: str = "candidate", acknowledges: bool = True
) -> Iterator[FakeRoom]:
    """A page that has said hello to the room."""
    with a_page(browser, address) as page:
        room = FakeRoom(page, role=role, acknowledges=acknowledges)
        page.evaluate(CONNECT)
        room.until(lambda: room.of("hello"))
        yield room
