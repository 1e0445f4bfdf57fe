"""Both sides of a room by keyboard alone, and what a screen reader is told there."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import open_page
from tests.cast import QUESTIONS
from tests.journeys.rooms import enter, sign_in, waiting_room
from tests.stack import OneProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
BESIDE_A_CALL = 400
MOST_STOPS = 80
REMEMBERS = """() => {
  window.saidAloud = [];
  document.addEventListener("DOMContentLoaded", () => {
    const region = document.getElementById("live-region");
    new MutationObserver(() => region.textContent && window.saidAloud.push(region.textContent))
      .observe(region, { childList: true, characterData: true, subtree: true });
  });
}"""


def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Presses Tab until this has the focus; only so is it reached without a mouse."""
    expect(wanted).to_be_visible()
    for _ in range(MOST_STOPS):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"The keyboard does not reach {wanted}.")


def press(page: Page, name: str, *, key: str = "Enter", back: bool = False) -> None:
    tab_to(page, page.get_by_role("button", name=name, exact=True), "Shift+Tab" if back else "Tab")
    page.keyboard.press(key)


def said_aloud(page: Page) -> str:
    return str(page.evaluate("window.saidAloud.join(' | ')"))


@pytest.mark.parametrize("width", [BESIDE_A_CALL, 1440])
def test_a_person_leads_without_a_mouse(
    stack_with_rooms: OneProcess, browser: Browser, width: int
) -> None:
    room = waiting_room(stack_with_rooms, "assisted")
    with (
        open_page(browser, stack_with_rooms.url) as cem,
        open_page(browser, stack_with_rooms.url, width=width) as ines,
    ):
        ines.add_init_script(f"({REMEMBERS})()")
        enter(cem, room)
        sign_in(ines, "ines@acme.example")
        ines.goto(f"/interviews/{room['id']}/room/")
        press(ines, "Start")
        tab_to(ines, ines.get_by_label("What is said"))
        ines.keyboard.type(QUESTIONS[0])
        ines.keyboard.press("Control+Enter")
        expect(ines.locator("#transcript").get_by_text(QUESTIONS[0])).to_be_visible()
        cem.get_by_label("Your answer").fill("Our billing. We lost a day of orders once.")
        cem.get_by_role("button", name="Send", exact=True).click()
        expect(ines.locator("#suggestion")).to_be_visible(timeout=30_000)
        ines.wait_for_function("() => window.saidAloud.join().includes('Suggestion: ')")
        assert "Cem Candidate: Our billing." in said_aloud(ines)
        assert QUESTIONS[0] not in said_aloud(ines), "one's own words are not read back"
        press(ines, "Later", back=True)
        expect(ines.locator("#later-list li")).to_have_count(1)
        if width == BESIDE_A_CALL:
            tab_to(ines, ines.get_by_role("tab", name="Conversation"))
            ines.keyboard.press("ArrowLeft")
            expect(ines.get_by_role("tab", name="Notes")).to_be_focused()
        press(ines, "Mark this moment", key="Space")
        jump = ines.get_by_role("button", name="show in the conversation")
        expect(jump).to_be_visible()
        tab_to(ines, jump)
        ines.keyboard.press("Enter")
        expect(ines.locator(".transcript-turn.is-current")).to_be_focused()
        ines.reload()
        expect(ines.locator("#connection[data-state=open]")).to_be_visible()
        expect(ines.locator("#transcript").get_by_text("Our billing.")).to_be_visible()
        expect(ines.locator("#later-list li")).to_have_count(1)
        cem.get_by_label("Your answer").fill("It was a Friday.")
        cem.get_by_role("button", name="Send", exact=True).click()
        ines.wait_for_function("() => window.saidAloud.join().includes('It was a Friday.')")
        assert "Our billing" not in said_aloud(ines), "what is told again is not read out again"
        tab_to(ines, ines.locator("#later summary"))
        ines.keyboard.press("Enter")
        tab_to(ines, ines.locator("#later-list").get_by_role("button", name="Dismiss"))
        ines.keyboard.press("Enter")
        expect(ines.locator("#later")).to_be_hidden()
        press(ines, "End", back=True)
        press(ines, "End the interview")
        expect(ines.locator("#is-over")).to_be_visible()


def test_a_candidate_answers_without_a_mouse(
    stack_with_rooms: OneProcess, browser: Browser
) -> None:
    room = waiting_room(stack_with_rooms, "ai_led")
    with open_page(browser, stack_with_rooms.url) as cem:
        cem.add_init_script(f"({REMEMBERS})()")
        enter(cem, room)
        press(cem, "Start the interview")
        expect(cem.locator("[data-action=repeat]:enabled")).to_be_visible()
        asked = cem.locator("#chat .bubble-ai").count()
        tab_to(cem, cem.get_by_label("Your answer"))
        cem.keyboard.type("Our billing. I built it myself, and then ran it for two years.")
        cem.keyboard.press("Control+Enter")
        expect(cem.locator("#chat .bubble-ai")).to_have_count(asked + 1, timeout=30_000)
        expect(cem.locator("[data-action=repeat]:enabled")).to_be_visible()
        tab_to(cem, cem.locator("[data-action=pause]"))
        cem.keyboard.press("Enter")
        expect(cem.locator("[data-action=resume]")).to_be_visible()
        tab_to(cem, cem.locator("[data-action=resume]"))
        cem.keyboard.press("Enter")
        expect(cem.locator("[data-action=pause]")).to_be_visible()
        tab_to(cem, cem.locator("summary", has_text="More"))
        cem.keyboard.press("Enter")
        press(cem, "End the interview")
        expect(cem.get_by_role("dialog")).to_be_visible()
        tab_to(cem, cem.get_by_role("dialog").get_by_role("button", name="End the interview"))
        cem.keyboard.press("Enter")
        expect(cem.get_by_text("The interview is over. Thank you.")).to_be_visible()
