"""The pages before an interview in a real browser, behind the real server with its strict content policy."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import Faults, looked_at, open_browser, open_page
from tests.cast import PASSWORD
from tests.served import ROOT, clean_environment, start_serving
from tests.servers import free_port

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Site:
    address: str
    pages: dict[str, str]
    invitation: str


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("people")
    seeded = subprocess.run(
        [sys.executable, "-m", "tests.interviews.seed_people"],
        cwd=ROOT,
        env=clean_environment(folder),
        capture_output=True,
        text=True,
        check=True,
    )
    server = start_serving(folder, "--no-demo", port=free_port())
    try:
        server.wait_until_up()
        found = json.loads(seeded.stdout)
        yield Site(server.address, found["pages"], found["invitation"])
    finally:
        server.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


def _sign_in(page: Page, email: str = "ada@acme.example") -> None:
    page.goto("/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda address: "login" not in address)


def test_axe_finds_nothing_and_nothing_is_cut_off(browser: Browser, site: Site) -> None:
    found: dict[str, list[str]] = {}
    with open_page(browser, site.address, audited=True) as page:
        page.goto(site.invitation)
        found["invitation"] = looked_at(page)
        _sign_in(page)
        for name, address in site.pages.items():
            response = page.goto(address)
            assert response and response.status == 200, name
            found[name] = looked_at(page)
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_questions_are_reordered_by_keyboard_and_saved(browser: Browser, site: Site) -> None:
    faults = Faults()
    with open_page(browser, site.address) as page:
        faults.watch(page)
        _sign_in(page, "rita@acme.example")
        page.goto(site.pages["plan_edit"])
        words = [page.locator(f"#id_q{place}-text").input_value() for place in range(3)]
        page.fill("#id_q2-text", f"{words[2]} And why?")
        page.focus("#row-up-2")
        page.keyboard.press("Enter")
        expect(page.locator("#id_q1-text")).to_have_value(f"{words[2]} And why?")
        expect(page.locator("#row-up-1")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#id_q0-text")).to_have_value(f"{words[2]} And why?")
        expect(page.locator("#row-down-0")).to_be_focused()
        page.fill("#id_opening_words", "Welcome.")
        page.click("text=Save the plan")
        page.wait_for_url(lambda address: "/plan/" not in address)
        expect(page.locator(".plan-question-text").first).to_contain_text("And why?")
    assert faults.words == []


def test_the_guard_answers_while_the_plan_is_written(browser: Browser, site: Site) -> None:
    with open_page(browser, site.address) as page:
        _sign_in(page, "rita@acme.example")
        page.goto(site.pages["plan_edit"])
        page.click("#row-add")
        last = page.locator(".plan-row textarea").last
        expect(last).to_be_focused()
        last.fill("How old are you?")
        page.click("#row-add")
        expect(page.get_by_text("Age: better not asked")).to_be_visible()


def test_a_recruiter_schedules_somebody_new_in_their_own_time_zone(
    browser: Browser, site: Site
) -> None:
    faults = Faults()
    with open_page(browser, site.address) as page:
        faults.watch(page)
        _sign_in(page, "rita@acme.example")
        page.goto(site.pages["interview_new"])
        page.select_option("#id_position", label="Backend engineer")
        page.select_option("#id_candidate", label="Cem Candidate (cem@mail.example)")
        expect(page.locator("#id_new_name")).to_be_hidden()
        page.select_option("#id_candidate", value="")
        page.fill("#id_new_name", "Bea New")
        page.click("text=Schedule and invite")
        expect(page.locator("h1")).to_have_text("Bea New")
        link = page.locator("#candidate-link").input_value()
        assert link.startswith(f"{site.address}/join/")
        page.click("text=Take the link back")
        expect(page.locator("#candidate-link")).to_have_count(0)
    assert faults.words == []
