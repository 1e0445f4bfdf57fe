"""A stranger starts MeetMind, a candidate is interviewed in the browser, a recruiter reads the report."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from meetmind.demo.candidate import Script
from tests.browser import DESK, PHONE, Faults, Scheme, audit, open_browser, open_page, overflow
from tests.journeys.providers import Providers, running_providers
from tests.stack import OneProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as started:
        yield started


@pytest.fixture
def providers() -> Iterator[Providers]:
    with running_providers() as running:
        yield running


@pytest.fixture
def stack(tmp_path: Path, providers: Providers) -> Iterator[OneProcess]:
    started = OneProcess(tmp_path, settings=providers.settings())
    started.start()
    yield started
    started.stop()


def test_an_interview_from_the_link_to_a_scorecard_with_checked_quotes(
    stack: OneProcess, browser: Browser
) -> None:
    demo = json.loads((stack.folder / "data" / "demo.json").read_text())
    in_the_room, in_the_report = Faults(), Faults()
    with open_page(browser, stack.url) as page:
        in_the_room.watch(page)
        enter_the_room(page, demo["candidate_links"][0])
        script = Script()
        asked = [answer_next(page, script)]
        page.reload()
        asked.append(answer_next(page, script))
        stack.restart_after_kill()
        while question := answer_next(page, script):
            asked.append(question)
            assert len(asked) < 20, f"it does not end: {asked}"
        assert len(asked) >= 4
        assert len(set(asked)) == len(asked), f"something was asked twice: {asked}"
    assert [words for words in in_the_room.words if not of_a_killed_server(words)] == []
    interview = demo["interviews"][0]["id"]
    with signed_in(browser, stack, demo["members"][0]) as page:
        in_the_report.watch(page)
        read_the_report(page, interview)
        read_what_was_mailed(page)
    assert in_the_report.words == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_axe_finds_nothing_on_the_way(
    stack: OneProcess, browser: Browser, width: int, scheme: Scheme
) -> None:
    demo = json.loads((stack.folder / "data" / "demo.json").read_text())
    found: dict[str, list[str]] = {}

    def look(page: Page, name: str) -> None:
        found[name] = audit(page)
        if overflow(page) > 0:
            found[name].append(f"wider than the window by {overflow(page)} px")

    with open_page(browser, stack.url, width=width, scheme=scheme, audited=True) as page:
        page.goto(demo["candidate_links"][0])
        look(page, "link")
        page.get_by_role("button", name="Continue").click()
        look(page, "notice")
        page.get_by_role("button", name="I agree").click()
        page.get_by_role("button", name="Start the interview").click()
        answer_next(page, Script())
        look(page, "room")
    with signed_in(
        browser, stack, demo["members"][0], width=width, scheme=scheme, audited=True
    ) as page:
        look(page, "home")
        page.goto(f"/interviews/{demo['interviews'][1]['id']}/report/")
        expect(page.locator("#summary blockquote, #summary .cite").first).to_be_visible()
        look(page, "report")
        submit_scorecard(page)
        look(page, "report with the draft")
    assert {name: faults for name, faults in found.items() if faults} == {}


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
    expect(can_answer).to_have_count(0)
    return question


def read_the_report(page: Page, interview: str) -> None:
    """Waits for its parts without a reload; the draft is shown only after one's own scorecard."""
    page.goto(f"/interviews/{interview}/report/")
    expect(page.locator("#summary .cite").first).to_be_visible(timeout=60_000)
    expect(page.get_by_text("stay hidden until you submit")).to_be_visible()
    assert page.get_by_text("drafted by the AI").count() == 0
    submit_scorecard(page)
    draft = page.locator("#scorecard .score .quote")
    expect(draft.first).to_be_visible(timeout=60_000)
    quoted = draft.first.locator("p").first.inner_text()
    draft.first.locator(".cite").click()
    expect(page.locator("#transcript-list mark")).to_have_text(quoted)


def submit_scorecard(page: Page) -> None:
    for row in page.locator("fieldset.review-row").all()[:-1]:
        row.locator("input[value='3']").check()
    page.locator("input[name=overall][value=yes]").check()
    page.get_by_role("button", name="Submit your scorecard").click()
    expect(page.get_by_text("drafted by the AI")).to_be_visible()


def read_what_was_mailed(page: Page) -> None:
    page.goto("/mailbox/")
    expect(page.get_by_role("link", name="Debrief ready").first).to_be_visible()
    expect(page.get_by_role("link", name="Your interview for").first).to_be_visible()


@contextmanager
def signed_in(
    browser: Browser,
    stack: OneProcess,
    member: dict[str, str],
    *,
    width: int = DESK,
    scheme: Scheme = "light",
    audited: bool = False,
) -> Iterator[Page]:
    with open_page(browser, stack.url, width=width, scheme=scheme, audited=audited) as page:
        page.goto("/accounts/login/")
        page.get_by_label("Email").fill(member["email"])
        page.get_by_label("Password").first.fill(member["password"])
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="What waits for you")).to_be_visible()
        yield page


def of_a_killed_server(words: str) -> bool:
    """What a browser says of a server that is gone; the page itself must stay calm."""
    return "ERR_CONNECTION" in words or "WebSocket connection to" in words
