"""A client that lost its server: how long it waits, whom it asks, and when it is back."""

import pytest
from playwright.sync_api import Browser, Page

from tests.pages.fake_room import SERVER, FakeRoom
from tests.pages.scripts import CONNECT, a_page, stop_clock

pytestmark = pytest.mark.browser


def joined(page: Page) -> FakeRoom:
    stop_clock(page)
    room = FakeRoom(page)
    page.evaluate(CONNECT)
    room.until(lambda: page.evaluate("window.socket.isOpen"))
    return room


def lose(room: FakeRoom, code: int = 1012) -> None:
    room.sockets[-1].close(code=code)
    room.until(lambda: not room.page.evaluate("window.socket.isOpen"))


def is_back(room: FakeRoom) -> None:
    room.until(lambda: len(room.of("hello")) == 2)


def test_pauses_grow_to_four_seconds_and_no_further(browser: Browser, address: str) -> None:
    with a_page(browser, address) as page:
        pauses = page.evaluate(
            """async () => {
              const { retryDelay } = await import("/static/js/lib/coming_back.js");
              return [0, 1, 2, 3, 6, 5000].map((attempt) => retryDelay(attempt, () => 1));
            }"""
        )
        assert pauses == [1_000, 1_500, 2_500, 4_000, 4_000, 4_000]


def test_however_long_the_server_was_away_one_is_back_within_four_seconds_and_a_handshake(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address, SERVER) as page:
        room = joined(page)
        lose(room)
        page.clock.run_for(600_000)
        assert page.evaluate("window.asked") > 600 // 5
        page.evaluate("window.answer = 502")  # its proxy is there before it
        page.clock.run_for(10_000)
        assert len(room.sockets) == 1, "no handshake is made that must fail"
        page.evaluate("window.answer = 200")
        page.clock.run_for(4_000)
        is_back(room)


def test_over_a_slow_network_a_late_answer_counts(browser: Browser, address: str) -> None:
    with a_page(browser, address, SERVER) as page:
        room = joined(page)
        lose(room)
        page.evaluate(
            "() => { window.answer = new Promise((resolve) => { window.arrive = resolve; }); }"
        )
        page.clock.run_for(15_000)
        assert page.evaluate("window.asked") >= 2
        page.evaluate("window.arrive(200)")
        is_back(room)


def test_whoever_sent_too_fast_calms_down_first(browser: Browser, address: str) -> None:
    with a_page(browser, address, SERVER) as page:
        room = joined(page)
        page.evaluate("window.answer = 200")
        lose(room, 4029)
        page.clock.run_for(5_000)
        assert page.evaluate("window.asked") == 0
        page.clock.run_for(4_000)
        is_back(room)


def test_a_connection_that_died_with_its_network_is_not_waited_for(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address, SERVER) as page:
        room = joined(page)
        page.evaluate("window.answer = 200")
        page.clock.run_for(100)
        page.evaluate("dispatchEvent(new Event('online'))")
        page.clock.run_for(3_900)
        assert len(room.sockets) == 1
        page.clock.run_for(1_200)
        is_back(room)


def test_a_welcome_that_takes_long_is_waited_for(browser: Browser, address: str) -> None:
    with a_page(browser, address, SERVER) as page:
        stop_clock(page)
        room = FakeRoom(page, welcomes=False)
        page.evaluate(CONNECT)
        page.evaluate("window.answer = 200")
        room.until(lambda: room.of("hello"))
        page.clock.run_for(100)
        page.evaluate("dispatchEvent(new Event('online'))")
        page.clock.run_for(9_000)
        assert len(room.sockets) == 1
        page.clock.run_for(2_500)
        is_back(room)


def test_a_page_whose_timers_ran_late_asks_before_it_gives_a_connection_up(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address, SERVER) as page:
        room = joined(page)
        page.evaluate("window.answer = 200")
        page.clock.fast_forward(60_000)
        room.until(lambda: room.of("ping"))
        room.event("gap.marked")
        room.until(lambda: page.evaluate("window.socket.lastSeq") == 1)
        page.clock.run_for(5_000)
        assert (len(room.sockets), page.evaluate("window.asked")) == (1, 0)
        page.clock.fast_forward(60_000)
        page.clock.run_for(5_200)
        is_back(room)


def test_a_page_whose_timers_do_not_run_is_still_known_to_be_there(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address, SERVER) as page:
        room = joined(page)
        page.clock.set_system_time(60_000)
        room.send({"type": "presence", "people": []})
        room.until(lambda: room.of("ping"))
