"""The AI fails in mid-interview: the candidate stays undisturbed, the debrief waits and comes by itself."""

import json
import time

import pytest
from playwright.sync_api import Browser, Page, expect

from meetmind.demo.candidate import Script
from tests.browser import Faults, open_page
from tests.journeys.providers import Providers
from tests.journeys.steps import answer_next, enter_the_room, signed_in
from tests.stack import OneProcess

pytestmark = [pytest.mark.browser, pytest.mark.fault, pytest.mark.timeout(300)]
LIVE_DEADLINE = 8.0  # AI_LIVE_DEADLINE as it is unless set
DOWN = {"kind": "status", "status": 503}


def test_one_question_is_seen_while_two_providers_fail_and_the_plan_goes_on_without_any(
    stack: OneProcess, providers: Providers, browser: Browser
) -> None:
    demo = json.loads((stack.folder / "data" / "demo.json").read_text())
    faults, script = Faults(), Script()
    with signed_in(browser, stack, demo["members"][0]) as page:
        # The demo's own debrief is over before the providers are told to fail.
        page.goto(f"/interviews/{demo['interviews'][1]['id']}/report/")
        expect(page.locator("#report-progress .steps")).to_have_count(0, timeout=60_000)
    with open_page(browser, stack.url) as page:
        faults.watch(page)
        enter_the_room(page, demo["candidate_links"][0])
        providers.control(provider="gemini", script=[{"kind": "cut", "after": 9}])
        providers.control(
            provider="openrouter",
            always={"kind": "status", "status": 429, "headers": {"Retry-After": "60"}},
        )
        answer_next(page, script)
        standing = wait_for_a_question(page)
        assert len(standing) == len(set(standing)), "a question stands there twice"
        assert page.locator(".is-streaming").count() == 0
        for name in ("gemini", "openrouter", "groq"):
            providers.control(provider=name, always=DOWN)
        started = time.monotonic()
        answer_next(page, script)
        wait_for_a_question(page)
        assert time.monotonic() - started < LIVE_DEADLINE + 2
        expect(page.get_by_text("the questions come as they were planned").first).to_be_visible()
        end_the_interview(page)
    assert faults.words == []
    the_debrief_waits_and_comes_by_itself(browser, stack, providers, demo)


def wait_for_a_question(page: Page) -> list[str]:
    """The questions that stand in the room once the next one is complete."""
    expect(page.locator("[data-action=repeat]:enabled").first).to_be_visible(timeout=30_000)
    return page.locator("#chat .bubble-ai:not(.is-withdrawn) .bubble-text").all_inner_texts()


def end_the_interview(page: Page) -> None:
    page.get_by_text("More", exact=True).click()
    page.get_by_role("button", name="End the interview").click()
    page.locator("#end-dialog").get_by_role("button", name="End the interview").click()
    expect(page.get_by_role("link", name="Finish")).to_be_visible()


def the_debrief_waits_and_comes_by_itself(
    browser: Browser, stack: OneProcess, providers: Providers, demo: dict[str, list[dict[str, str]]]
) -> None:
    with signed_in(browser, stack, demo["members"][0]) as page:
        page.goto(f"/interviews/{demo['interviews'][0]['id']}/report/")
        expect(page.get_by_text("The debrief is being written")).to_be_visible()
        assert page.locator("#summary .cite").count() == 0
        providers.control(provider="groq", always=None)
        expect(page.locator("#summary .cite").first).to_be_visible(timeout=120_000)
