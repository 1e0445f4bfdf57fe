"""Where pictures are taken: a served MeetMind with its demo, fake AI providers, a browser, and people to sign in as."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, Page, expect

from tests.browser import open_page
from tests.journeys.providers import Providers
from tests.screens.album import Album
from tests.screens.prepare import PASSWORD, TOTP_SECRET
from tests.stack import ROOT, OneProcess


@dataclass
class Studio:
    stack: OneProcess
    providers: Providers
    browser: Browser
    album: Album
    demo: dict[str, Any] = field(default_factory=dict)
    more: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.demo = json.loads((self.stack.folder / "data" / "demo.json").read_text())
        done = subprocess.run(
            [sys.executable, "-m", "tests.screens.prepare"],
            cwd=ROOT,
            env=self.stack.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        self.more = json.loads(done.stdout)

    @contextmanager
    def visitor(self) -> Iterator[Page]:
        """Somebody who is not signed in."""
        with open_page(self.browser, self.stack.url, audited=True) as page:
            yield page

    def password_of(self, name: str) -> str:
        people = {member["email"].partition("@")[0]: member for member in self.demo["members"]}
        return str(people[name]["password"])

    @contextmanager
    def signed_in(self, name: str) -> Iterator[Page]:
        """A member of the demo by first name; or of the organisation that has nothing yet."""
        known = {
            member["email"].partition("@")[0]: (member["email"], member["password"])
            for member in self.demo["members"]
        }
        others = {"noa": "noa@freshstart.example", "nobody": "nobody@freshstart.example"}
        email, password = known.get(name) or (others[name], PASSWORD)
        with self.visitor() as page:
            sign_in(page, email, password)
            expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")
            yield page

    def picture(self, page: Page, name: str, address: str) -> None:
        page.goto(address)
        self.album.take(page, name)


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").first.fill(password)
    page.get_by_role("button", name="Sign in").click()


def one_time_code() -> str:
    return str(format_hotp_value(hotp_value(TOTP_SECRET, int(time.time() // 30))))
