"""The report in a real browser, behind the real server, written by real SDKs from a server that speaks as three
AI providers."""

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
TRANSCRIPT = ROOT / "meetmind" / "demo" / "conversation.vtt"


@dataclass(frozen=True)
class Site:
    address: str
    interview: str

    @property
    def report(self) -> str:
        return f"/interviews/{self.interview}/report/"


@pytest.fixture(scope="module")
def providers() -> Iterator[dict[str, str]]:
    """The settings that lead to the fake AI providers."""
    command = [sys.executable, "-m", "tests.fake_providers", "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    root = f"http://127.0.0.1:{process.stdout.readline().strip()}"
    try:
        yield {
            "GEMINI_API_KEY": "key",
            "GEMINI_BASE_URL": root,
            "OPENROUTER_API_KEY": "key",
            "OPENROUTER_BASE_URL": f"{root}/api/v1",
            "GROQ_API_KEY": "key",
            "GROQ_BASE_URL": root,
        }
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


@pytest.fixture(scope="module")
def site(providers: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("report")
    seeded = subprocess.run(
        [sys.executable, "-m", "tests.interviews.seed_report"],
        cwd=ROOT,
        env=clean_environment(folder, **providers),
        capture_output=True,
        text=True,
        check=True,
    )
    server = start_serving(folder, "--no-demo", port=free_port(), **providers)
    try:
        server.wait_until_up()
        yield Site(server.address, json.loads(seeded.stdout)["interview"])
    finally:
        server.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


def _sign_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda address: "login" not in address)


def test_a_quote_leads_to_its_moment_and_back(browser: Browser, site: Site) -> None:
    faults = Faults()
    with open_page(browser, site.address) as page:
        faults.watch(page)
        _sign_in(page, "theo@acme.example")
        page.goto(site.report)
        cite = page.locator("#summary a.cite").nth(1)
        expect(cite).to_be_visible(timeout=30_000)
        cite.click()
        quote = cite.get_attribute("data-quote") or ""
        expect(page.locator("#transcript-list mark")).to_have_text(quote)
        moment = f"segment-{cite.get_attribute('data-segment')}"
        expect(page.locator(f"#{moment}")).to_be_focused()
        assert page.url.endswith(f"#{moment}")
        page.click("#jump-back")
        expect(cite).to_be_focused()
        page.goto(f"{site.report}#{moment}")
        expect(page.locator(f"#{moment}.is-current")).to_be_visible()
    assert faults.words == []


def test_a_question_is_answered_on_the_page(browser: Browser, site: Site) -> None:
    faults = Faults()
    with open_page(browser, site.address) as page:
        faults.watch(page)
        _sign_in(page, "otto@acme.example")
        page.goto(site.report)
        page.fill("#ask-question", "Which billing service did they run?")
        page.click("#ask-form button")
        answer = page.locator("#answers .answer").first
        expect(answer.locator(".claims")).to_contain_text("billing service", timeout=30_000)
        expect(page.locator("#ask-question")).to_have_value("")
    assert faults.words == []


def test_two_windows_of_one_scorecard_keep_both_texts(browser: Browser, site: Site) -> None:
    saved = "#review-state[data-state=saved]"
    with open_page(browser, site.address) as one, open_page(browser, site.address) as two:
        for page in (one, two):
            _sign_in(page, "ines@acme.example")
            page.goto(site.report)
        one.locator(".review-row textarea").first.fill("From the laptop.")
        one.wait_for_selector(saved)
        two.locator(".review-row textarea").first.fill("From the phone.")
        conflict = two.locator("#review-conflict")
        expect(conflict).to_contain_text("From the laptop.")
        expect(two.locator(".review-row textarea").first).to_have_value("From the phone.")
        two.click("text=Keep mine")
        two.wait_for_selector(saved)
        one.reload()
        expect(one.locator(".review-row textarea").first).to_have_value("From the phone.")
        one.locator(".review-overall input[value=yes]").check()
        one.click("text=Submit your scorecard")
        expect(one.locator("#scorecard")).to_contain_text("Scorecard, drafted by the AI")


def test_an_uploaded_transcript_becomes_a_report_that_arrives_by_itself(
    browser: Browser, site: Site
) -> None:
    faults = Faults()
    with open_page(browser, site.address) as page:
        faults.watch(page)
        _sign_in(page, "rita@acme.example")
        page.goto("/interviews/import/")
        page.select_option("#id_position", index=1)
        page.fill("#id_candidate_name", "Nora Newcomer")
        page.set_input_files("#id_file", TRANSCRIPT)
        page.click("#import-button")
        page.locator("label:has([name=candidate_speaker])").nth(1).click()
        page.click("#import-button")
        page.wait_for_url("**/report/")
        for part in ("#summary .claims", "#insights .report-stats"):
            expect(page.locator(part).first).to_be_visible(timeout=30_000)
        expect(page.locator("#report-progress .steps")).to_have_count(0, timeout=30_000)
    assert faults.words == []


@pytest.mark.parametrize("address", ["report", "/interviews/import/"])
def test_axe_finds_nothing(browser: Browser, site: Site, address: str) -> None:
    with open_page(browser, site.address, audited=True) as page:
        _sign_in(page, "rita@acme.example")
        page.goto(site.report if address == "report" else address)
        page.wait_for_load_state("load")
        assert looked_at(page) == []
