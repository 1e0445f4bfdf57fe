"""The panel of a person who leads, in a browser: beside a video call on a narrow window, or on a desk."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import DESK, PHONE, Faults, Scheme, audit, open_page, overflow
from tests.cast import QUESTIONS
from tests.journeys.rooms import enter, open_room, sign_in
from tests.stack import OneProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
BESIDE_A_CALL = 400


def say(page: Page, words: str) -> None:
    page.get_by_label("What is said").fill(words)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#transcript").get_by_text(words)).to_be_visible()


def open_part(page: Page, name: str) -> None:
    """On a narrow window the parts of the room are tabs."""
    tab = page.get_by_role("tab", name=name)
    if tab.is_visible():
        tab.click()


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_a_person_leads_with_the_panel_beside(
    stack: OneProcess, browser: Browser, width: int, scheme: Scheme
) -> None:
    room, faults = open_room(stack, "assisted"), Faults()
    with (
        open_page(browser, stack.url) as cem,
        open_page(browser, stack.url, width=width, scheme=scheme, audited=True) as ines,
    ):
        enter(cem, room)
        sign_in(ines, "ines@acme.example")
        faults.watch(ines)
        ines.goto(f"/interviews/{room['id']}/room/")
        ines.get_by_role("button", name="Start").click()
        say(ines, f"So, {QUESTIONS[0].lower()}")
        expect(ines.locator("[data-question].step-done")).to_have_count(1)
        cem.get_by_label("Your answer").fill("Our billing. We lost a day of orders once.")
        cem.get_by_role("button", name="Send", exact=True).click()
        expect(ines.get_by_text("We lost a day of orders once.").first).to_be_visible()
        expect(ines.locator("#suggestion")).to_be_visible(timeout=30_000)
        say(ines, "Are you married?")
        expect(ines.locator("#warning")).to_be_visible()
        open_part(ines, "Notes")
        ines.get_by_role("textbox", name="Note").fill("Honest about the outage.")
        ines.get_by_role("button", name="Keep note").click()
        assert audit(ines) == []
        assert overflow(ines) <= 0
        ines.reload()
        open_part(ines, "Notes")
        expect(ines.get_by_text("Honest about the outage.")).to_be_visible()
        expect(ines.locator("[data-question].step-done")).to_have_count(1)
        assert cem.get_by_text("Honest about the outage.").count() == 0
    assert faults.words == []
