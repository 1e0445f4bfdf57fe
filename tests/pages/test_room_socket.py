"""The client of a room: what it sends after a break, and whose message an answer takes."""

import pytest
from playwright.sync_api import Browser

from tests.pages.fake_room import FakeRoom
from tests.pages.scripts import CONNECT, in_a_room

pytestmark = pytest.mark.browser


def notes(room: FakeRoom, socket: int) -> list[str]:
    return [frame["text"] for frame in room.of("note.add") if frame["socket"] == socket]


def test_after_a_break_everything_goes_out_in_the_order_of_writing(
    browser: Browser, address: str
) -> None:
    with in_a_room(browser, address, acknowledges=False) as room:
        page = room.page
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
    with in_a_room(browser, address, acknowledges=False) as room:
        page = room.page
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
        room.until(lambda: page.evaluate("window.outbox.size") == 1)
        room.send({"type": "error", "code": "not_now", "message": "Not now.", "client_seq": 1})
        room.until(lambda: page.evaluate("window.refused.length"))
        refused = page.evaluate("window.refused[0]")
        assert (refused["message"], refused["sent"]["text"]) == ("Not now.", "of this tab")
        assert page.evaluate("window.outbox.size") == 0
