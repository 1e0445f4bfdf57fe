"""The dashboard in Chromium: a workflow fails, is tried again, dies and is replayed, and the page shows it by itself."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import DESK, PHONE, Faults, audit, open_browser, open_page, overflow
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
    server = start_serving(folder, SCHEDULER_BACKOFF="0.2,0.2,0.2")
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
