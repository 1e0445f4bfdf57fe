"""A stranger starts MeetMind, a candidate is interviewed in the browser, a recruiter reads the report."""

import json

import pytest
from playwright.sync_api import Browser, Page, expect

from meetmind.demo.candidate import Script
from tests.browser import EVERY_LOOK, Faults, is_of_a_broken_network, looked_at, open_page
from tests.journeys.steps import answer_next, enter_the_room, signed_in, submit_scorecard
from tests.stack import OneProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


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
    assert [words for words in in_the_room.words if not is_of_a_broken_network(words)] == []
    interview = demo["interviews"][0]["id"]
    with signed_in(browser, stack, demo["members"][0]) as page:
        in_the_report.watch(page)
        read_the_report(page, interview)
        read_what_was_mailed(page)
    assert in_the_report.words == []


def test_axe_finds_nothing_on_the_way(stack: OneProcess, browser: Browser) -> None:
    demo = json.loads((stack.folder / "data" / "demo.json").read_text())
    found: dict[str, list[str]] = {}

    def look(page: Page, name: str) -> None:
        found[name] = looked_at(page, looks=EVERY_LOOK)

    with open_page(browser, stack.url, audited=True) as page:
        page.goto(demo["candidate_links"][0])
        look(page, "link")
        page.get_by_role("button", name="Continue").click()
        look(page, "notice")
        page.get_by_role("button", name="I agree").click()
        page.get_by_role("button", name="Start the interview").click()
        answer_next(page, Script())
        look(page, "room")
    with signed_in(browser, stack, demo["members"][0], audited=True) as page:
        look(page, "home")
        page.goto(f"/interviews/{demo['interviews'][1]['id']}/report/")
        expect(page.locator("#summary blockquote, #summary .cite").first).to_be_visible()
        look(page, "report")
        submit_scorecard(page)
        look(page, "report with the draft")
    assert {name: faults for name, faults in found.items() if faults} == {}


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


def read_what_was_mailed(page: Page) -> None:
    page.goto("/mailbox/")
    expect(page.get_by_role("link", name="Debrief ready").first).to_be_visible()
    expect(page.get_by_role("link", name="Your interview for").first).to_be_visible()
