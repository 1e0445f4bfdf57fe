"""Every failure of the API is one problem a program can read."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DataError, OperationalError
from django.http import Http404, HttpRequest
from ninja import NinjaAPI, Schema
from ninja.testing import TestClient

from webapi.parsing import StrictParser
from webapi.problems import Conflict, FieldError, TooManyRequests, Unprocessable, install_handlers


class Person(Schema):
    name: str
    age: int


FAILURES: dict[str, Exception] = {
    "conflict": Conflict("Somebody was faster.", code="edited_meanwhile"),
    "slow": TooManyRequests(retry_after=7),
    "fields": Unprocessable(errors=[FieldError("/name", "Too long.", "too_long")]),
    "missing": Http404(),
    "model": ValidationError({"email": ["Taken."]}),
    "value": DataError("value too long"),
    "database": OperationalError("gone"),
    "bug": RuntimeError("secret detail"),
}


@pytest.fixture(scope="module")
def client() -> TestClient:
    api = NinjaAPI(urls_namespace="problems", parser=StrictParser())
    install_handlers(api)

    @api.get("/fail/{kind}")
    def fail(request: HttpRequest, kind: str) -> None:
        raise FAILURES[kind]

    @api.post("/people")
    def add(request: HttpRequest, person: Person) -> dict[str, Any]:
        return person.dict()

    return TestClient(api)


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("conflict", 409, "edited_meanwhile"),
        ("slow", 429, "too_many_requests"),
        ("fields", 422, "invalid"),
        ("missing", 404, "not_found"),
        ("model", 422, "invalid"),
        ("value", 422, "invalid"),
        ("database", 503, "unavailable"),
        ("bug", 500, "internal_error"),
    ],
)
def test_a_failure_becomes_a_problem(client: TestClient, kind: str, status: int, code: str) -> None:
    response = client.get(f"/fail/{kind}")
    problem = response.json()
    assert response["Content-Type"] == "application/problem+json"
    assert (response.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert problem["type"].startswith("urn:")
    assert problem["title"]
    assert "secret detail" not in response.content.decode()


def test_how_long_to_wait_is_a_header(client: TestClient) -> None:
    assert client.get("/fail/slow")["Retry-After"] == "7"


def test_each_wrong_value_is_pointed_at(client: TestClient) -> None:
    problem = client.post("/people", json={"age": "old"}).json()
    assert {error["pointer"] for error in problem["errors"]} == {"/name", "/age"}
    assert client.get("/fail/model").json()["errors"][0]["pointer"] == "/email"


@pytest.mark.parametrize(
    "body",
    [
        "{",
        '{"name": "\\u0000", "age": 1}',
        '{"name": "\\ud800", "age": 1}',
        '{"name": "a", "age": NaN}',
        "[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_a_body_that_cannot_be_stored_is_refused(client: TestClient, body: str | bytes) -> None:
    response = client.post("/people", body=body)
    assert response.status_code == 400
    assert "JSON" in response.json()["detail"]
