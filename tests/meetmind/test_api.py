"""The API as a whole: its document, its documentation page, and who gets in."""

from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.browser import Faults, open_browser, open_page


@pytest.mark.django_db
def test_the_document_tells_of_problems_and_keys() -> None:
    document = Client().get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.")
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            where = f"{method} {path}"
            assert operation["responses"]["404"]["content"].keys() == {
                "application/problem+json"
            }, where
            if method == "post":
                headers = {parameter["name"] for parameter in operation["parameters"]}
                assert "Idempotency-Key" in headers, where


@pytest.mark.django_db
def test_an_unknown_path_and_a_wrong_method_are_problems() -> None:
    for response in (Client().get("/api/v1/nothing"), Client().delete("/api/v1/openapi.json")):
        assert response.status_code in {404, 405}
        assert response["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_a_nul_in_the_address_is_refused() -> None:
    assert Client().get("/api/v1/openapi.json?a=%00").status_code == 400
    assert Client().get("/accounts/login/?next=%00").status_code == 400


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_documentation_works_under_the_strict_policy_without_a_network(
    browser: Browser, live_server: LiveServer
) -> None:
    with open_page(browser, live_server.url) as page:
        faults = Faults()
        faults.watch(page)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto("/api/v1/docs")
        page.get_by_text("MeetMind", exact=False).first.wait_for()
        page.locator(".opblock, .no-spec, #swagger-ui .info").first.wait_for()
        assert faults.words == []
        assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
