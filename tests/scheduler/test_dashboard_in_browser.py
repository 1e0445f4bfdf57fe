"""The dashboard in Chromium: a workflow fails, is tried again, dies and is replayed, and the page shows it by itself."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import (
    DESK,
    PHONE,
    Faults,
    audit,
    looked_at,
    open_browser,
    open_page,
    overflow,
)
from tests.served import ROOT, Served, clean_environment, start_serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

EMAIL, PASSWORD = "olga@host.example", "correct horse battery"
MAKE_OPERATOR = f"""
from interviews.models import User
User.objects.create_user("{EMAIL}", "{PASSWORD}", name="Olga", is_operator=True)
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One process on SQLite, as `make run` starts it; retries come quickly."""
    folder = tmp_path_factory.mktemp("dashboard")
    server = start_serving(folder, SCHEDULER_BACKOFF="0.05,0.05,0.05")
    try:
        server.wait_until_up()
        subprocess.run(
            [sys.executable, "manage.py", "shell", "-v", "0", "-c", MAKE_OPERATOR],
            cwd=ROOT,
            env=clean_environment(folder),
            check=True,
            capture_output=True,
        )
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


def sign_in(page: Page) -> None:
    page.goto("/accounts/login/")
    page.get_by_label(re.compile("email", re.IGNORECASE)).fill(EMAIL)
    page.get_by_label(re.compile("^password", re.IGNORECASE)).first.fill(PASSWORD)
    page.locator("main form button[type=submit], main form button").first.click()
    page.wait_for_url(lambda address: "/login" not in address)


def test_a_workflow_that_fails_retries_dies_and_is_replayed_shows_itself(
    served: Served, browser: Browser
) -> None:
    with open_page(browser, served.address) as page:
        faults = Faults()
        faults.watch(page)
        sign_in(page)
        page.goto("/scheduler/demo/")
        for name, value in (
            ("depth", "5"),
            ("width", "8"),
            ("failure_rate", "1"),
            ("seconds", "0"),
        ):
            page.fill(f"#id_{name}", value)
        page.get_by_role("button", name="Start and watch").click()
        state = page.locator("#workflow-state")
        # Every step dies or is cancelled, except the last, which waits for the others to settle and dies too.
        expect(state).to_have_text("Failed", timeout=60_000)
        expect(page.locator('.scheduler-graph .node[data-state="dead"]')).to_have_count(2)
        expect(page.locator('.scheduler-graph .node[data-state="cancelled"]')).to_have_count(40)
        page.goto("/scheduler/dead-letters/")
        page.get_by_role("link", name=re.compile("scheduler.demo_step")).last.click()
        expect(page.get_by_role("heading", name=re.compile("Attempt 4"))).to_be_visible()
        page.fill("#id_payload", '{"failure_rate": 0, "seconds": 0}')
        page.get_by_role("button", name="Replay with this payload").click()
        expect(page.get_by_text(re.compile("runs again"))).to_be_visible()
        assert faults.words == []


def tab_to(page: Page, target: Locator) -> None:
    """Presses Tab until the target has the focus, as somebody without a mouse does."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Sixty times Tab did not reach {target}.")


def states_shown(page: Page, shape: str) -> list[str]:
    """The state of each step as the page shows it now, in the graph's or the table's order."""
    return list(page.locator(shape).evaluate_all("all => all.map((one) => one.dataset.state)"))


def test_two_hundred_steps_are_started_watched_and_replayed_by_keys_alone(
    served: Served, browser: Browser
) -> None:
    """The graph fills in without a reload, and ends as the server would draw it anew."""
    with open_page(browser, served.address, audited=True) as page:
        faults = Faults()
        faults.watch(page)
        sign_in(page)
        page.goto("/scheduler/demo/")
        for name, value in (
            ("depth", "6"),
            ("width", "33"),
            ("failure_rate", "0.6"),
            ("seconds", "0"),
        ):
            tab_to(page, page.locator(f"#id_{name}"))
            page.keyboard.press("Control+a")
            page.keyboard.type(value)
        tab_to(page, page.locator("#id_keeps_going"))
        page.keyboard.press("Space")
        tab_to(page, page.get_by_role("button", name="Start and watch"))
        page.keyboard.press("Enter")
        state = page.locator("#workflow-state")
        expect(page.locator(".scheduler-graph .node")).to_have_count(200)
        assert "waiting" in states_shown(page, ".scheduler-graph .node")
        # Each attempt fails three times in five, so a step in eight dies; all two hundred run.
        expect(state).to_have_text(re.compile("failed", re.IGNORECASE), timeout=60_000)
        graph, table = ".scheduler-graph .node", "tr[data-step]"
        filled_in = states_shown(page, graph), states_shown(page, table)
        assert set(filled_in[0]) == {"done", "dead"}
        page.reload()
        assert (states_shown(page, graph), states_shown(page, table)) == filled_in

        dead = filled_in[0].count("dead")
        expect(page.locator("tr[data-step]:visible")).to_have_count(dead)
        assert looked_at(page) == []
        tab_to(page, page.locator("#every-step"))
        page.keyboard.press("Space")
        expect(page.locator("tr[data-step]:visible")).to_have_count(200)

        page.goto("/scheduler/dead-letters/")
        assert looked_at(page) == []
        tab_to(page, page.get_by_role("link", name=re.compile("scheduler.demo_step")).first)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=re.compile("Attempt 4"))).to_be_visible()
        assert looked_at(page) == []
        tab_to(page, page.locator("#id_payload"))
        page.keyboard.press("Control+a")
        page.keyboard.type('{"failure_rate": 0, "seconds": 0}')
        tab_to(page, page.get_by_role("button", name="Replay with this payload"))
        page.keyboard.press("Enter")
        expect(page.get_by_text(re.compile("runs again"))).to_be_visible()
        page.get_by_role("link", name=re.compile("demo ")).press("Enter")
        expect(page.locator('.scheduler-graph .node[data-state="dead"]')).to_have_count(dead - 1)
        assert faults.words == []


def test_the_overview_lives_by_itself(served: Served, browser: Browser) -> None:
    with open_page(browser, served.address) as page:
        sign_in(page)
        page.goto("/scheduler/")
        expect(page.locator("#connection")).to_have_text("Live.", timeout=20_000)


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_axe_finds_nothing_and_nothing_is_cut_off(
    served: Served, browser: Browser, width: int, scheme: str
) -> None:
    with open_page(browser, served.address, width=width, scheme=scheme, audited=True) as page:  # type: ignore[arg-type] # parametrised
        sign_in(page)
        page.goto("/scheduler/workflows/")
        run = (
            page.locator("tbody a").first.get_attribute("href")
            if page.locator("tbody a").count()
            else ""
        )
        paths = ["", "jobs/", "workflows/", "dead-letters/", "recurring/", "workers/", "demo/"]
        for address in [f"/scheduler/{path}" for path in paths] + ([run] if run else []):
            page.goto(address)
            assert audit(page) == [], address
            assert overflow(page) <= 0, address
