"""Every part of the interface is accessible, fits a phone, and lives under the strict policy."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import PHONE, Faults, audit, looked_at, open_page

pytestmark = pytest.mark.browser
LIGHT_PAPER, DARK_PAPER = "rgb(244, 246, 243)", "rgb(16, 21, 19)"
PAGES = [
    "/styleguide/",
    "/room/",
    "/accounts/login/",
    "/accounts/password/reset/",
    "/nothing/here/",
]


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_and_nothing_sticks_out(
    browser: Browser, address: str, path: str
) -> None:
    with open_page(browser, address, audited=True) as page:
        page.goto(path)
        assert looked_at(page) == []


def test_an_open_menu_and_an_open_dialog_are_accessible(browser: Browser, address: str) -> None:
    with open_page(browser, address, audited=True) as page:
        page.goto("/styleguide/")
        page.locator(".menu > summary").click()
        assert audit(page) == []
        page.keyboard.press("Escape")
        expect(page.locator(".menu-panel")).to_be_hidden()
        page.get_by_role("button", name="Open a dialog").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert audit(page) == []


@pytest.mark.parametrize("path", ["/styleguide/", "/room/", "/accounts/login/", "/htmx/"])
def test_the_policy_refuses_nothing_that_a_page_needs(
    browser: Browser, address: str, path: str
) -> None:
    faults = Faults()
    with open_page(browser, address) as page:
        faults.watch(page)
        answer = page.goto(path, wait_until="networkidle")
        assert answer is not None
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert faults.words == []


def test_a_chosen_theme_holds_against_the_system_and_over_a_reload(
    browser: Browser, address: str
) -> None:
    with open_page(browser, address, scheme="light") as page:
        # Notes, as the body begins and before anything is painted, whether the root was marked.
        page.add_init_script(
            """new MutationObserver(() => {
              if (document.body && window.darkAtFirst === undefined)
                window.darkAtFirst = document.documentElement.hasAttribute("data-dark");
            }).observe(document, { childList: true, subtree: true });"""
        )
        page.goto("/styleguide/")
        root = page.locator("html")
        expect(root).to_have_css("background-color", LIGHT_PAPER)
        page.get_by_role("button", name="Dark").click()
        expect(root).to_have_css("background-color", DARK_PAPER)
        page.reload()
        assert page.evaluate("window.darkAtFirst") is True, "the page flashes in the wrong colours"
        expect(root).to_have_css("background-color", DARK_PAPER)
        page.get_by_role("button", name="Auto").click()
        expect(root).to_have_css("background-color", LIGHT_PAPER)


def test_a_dark_page_is_printed_on_white(browser: Browser, address: str) -> None:
    with open_page(browser, address, scheme="dark") as page:
        page.goto("/styleguide/")
        expect(page.locator("html")).to_have_css("background-color", DARK_PAPER)
        page.emulate_media(media="print")
        expect(page.locator("html")).to_have_css("background-color", "rgb(255, 255, 255)")
        expect(page.locator(".site-header")).to_be_hidden()


def test_a_dialog_stands_in_the_middle_and_takes_the_focus(browser: Browser, address: str) -> None:
    with open_page(browser, address) as page:
        page.goto("/styleguide/")
        page.get_by_role("button", name="Open a dialog").click()
        box = page.get_by_role("dialog").bounding_box()
        assert box is not None
        assert abs(box["y"] + box["height"] / 2 - 450) < 2
        expect(page.get_by_role("button", name="Keep going")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Open a dialog")).to_be_focused()


def test_the_room_keeps_the_composer_in_view_on_a_phone(browser: Browser, address: str) -> None:
    with open_page(browser, address, width=PHONE) as page:
        page.set_viewport_size({"width": PHONE, "height": 560})
        page.goto("/room/")
        expect(page.get_by_role("button", name="I'm done")).to_be_in_viewport()
        expect(page.get_by_label("Your answer")).to_be_in_viewport()


def test_the_keyboard_reaches_the_content_first(browser: Browser, address: str) -> None:
    with open_page(browser, address) as page:
        page.goto("/styleguide/")
        page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Skip to the content")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.locator("#main")).to_be_focused()
