"""Providers die while a candidate is asked: the candidate sees one calm question after the other, and
the report waits until somebody can write it."""

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
ALL = ("gemini", "openrouter", "groq")
LIVE_DEADLINE = 8.0


def test_one_dies_two_die_all_die_and_one_returns(
    stack: OneProcess, providers: Providers, browser: Browser
) -> None:
    interview = be_interviewed_while_they_fail(stack, browser, providers)
    read_the_report_once_one_returns(stack, browser, providers, interview)


def be_interviewed_while_they_fail(
    stack: OneProcess, browser: Browser, providers: Providers
) -> dict[str, str]:
    demo = json.loads((stack.folder / "data" / "demo.json").read_text())
    faults, script = Faults(), Script()
    with open_page(browser, stack.url) as page:
        faults.watch(page)
        enter_the_room(page, demo["candidate_links"][0])
        answer_next(page, script)
        wait_for_question(page)
        asked = shown_questions(page)
        before = {name: providers.calls(name) for name in ALL}
        providers.control(provider="gemini", script=[{"kind": "cut", "after": 7}])
        limited = {"kind": "status", "status": 429, "headers": {"retry-after": "60"}}
        providers.control(provider="openrouter", script=[limited])
        answer_next(page, script)
        wait_for_question(page)
        assert {name: providers.calls(name) - before[name] for name in ALL} == dict.fromkeys(ALL, 1)
        assert shown_questions(page) == asked + 1, "one question for each answer, and no other"

        for name in ALL:
            providers.control(provider=name, always={"kind": "status", "status": 503})
        answer_next(page, script)
        began = time.monotonic()
        wait_for_question(page)
        assert time.monotonic() - began <= LIVE_DEADLINE + 1
        assert shown_questions(page) == asked + 2
        expect(page.get_by_text("the questions come as they were planned").first).to_be_visible()
        for _ in range(20):
            if not answer_next(page, script):
                break
    assert faults.words == []
    member: dict[str, str] = demo["members"][0] | {"interview": demo["interviews"][0]["id"]}
    return member


def read_the_report_once_one_returns(
    stack: OneProcess, browser: Browser, providers: Providers, member: dict[str, str]
) -> None:
    with signed_in(browser, stack, member) as page:
        page.goto(f"/interviews/{member['interview']}/report/")
        expect(page.locator("#transcript-list")).to_be_visible()
        expect(page.locator("#summary .cite")).to_have_count(0)
        providers.control(provider="groq")
        expect(page.locator("#summary .cite").first).to_be_visible(timeout=150_000)


def wait_for_question(page: Page) -> None:
    """The question is whole: the candidate may ask to have it repeated."""
    expect(page.locator("[data-action=repeat]:enabled")).to_be_visible(timeout=30_000)


def shown_questions(page: Page) -> int:
    return page.locator("#chat .bubble-ai:not(.is-withdrawn):not([aria-hidden])").count()
