"""The pages of data rights in a real browser: on a phone and on a desk, by day and by night."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from interviews.models import Interview
from interviews.services.keep_no_longer import keep_no_longer
from tests.browser import Faults, looked_at, open_browser, open_page
from tests.cast import Cast, make_interview
from tests.interviews.told import make_told_interview

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


def _sign_in(page: Page, cast: Cast, address: str) -> None:
    client = Client()
    client.force_login(cast.rita.user)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": address}])


def test_every_page_fits_and_axe_finds_nothing(
    browser: Browser, live_server: LiveServer, cast: Cast
) -> None:
    told = make_told_interview(cast)
    make_interview(cast, plan=told.plan_version)
    Interview.objects.filter(id=told.id).update(ended_at=datetime.now(UTC) - timedelta(days=200))
    keep_no_longer(now=datetime.now(UTC))
    faults = Faults()
    with open_page(browser, live_server.url, audited=True) as page:
        faults.watch(page)
        _sign_in(page, cast, live_server.url)
        for address in (
            "/erasures/",
            f"/interviews/{told.id}/report/",
            f"/candidates/{cast.cem.id}/",
            f"/candidates/{cast.cem.id}/erase/",
        ):
            page.goto(address)
            assert looked_at(page) == [], address
        page.get_by_label("The candidate's name").fill("Cem Candidate")
        page.get_by_role("button", name="Erase everything").click()
        page.wait_for_url("**/erasures/*/")
        assert looked_at(page) == [], page.url
        page.goto("/erasures/")
        assert looked_at(page) == [], page.url
    assert faults.words == []
