"""Idempotency-Key: sent again is answered again, not done again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest
from ninja import NinjaAPI, Schema
from ninja.responses import Status
from ninja.testing import TestClient

from webapi.callers import Caller
from webapi.idempotency import install_idempotency
from webapi.models import IdempotentRequest
from webapi.problems import Conflict, install_handlers

pytestmark = pytest.mark.django_db


class Thing(Schema):
    name: str


class Shop:
    """An API that counts what it really makes."""

    def __init__(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        self.made: list[str] = []
        self.broken = False
        api = NinjaAPI(urls_namespace="shop", auth=self._caller)
        install_handlers(api)
        install_idempotency(api)

        @api.post("/things", response={201: Thing})
        def make(request: HttpRequest, thing: Thing) -> Any:
            if self.broken:
                raise Conflict("Sold out.")
            meanwhile()
            self.made.append(thing.name)
            return Status(201, thing)

        self.client = TestClient(api)

    def _caller(self, request: HttpRequest) -> Caller | None:
        name = request.headers.get("X-Caller", "rita")
        return Caller(name) if name else None

    def post(self, name: str, key: str, caller: str = "rita") -> Any:
        return self.client.post(
            "/things", json={"name": name}, headers={"Idempotency-Key": key, "X-Caller": caller}
        )


def test_the_same_request_is_done_once_and_answered_alike() -> None:
    shop = Shop()
    first, second = shop.post("lamp", "k1"), shop.post("lamp", "k1")
    assert shop.made == ["lamp"]
    assert (
        (second.status_code, second.json())
        == (first.status_code, first.json())
        == (
            201,
            {"name": "lamp"},
        )
    )
    assert second["Idempotent-Replayed"] == "true"


def test_a_key_belongs_to_its_caller_and_its_content() -> None:
    shop = Shop()
    shop.post("lamp", "k1")
    assert shop.post("chair", "k1").json()["code"] == "key_reused"
    assert shop.post("chair", "k1", caller="theo").status_code == 201
    assert shop.made == ["lamp", "chair"]


def test_a_failure_gives_the_key_back() -> None:
    shop = Shop()
    shop.broken = True
    assert shop.post("lamp", "k1").status_code == 409
    shop.broken = False
    assert shop.post("lamp", "k1").status_code == 201


def test_who_is_not_signed_in_gets_no_stored_answer() -> None:
    shop = Shop()
    shop.post("lamp", "k1")
    assert shop.post("lamp", "k1", caller="").status_code == 401


def test_a_request_that_never_finished_is_not_done_again() -> None:
    shop = Shop()
    shop.post("lamp", "k1")
    IdempotentRequest.objects.update(status=None)
    assert shop.post("lamp", "k1").json()["code"] == "still_working"
    row = IdempotentRequest.objects.get()
    IdempotentRequest.objects.update(created_at=row.created_at - timedelta(minutes=10))
    assert shop.post("lamp", "k1").json()["code"] == "outcome_unknown"
    assert shop.made == ["lamp"]


def test_an_old_key_is_forgotten() -> None:
    shop = Shop()
    shop.post("lamp", "k1")
    row = IdempotentRequest.objects.get()
    IdempotentRequest.objects.update(created_at=row.created_at - timedelta(days=2))
    assert shop.post("lamp", "k1").status_code == 201
    assert shop.made == ["lamp", "lamp"]


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_done_and_the_other_told_to_wait() -> None:
    started, go_on = Event(), Event()

    def wait_in_the_middle() -> None:
        started.set()
        assert go_on.wait(10)

    shop = Shop(wait_in_the_middle)

    def post() -> int:
        try:
            return int(shop.post("lamp", "k1").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        first = pool.submit(post)
        assert started.wait(10)
        second = shop.post("lamp", "k1")
        go_on.set()
        assert first.result(10) == 201
    assert second.json()["code"] == "still_working"
    assert shop.made == ["lamp"]
