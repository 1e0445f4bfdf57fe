"""Pictures of pages, on phone and desk, light and dark; and which of the site's addresses have one."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import Page

from tests.browser import DESK, PHONE, Scheme, audit, overflow

HEIGHTS = {DESK: 900, PHONE: 812}
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
LONGEST = 6000
# Colours that are on their way from one scheme to the other belong to neither.
SETTLED = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
  for (const change of document.getAnimations()) if (change instanceof CSSTransition) change.finish();
  done();
})))"""
README_SIZE = (1280, 800)


@dataclass
class Album:
    """Takes pictures into `folder`, those of README into `for_readme`, and notes what is wrong with a page."""

    folder: Path
    for_readme: Path
    faults: list[str] = field(default_factory=list)
    addresses: set[str] = field(default_factory=set)

    def take(self, page: Page, name: str) -> None:
        """The page as it stands, in every size and colour."""
        self.addresses.add(address_name(page.url))
        for width, height in HEIGHTS.items():
            for scheme in SCHEMES:
                page.set_viewport_size({"width": width, "height": height})
                page.emulate_media(color_scheme=scheme)
                page.evaluate(SETTLED)
                self._look(page, f"{name}-{width}-{scheme}")
        page.set_viewport_size({"width": DESK, "height": HEIGHTS[DESK]})
        page.emulate_media(color_scheme="light")

    def _look(self, page: Page, name: str) -> None:
        if too_wide := overflow(page):
            self.faults.append(f"{name}: wider than the window by {too_wide} px")
        self.faults.extend(f"{name}: {fault}" for fault in audit(page))
        _unroll(page)
        page.screenshot(path=self.folder / f"{name}.png", animations="disabled")

    def take_for_readme(
        self, page: Page, name: str, *, width: int = README_SIZE[0], height: int = README_SIZE[1]
    ) -> None:
        """What a window of this size shows."""
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=self.for_readme / f"{name}.png", animations="disabled")
        page.set_viewport_size({"width": DESK, "height": HEIGHTS[DESK]})


def _unroll(page: Page) -> None:
    """Makes the window as high as the page, so that what sticks to its edges sticks where it belongs."""
    size = page.viewport_size
    height = int(page.evaluate("document.documentElement.scrollHeight"))
    if size is not None and height > size["height"]:
        page.set_viewport_size({"width": size["width"], "height": min(height, LONGEST)})
    page.evaluate("window.scrollTo(0, 0)")


def address_name(url: str) -> str:
    """The name of the route behind an address, empty if there is none."""
    path = "/" + url.split("://", 1)[-1].partition("/")[2].partition("?")[0].partition("#")[0]
    try:
        return resolve(path).view_name or path
    except Resolver404:
        return ""


def all_addresses() -> set[str]:
    """The names of every route of the site, the API's aside."""
    return set(_walk(get_resolver(), ""))


def _walk(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name}"
        elif not str(entry.pattern).startswith("api/"):
            yield from _walk(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
