"""A real Chromium for tests: how it is started, what counts as a fault of a page, and what axe says of it."""

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, sync_playwright

FLAGS = (
    "--no-sandbox",  # root may not use the sandbox
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE, DESK = 375, 1440
# Colours on their way from one scheme to the other are of neither.
_SETTLED = """async () => {
  await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
  for (const animation of document.getAnimations()) animation.finish();
}"""
Scheme = Literal["light", "dark"]
Look = tuple[int, Scheme]
EVERY_LOOK: tuple[Look, ...] = ((PHONE, "light"), (PHONE, "dark"), (DESK, "light"), (DESK, "dark"))
EACH_ONCE: tuple[Look, ...] = (
    (PHONE, "dark"),
    (DESK, "light"),
)  # colours do not depend on the width


@contextmanager
def open_browser(*extra_flags: str, has_sound: bool = False) -> Iterator[Browser]:
    """Starts the machine's Chromium; Playwright's own is never downloaded.

    `has_sound`: pages are not muted, so that another page can hear them.
    """
    with open_browsers(extra_flags, has_sound=has_sound) as (browser,):
        yield browser


@contextmanager
def open_browsers(*flags: Sequence[str], has_sound: bool = False) -> Iterator[list[Browser]]:
    """One for each set of flags: people whose microphones differ need browsers of their own."""
    # Playwright's loop runs in this thread, which makes Django refuse the database to plain tests.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright, ExitStack() as opened:
        browsers = []
        for extra_flags in flags:
            browser = playwright.chromium.launch(
                executable_path=_chromium(with_sound=has_sound or bool(extra_flags)),
                args=[*FLAGS, *extra_flags],
                ignore_default_args=["--mute-audio"] if has_sound else None,
                timeout=60_000,
            )
            opened.callback(browser.close)
            browsers.append(browser)
        yield browsers


def _chromium(*, with_sound: bool) -> str:
    """Chromium; its headless shell, without the windows that nobody sees, costs half, but hears and plays nothing."""
    shell = None if with_sound else shutil.which("chromium-headless-shell")
    binary = shell or shutil.which("chromium") or shutil.which("chromium-browser")
    assert binary, "No Chromium found. Run `make system` as root, or: apt-get install chromium"
    return binary


@dataclass
class Faults:
    """What a page complained about while it was watched: script errors, refused styles, failed loads."""

    words: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("pageerror", self._note_error)
        page.on("console", self._note_console)

    def _note_error(self, error: Error) -> None:
        self.words.append(f"uncaught: {error.message}")

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.words.append(f"{message.type}: {message.text}")


def is_of_a_broken_network(words: str) -> bool:
    """What a browser says of a server that cannot be reached; the page itself must stay calm."""
    return bool(
        re.search(
            r"ERR_(CONNECTION|SOCKET|INTERNET_DISCONNECTED|EMPTY_RESPONSE|NETWORK)|WebSocket connection to",
            words,
        )
    )


@contextmanager
def open_page(
    browser: Browser,
    address: str,
    *,
    width: int = DESK,
    scheme: Scheme = "light",
    audited: bool = False,
) -> Iterator[Page]:
    """A page in a context of its own. `audited` lets axe in past the content security policy."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        bypass_csp=audited,
        base_url=address,
        reduced_motion="reduce",
    )
    context.set_default_timeout(15_000)
    try:
        yield context.new_page()
    finally:
        context.close()


def audit(page: Page) -> list[str]:
    """What axe finds wrong, one line per element: empty is right. Needs a page opened as `audited`."""
    found = Axe().run(page).response["violations"]
    return [
        f"{violation['id']} at {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for violation in found
        for node in violation["nodes"]
    ]


def looked_at(page: Page, *, looks: Sequence[Look] = EACH_ONCE) -> list[str]:
    """The page as it is, in several looks: what axe finds, and what is wider than the window.

    Needs a page opened as `audited`. To open a page anew for each look would ask the same, for far longer.
    """
    found = []
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.evaluate(_SETTLED)
        found += [f"{width} px, {scheme}: {fault}" for fault in audit(page)]
        if overflow(page) > 0:
            found.append(f"{width} px: wider than the window by {overflow(page)} px")
    return found


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
