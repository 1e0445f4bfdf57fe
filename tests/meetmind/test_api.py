"""The API as a whole: its document, its documentation page, and who gets in."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from ninja import NinjaAPI
from ninja.testing import TestClient
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.browser import Faults, open_browser, open_page
from tests.cast import Cast
from webapi.limits import CallerThrottle
from webapi.problems import install_handlers
from webapi.tokens import BearerAuth, issue_token


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


@pytest.mark.django_db
def test_every_operation_needs_a_credential() -> None:
    document = Client().get("/api/v1/openapi.json").json()
    open_to_all = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            response = Client().generic(method.upper(), _filled(path, operation), "{}")
            if response.status_code != 401:
                open_to_all.append(f"{method} {path}: {response.status_code}")
    assert open_to_all == []


def _filled(path: str, operation: dict[str, Any]) -> str:
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            number = parameter["schema"].get("type") == "integer"
            value = "1" if number else str(UUID(int=1))
            path = path.replace("{" + parameter["name"] + "}", value)
    return path


@pytest.mark.django_db
def test_a_session_needs_the_csrf_token_to_change_anything(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.rita.user)
    response = client.post(f"/api/v1/interviews/{UUID(int=1)}/debriefs")
    assert (response.status_code, response.json()["code"]) == (403, "csrf_failed")


@pytest.mark.django_db
def test_a_bad_token_does_not_fall_back_to_the_session_beside_it(cast: Cast) -> None:
    client = Client(headers={"authorization": "Bearer mm_nothing"})
    client.force_login(cast.rita.user)
    assert client.get(f"/api/v1/interviews/{UUID(int=1)}/debriefs").status_code == 401


@pytest.mark.django_db
def test_a_caller_who_asks_too_often_has_to_wait(cast: Cast) -> None:
    secret = issue_token(user=cast.rita.user, name="hasty").secret
    throttled = NinjaAPI(
        urls_namespace="throttled", auth=BearerAuth(), throttle=CallerThrottle(most=2)
    )
    install_handlers(throttled)
    throttled.get("/x")(lambda request: {})
    answers = [
        TestClient(throttled).get("/x", headers={"Authorization": f"Bearer {secret}"})
        for _ in range(3)
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
