"""What people do in the browser, step by step: journeys are made of these."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect

from meetmind.demo.candidate import Script
from tests.browser import open_page
from tests.stack import OneProcess


def enter_the_room(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="I agree").click()
    page.get_by_role("button", name="Start the interview").click()


def answer_next(page: Page, script: Script) -> str:
    """Answers the question that is open, and returns its words; empty when the interview is over."""
    can_answer = page.locator("[data-action=repeat]:enabled")
    over = page.get_by_role("link", name="Finish")
    expect(can_answer.or_(over).first).to_be_visible(timeout=30_000)
    if over.is_visible():
        return ""
    question = page.locator("#chat .bubble-ai:not(.is-withdrawn) .bubble-text").last.inner_text()
    page.get_by_label("Your answer").fill(script.answer_to(question))
    page.get_by_role("button", name="I'm done").click()
    # The next question may be whole before one looks, so nothing waits for the moment between the two.
    expect(page.get_by_label("Your answer")).to_have_value("")  # it has left the box,
    expect(page.locator("#chat .bubble-candidate.is-pending")).to_have_count(0)  # and is stored
    answered = page.locator("#chat .bubble-ai:not(.is-withdrawn) .bubble-text").last
    expect(over.or_(answered.filter(has_not_text=question)).first).to_be_visible(timeout=30_000)
    return question


def submit_scorecard(page: Page) -> None:
    for row in page.locator("fieldset.review-row").all()[:-1]:
        row.locator("input[value='3']").check()
    page.locator("input[name=overall][value=yes]").check()
    page.get_by_role("button", name="Submit your scorecard").click()
    expect(page.get_by_text("drafted by the AI")).to_be_visible()


@contextmanager
def signed_in(
    browser: Browser,
    stack: OneProcess,
    member: dict[str, str],
    *,
    audited: bool = False,
) -> Iterator[Page]:
    with open_page(browser, stack.url, audited=audited) as page:
        page.goto("/accounts/login/")
        page.get_by_label("Email").fill(member["email"])
        page.get_by_label("Password").first.fill(member["password"])
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="What waits for you")).to_be_visible()
        yield page
