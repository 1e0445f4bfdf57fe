"""The shared scripts do in a browser what the pages rely on."""

import json

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import Faults, open_page

pytestmark = pytest.mark.browser
START_AUTOSAVE = """async () => {
  const { autosave } = await import("/static/js/lib/autosave.js");
  window.heard = [];
  window.saver = autosave(document.getElementById("review"), {
    status: document.getElementById("save-state"),
    onConflict: (body) => window.heard.push(body),
  });
}"""


def _write(page: Page, words: str) -> None:
    page.get_by_label("Note").fill(words)


def test_autosave_saves_after_a_pause_and_takes_the_new_version(
    browser: Browser, address: str
) -> None:
    with open_page(browser, address) as page:
        page.goto("/scripts/")
        page.evaluate(START_AUTOSAVE)
        _write(page, "clear and calm")
        expect(page.locator("#save-state")).to_have_text("Saved")
        expect(page.locator("[name=version]")).to_have_value("2")


def test_autosave_says_when_it_cannot_and_saves_once_it_can(browser: Browser, address: str) -> None:
    with open_page(browser, address) as page:
        page.goto("/scripts/")
        page.evaluate(START_AUTOSAVE)
        page.route("**/save/", lambda route: route.abort())
        _write(page, "written in a tunnel")
        expect(page.locator("#save-state")).to_have_text("Not saved: no connection. Trying again.")
        page.unroute("**/save/")
        expect(page.locator("#save-state")).to_have_text("Saved")


def test_autosave_stops_at_a_conflict_and_keeps_the_words(browser: Browser, address: str) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=409, body=json.dumps({"version": 7, "note": "theirs"}))

    with open_page(browser, address) as page:
        page.goto("/scripts/")
        page.evaluate(START_AUTOSAVE)
        page.route("**/save/", refuse)
        _write(page, "mine")
        expect(page.locator("#save-state")).to_contain_text("Somebody else changed this")
        expect(page.get_by_label("Note")).to_have_value("mine")
        assert page.evaluate("window.heard") == [{"version": 7, "note": "theirs"}]
        page.unroute("**/save/")
        page.evaluate("window.saver.resume(7)")
        expect(page.locator("#save-state")).to_have_text("Saved")
        expect(page.locator("[name=version]")).to_have_value("8")


def test_htmx_sends_the_token_and_shows_the_answer(browser: Browser, address: str) -> None:
    faults = Faults()
    with open_page(browser, address) as page:
        faults.watch(page)
        page.goto("/htmx/")
        page.get_by_label("Question").fill("Why?")
        page.get_by_role("button", name="Ask").click()
        expect(page.locator("#answer")).to_have_text("You asked for 4 letters.")
        assert page.evaluate("[htmx.config.allowEval, htmx.config.selfRequestsOnly]") == [
            False,
            True,
        ]
        assert faults.words == []


def test_a_failed_request_is_told_in_words_and_can_be_tried_again(
    browser: Browser, address: str
) -> None:
    with open_page(browser, address) as page:
        page.goto("/htmx/")
        page.route("**/answer/", lambda route: route.fulfill(status=500, body="boom"))
        page.get_by_label("Question").fill("Why?")
        page.get_by_role("button", name="Ask").click()
        fault = page.locator(".request-error")
        expect(fault).to_contain_text("That did not work on our side.")
        page.unroute("**/answer/")
        page.get_by_role("button", name="Try again").click()
        expect(page.locator("#answer")).to_have_text("You asked for 4 letters.")
        expect(fault).to_have_count(0)


def test_what_comes_within_a_moment_is_announced_as_one(browser: Browser, address: str) -> None:
    with open_page(browser, address) as page:
        page.goto("/scripts/")
        page.evaluate(
            """async () => {
              const { announce } = await import("/static/js/lib/live_region.js");
              window.said = [];
              const region = document.getElementById("live-region");
              new MutationObserver(() => region.textContent && window.said.push(region.textContent))
                .observe(region, { childList: true, characterData: true, subtree: true });
              announce("The AI asks:"); announce("What made it hard?");
            }"""
        )
        expect(page.locator("#live-region")).to_have_text("The AI asks: What made it hard?")
        assert page.evaluate("window.said") == ["The AI asks: What made it hard?"]


def test_times_are_shown_where_the_reader_is(browser: Browser, address: str) -> None:
    with browser.new_context(timezone_id="Europe/Istanbul", locale="en-GB") as context:
        page = context.new_page()
        page.goto(f"{address}/scripts/")
        expect(page.locator("#at")).to_have_text("24 Nov 2026, 12:30")
        words = page.evaluate(
            """async () => {
              const { clockWords, relativeWords } = await import("/static/js/lib/time.js");
              const now = new Date("2026-11-24T12:00:00Z");
              return [clockWords(125000), clockWords(3725000), clockWords(-1),
                relativeWords(new Date("2026-11-22T12:00:00Z"), now), relativeWords(now, now)];
            }"""
        )
        assert words == ["2:05", "1:02:05", "0:00", "2 days ago", "just now"]


def test_made_elements_take_text_as_text(browser: Browser, address: str) -> None:
    with open_page(browser, address) as page:
        page.goto("/scripts/")
        html = page.evaluate(
            """async () => {
              const { make } = await import("/static/js/lib/dom.js");
              const made = make("p", { class: "muted", hidden: false, "data-id": 7 }, "<img src=x>", make("b", {}, "!"));
              return made.outerHTML;
            }"""
        )
        assert html == '<p class="muted" data-id="7">&lt;img src=x&gt;<b>!</b></p>'


def test_a_second_click_does_not_send_a_form_twice(browser: Browser, address: str) -> None:
    with open_page(browser, address) as page:
        page.goto("/styleguide/")
        sent = page.evaluate(
            """() => {
              let sent = 0;
              const form = document.querySelector("form.form");
              // Registered after page.js: it sees what page.js let through, and keeps the page here.
              document.addEventListener("submit", (event) => {
                if (!event.defaultPrevented) sent += 1;
                event.preventDefault();
              });
              form.noValidate = true;
              form.requestSubmit(); form.requestSubmit();
              return sent;
            }"""
        )
        assert sent == 1
