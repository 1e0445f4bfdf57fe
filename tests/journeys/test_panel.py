"""The panel of a person who leads, in a browser: beside a video call on a narrow window, or on a desk."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import DESK, PHONE, Faults, Scheme, audit, open_page, overflow
from tests.cast import QUESTIONS
from tests.journeys.providers import Providers
from tests.journeys.rooms import enter, sign_in, waiting_room
from tests.stack import OneProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
BESIDE_A_CALL = 400
WIDE = 992  # 62 rem: from there on the parts stand beside each other


def say(page: Page, words: str) -> None:
    page.get_by_label("What is said").fill(words)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#transcript").get_by_text(words)).to_be_visible()


def open_part(page: Page, name: str) -> None:
    """On a narrow window the parts of the room are tabs, which a page that was just loaded does not have yet."""
    assert page.viewport_size is not None
    if page.viewport_size["width"] < WIDE:
        page.get_by_role("tab", name=name).click()


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_a_person_leads_with_the_panel_beside(
    stack_with_rooms: OneProcess, browser: Browser, width: int, scheme: Scheme
) -> None:
    room, faults = waiting_room(stack_with_rooms, "assisted"), Faults()
    with (
        open_page(browser, stack_with_rooms.url) as cem,
        open_page(browser, stack_with_rooms.url, width=width, scheme=scheme, audited=True) as ines,
    ):
        enter(cem, room)
        sign_in(ines, "ines@acme.example")
        faults.watch(ines)
        ines.goto(f"/interviews/{room['id']}/room/")
        ines.get_by_role("button", name="Start").click()
        expect(ines.locator(".live-notice")).to_have_text("The interview is running.")
        say(ines, f"So, {QUESTIONS[0].lower()}")
        expect(ines.locator("[data-question].step-done")).to_have_count(1)
        expect(ines.locator("[data-section].is-current .live-section-time")).to_contain_text(
            "of 16:00"
        )
        expect(ines.locator("#competencies .is-covered")).to_contain_text("Technical depth 1 of 3")
        cem.get_by_label("Your answer").fill("Our billing. We lost a day of orders once.")
        cem.get_by_role("button", name="Send", exact=True).click()
        expect(ines.get_by_text("We lost a day of orders once.").first).to_be_visible()
        expect(ines.locator("#suggestion")).to_be_visible(timeout=30_000)
        say(ines, "Are you married?")
        expect(ines.locator("#warning")).to_be_visible()
        open_part(ines, "Notes")
        assert audit(ines) == []
        assert overflow(ines) <= 0
        ines.get_by_role("textbox", name="Note").fill("Honest about the outage.")
        ines.get_by_role("button", name="Keep note").click()
        expect(ines.get_by_text("Note kept.")).to_be_attached()
        ines.reload()  # the server may make the page before it has the note
        open_part(ines, "Notes")
        expect(ines.get_by_text("Honest about the outage.")).to_be_visible()
        expect(ines.locator("[data-question].step-done")).to_have_count(1)
        expect(ines.locator("[data-section].is-current")).to_have_count(1)
        expect(ines.locator("#competencies .is-covered")).to_have_count(1)
        assert cem.get_by_text("Honest about the outage.").count() == 0
    assert faults.words == []


def test_the_ai_is_asked_meanwhile_and_its_answer_leads_to_the_words(
    stack_with_rooms: OneProcess, providers: Providers, browser: Browser
) -> None:
    room, faults = waiting_room(stack_with_rooms, "assisted"), Faults()
    with (
        open_page(browser, stack_with_rooms.url) as cem,
        open_page(browser, stack_with_rooms.url, width=BESIDE_A_CALL, audited=True) as ines,
    ):
        enter(cem, room)
        sign_in(ines, "ines@acme.example")
        faults.watch(ines)
        ines.goto(f"/interviews/{room['id']}/room/")
        ines.get_by_role("button", name="Start").click()
        expect(ines.get_by_role("button", name="Pause")).to_be_visible()
        cem.get_by_label("Your answer").fill("Our billing. The team was six people and me.")
        cem.get_by_role("button", name="Send", exact=True).click()
        expect(ines.get_by_text("The team was six people").first).to_be_visible()
        open_part(ines, "Ask the AI")
        ask(ines, "How big was the team?")
        answer = ines.locator("#answers .answer").first
        expect(answer.locator(".cite")).to_be_visible(timeout=30_000)
        assert audit(ines) == []
        assert overflow(ines) <= 0
        answer.locator(".cite").click()
        said = ines.locator(".transcript-turn.is-current")
        expect(said).to_be_focused()
        expect(said.locator("mark")).to_contain_text("The team was six people")
    assert faults.words == []


def test_without_any_ai_the_panel_says_so_in_one_line(
    stack_with_rooms: OneProcess, providers: Providers, browser: Browser
) -> None:
    room = waiting_room(stack_with_rooms, "assisted")
    for name in ("gemini", "openrouter", "groq"):
        providers.control(provider=name, always={"kind": "status", "status": 503})
    with (
        open_page(browser, stack_with_rooms.url) as cem,
        open_page(browser, stack_with_rooms.url, scheme="dark", audited=True) as ines,
    ):
        enter(cem, room)
        sign_in(ines, "ines@acme.example")
        ines.goto(f"/interviews/{room['id']}/room/")
        ines.get_by_role("button", name="Start").click()
        expect(ines.get_by_role("button", name="Pause")).to_be_visible()
        cem.get_by_label("Your answer").fill("It was a Friday, and nobody was in the office.")
        cem.get_by_role("button", name="Send", exact=True).click()
        calm = ines.locator("#assist-state")
        expect(calm).to_contain_text("there are no suggestions", timeout=30_000)
        ines.reload()
        expect(calm).to_contain_text("there are no suggestions")
        ask(ines, "Which day was it?")
        answer = ines.locator("#answers .answer").first
        expect(answer).to_contain_text("No AI could be asked", timeout=60_000)
        assert audit(ines) == []


def ask(page: Page, question: str) -> None:
    page.get_by_label("Your question about what was said").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#answers .answer-question").first).to_have_text(question)
