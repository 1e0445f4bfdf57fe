"""Providers die while a candidate is asked: the candidate sees one calm question after the other, and
the report waits until somebody can write it."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from meetmind.demo.candidate import Script
from tests.browser import Faults, open_browser, open_page
from tests.journeys.providers import Providers, running_providers
from tests.journeys.steps import answer_next, enter_the_room, signed_in
from tests.stack import OneProcess

pytestmark = [pytest.mark.browser, pytest.mark.fault, pytest.mark.timeout(300)]
ALL = ("gemini", "openrouter", "groq")
LIVE_DEADLINE = 8.0


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with open_browser() as started:
        yield started


def test_one_dies_two_die_all_die_and_one_returns(tmp_path: Path, chromium: Browser) -> None:
    with running_providers() as providers:
        stack = OneProcess(tmp_path, settings=providers.settings())
        stack.start()
        try:
            interview = be_interviewed_while_they_fail(stack, chromium, providers)
            read_the_report_once_one_returns(stack, chromium, providers, interview)
        finally:
            stack.stop()


def be_interviewed_while_they_fail(
    stack: OneProcess, chromium: Browser, providers: Providers
) -> dict[str, str]:
    demo = json.loads((stack.folder / "data" / "demo.json").read_text())
    faults, script = Faults(), Script()
    with open_page(chromium, stack.url) as page:
        faults.watch(page)
        enter_the_room(page, demo["candidate_links"][0])
        answer_next(page, script)
        asked = shown_questions(page)

        wait_for_question(page)
        before = {name: providers.calls(name) for name in ALL}
        providers.control(provider="gemini", script=[{"kind": "cut", "after": 7}])
        limited = {"kind": "status", "status": 429, "headers": {"retry-after": "60"}}
        providers.control(provider="openrouter", script=[limited])
        answer_next(page, script)
        wait_for_question(page)
        assert {name: providers.calls(name) - before[name] for name in ALL} == dict.fromkeys(ALL, 1)
        assert shown_questions(page) == asked + 2, "one question for each answer, and no other"

        for name in ALL:
            providers.control(provider=name, always={"kind": "status", "status": 503})
        answer_next(page, script)
        began = time.monotonic()
        wait_for_question(page)
        assert time.monotonic() - began <= LIVE_DEADLINE + 1
        assert shown_questions(page) == asked + 3
        for _ in range(20):
            if not answer_next(page, script):
                break
    assert faults.words == []
    member: dict[str, str] = demo["members"][0] | {"interview": demo["interviews"][0]["id"]}
    return member


def read_the_report_once_one_returns(
    stack: OneProcess, chromium: Browser, providers: Providers, member: dict[str, str]
) -> None:
    with signed_in(chromium, stack, member) as page:
        page.goto(f"/interviews/{member['interview']}/report/")
        expect(page.locator("#transcript-list")).to_be_visible()
        expect(page.locator("#summary .cite")).to_have_count(0)
        providers.control(provider="groq")
        expect(page.locator("#summary .cite").first).to_be_visible(timeout=150_000)


def wait_for_question(page: Page) -> None:
    """The question is whole: the candidate may ask to have it repeated."""
    expect(page.locator("[data-action=repeat]:enabled")).to_be_visible(timeout=30_000)


def shown_questions(page: Page) -> int:
    return page.locator("#chat .bubble-ai:not(.is-withdrawn)").count()
