"""A candidate agrees to be recorded, reloads, loses the network, and ends; the team hears what was said, from any moment."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from meetmind.demo.candidate import Script
from tests.browser import EVERY_LOOK, Faults, looked_at, open_browser, open_page
from tests.journeys.rooms import write_speech
from tests.journeys.steps import answer_next, signed_in
from tests.stack import OneProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
RECORDED = "#recorder[data-state=recording]"


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    """With a microphone into which somebody speaks and pauses, over and over."""
    speech = tmp_path / "speech.wav"
    write_speech(speech, (2, True), (1, False))
    with open_browser(
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={speech}",
    ) as started:
        yield started


@pytest.fixture
def demo(stack: OneProcess) -> dict[str, Any]:
    return dict(json.loads((stack.folder / "data" / "demo.json").read_text()))


def schedule_recorded(
    browser: Browser, stack: OneProcess, member: dict[str, str]
) -> tuple[str, str]:
    """The address of an interview that is to be recorded, and its candidate's link."""
    with signed_in(browser, stack, member) as page:
        page.goto("/interviews/new/")
        page.get_by_label("Position").select_option(index=1)
        page.get_by_label("Name").fill("Nora Newcomer")
        page.get_by_label("Ask the candidate to have their voice recorded").check()
        page.get_by_role("button", name="Schedule and invite").click()
        expect(page.get_by_text("Asked for")).to_be_visible()
        return page.url, page.locator("#candidate-link").input_value()


def agree(page: Page, link: str, *, to_recording: bool) -> None:
    page.goto(link)
    page.get_by_role("button", name="Continue").click()
    box = page.get_by_label("You may record my voice")
    expect(box).not_to_be_checked()
    if to_recording:
        box.check()
    page.get_by_role("button", name="I agree").click()


def wait_for_chunk(page: Page) -> None:
    def is_stored(response: Response) -> bool:
        return "/chunks/" in response.url and response.status == 201

    with page.expect_response(is_stored, timeout=30_000):
        pass


def kept_in_browser(page: Page) -> int:
    """How many entries of any kind the room's database holds."""
    return int(
        page.evaluate(
            """async () => {
              const opening = indexedDB.open("meetmind-outbox");
              const db = await new Promise((done) => { opening.onsuccess = () => done(opening.result); });
              const counts = [...db.objectStoreNames].map((name) => new Promise((done) => {
                const asked = db.transaction(name).objectStore(name).count();
                asked.onsuccess = () => done(asked.result);
              }));
              return (await Promise.all(counts)).reduce((a, b) => a + b, 0);
            }"""
        )
    )


def test_what_was_recorded_is_heard_from_any_moment(
    stack: OneProcess, browser: Browser, demo: dict[str, Any]
) -> None:
    interview, link = schedule_recorded(browser, stack, demo["members"][0])
    speak_and_reload(browser, stack, link)
    faults = Faults()
    with signed_in(browser, stack, demo["members"][0], audited=True) as page:
        faults.watch(page)
        page.goto(f"{interview}report/")
        hear(page)
        assert looked_at(page, looks=EVERY_LOOK) == []
    assert faults.words == []


def speak_and_reload(browser: Browser, stack: OneProcess, link: str) -> None:
    with open_page(browser, stack.url, audited=True) as page:
        agree(page, link, to_recording=True)
        page.get_by_role("button", name="Start the interview").click()
        expect(page.locator(RECORDED)).to_be_visible()
        answer_next(page, Script())
        wait_for_chunk(page)
        page.reload()
        expect(page.locator(RECORDED)).to_be_visible()
        assert looked_at(page, looks=EVERY_LOOK) == []
        wait_for_chunk(page)
        page.context.set_offline(True)
        expect(page.locator("#recorder-words")).to_contain_text(
            "kept on this device", timeout=40_000
        )
        assert kept_in_browser(page) > 0
        page.context.set_offline(False)
        expect(page.locator("#recorder-words")).not_to_contain_text(
            "kept on this device", timeout=60_000
        )
        expect(page.locator("#connection[data-state=open]")).to_be_visible(timeout=60_000)
        page.get_by_text("More", exact=True).click()
        page.get_by_role("button", name="End the interview").click()
        page.locator("#end-dialog button[value=end]").click()
        page.get_by_role("link", name="Finish").click()
        expect(page.get_by_text("said is kept on this device")).to_be_visible()
        expect(page.locator("#sending")).to_be_hidden()
        page.wait_for_function(
            "() => !Object.keys(sessionStorage).some((key) => key.includes('draft'))"
        )
        assert kept_in_browser(page) == 0


def hear(page: Page) -> None:
    sounds = page.locator("#recordings audio")
    for _ in range(30):
        if sounds.count() == 2:
            break
        page.wait_for_timeout(1_000)
        page.reload()
    expect(sounds).to_have_count(2)
    moments = page.locator("#transcript-list .play-moment")
    expect(moments.first).to_be_visible()
    clicked = moments.last
    clicked.focus()
    page.keyboard.press("Enter")
    page.wait_for_function(
        "() => [...document.querySelectorAll('audio')].some((a) => a.currentTime > 0 && !a.paused)"
    )
    turn = page.locator("#transcript-list li[aria-current=true]")
    expect(turn).to_have_count(1)
    told = turn.evaluate("(li) => Number(li.dataset.startedMs)")
    playing = sounds.evaluate_all(
        """(all) => all.map((a) => ({
          duration: a.duration, at: Number(a.dataset.startedMs) + a.currentTime * 1000, paused: a.paused,
          told: Number(a.dataset.durationMs) / 1000,
        }))"""
    )
    (heard,) = [each for each in playing if not each["paused"]]
    assert heard["duration"] > 4
    assert abs(heard["duration"] - heard["told"]) < 0.2
    assert told <= heard["at"] < told + 5_000
    expect(clicked).to_be_focused()


def test_declining_and_stopping_change_nothing_else(
    stack: OneProcess, browser: Browser, demo: dict[str, Any]
) -> None:
    interview, link = schedule_recorded(browser, stack, demo["members"][0])
    with (
        open_page(browser, stack.url) as page,
        signed_in(browser, stack, demo["members"][0]) as panel,
    ):
        told = panel.locator("#recording")
        agree(page, link, to_recording=False)
        expect(page.locator("#recorder")).to_have_count(0)
        panel.goto(f"{interview}room/")
        expect(told).to_have_text("No recording")
        page.goto("/room/?notice=1")
        page.get_by_label("You may record my voice").check()
        page.get_by_role("button", name="I agree").click()
        page.get_by_role("button", name="Start the interview").click()
        expect(page.locator(RECORDED)).to_be_visible()
        expect(told).to_have_text("Recording", timeout=30_000)  # the first sound has come
        page.get_by_role("button", name="Stop recording").click()
        expect(page.locator("#recorder-words")).to_have_text("Your voice is not recorded any more.")
        expect(told).to_have_text("No recording")
        assert answer_next(page, Script())
        page.reload()
        expect(page.locator("#recorder-words")).to_have_text("Your voice is not recorded any more.")
        page.get_by_role("button", name="Record again").click()
        expect(page.locator(RECORDED)).to_be_visible()
        page.get_by_role("button", name="Pause").click()
        expect(page.locator("#recorder-words")).to_have_text(
            "Your voice is not recorded during the pause."
        )
        page.get_by_role("button", name="Go on").click()
        expect(page.locator(RECORDED)).to_be_visible()
