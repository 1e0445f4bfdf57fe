"""Trying things out before an interview: with the keyboard, and without a word leaving the page."""

import pytest
from playwright.sync_api import Browser, WebSocketRoute, expect

from tests.browser import Faults, audit, open_page
from tests.pages.fake_room import MICROPHONE, SYNTHESIS

pytestmark = pytest.mark.browser


def test_everything_is_tried_by_keyboard_and_nothing_is_sent(
    browser: Browser, address: str
) -> None:
    faults, sent = Faults(), list[str]()
    with open_page(browser, address, audited=True) as page:
        faults.watch(page)
        page.add_init_script(MICROPHONE)
        page.add_init_script(SYNTHESIS)
        page.route_web_socket("**/ws/try/", lambda socket: socket.close(code=4004))
        page.goto("/candidate/try/")
        expect(page.locator("#connection")).to_contain_text("The connection works")
        page.on("request", lambda request: sent.append(request.url))
        page.get_by_role("button", name="Turn the microphone on").press("Enter")
        expect(page.get_by_text("Say something: the bar should move.")).to_be_visible()
        page.evaluate("window.hum(true)")
        expect(page.get_by_text("You are heard.")).to_be_visible()
        page.evaluate("window.hum(false)")
        expect(page.get_by_label("What you just said")).to_be_visible()
        assert page.locator("#player").evaluate("(player) => player.src").startswith("blob:")
        page.get_by_role("button", name="Hear the question").press("Enter")
        page.wait_for_function("() => window.spoken().length === 1")
        page.get_by_label("Your answer").fill("Left, then up the stairs.")
        page.get_by_role("button", name="I'm done").press("Enter")
        expect(page.get_by_label("Your answer")).to_have_value("")
        expect(page.locator("#done-words")).to_contain_text("Your words are gone")
        assert audit(page) == []
        page.get_by_role("button", name="Turn the microphone off").press("Enter")
        assert not page.evaluate("window.isOpen()")
        assert [url for url in sent if not url.startswith("blob:") and "/static/" not in url] == []
    assert faults.words == []


def test_a_network_that_lets_no_conversation_through_is_told(
    browser: Browser, address: str
) -> None:
    def cut(socket: WebSocketRoute) -> None:
        socket.close(code=4999)

    with open_page(browser, address) as page:
        page.route_web_socket("**/ws/try/", cut)
        page.goto("/candidate/try/")
        expect(page.locator("#connection")).to_contain_text("does not get through")
