"""Probes: answered from inside, under any name, and honest."""

import pytest
from django.test import Client, override_settings

from meetmind.logging import without_secrets

pytestmark = pytest.mark.django_db


def test_a_process_that_answers_is_healthy() -> None:
    assert Client().get("/healthz").content == b"ok\n"


def test_readiness_names_each_part() -> None:
    response = Client().get("/readyz")
    assert response.status_code == 200
    assert response.json()["database"] == "ok"
    assert response.json()["migrations"] == "ok"


@override_settings(MANY_PROCESSES=True, REDIS_URL="redis://127.0.0.1:1/0")
def test_a_broker_that_is_away_makes_it_unready() -> None:
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json()["broker"] == "does not answer"


def test_figures_are_in_the_format_of_prometheus() -> None:
    assert b"# TYPE python_info gauge" in Client().get("/metrics").content


@override_settings(ALLOWED_HOSTS=["interviews.example.com"], SECURE_SSL_REDIRECT=True)
def test_probes_need_neither_the_right_name_nor_tls() -> None:
    assert Client().get("/healthz", headers={"host": "10.1.2.3"}).status_code == 200
    assert Client().get("/accounts/login/", headers={"host": "10.1.2.3"}).status_code == 400


@pytest.mark.parametrize(
    ("line", "safe"),
    [
        ("GET /join/AbCdEfGhIjKlMnOpQrStUvWxYz012345 failed", "GET /join/[link] failed"),
        (
            "Not Found: /interviews/0b6c1c3e-6f0a-4a53-9c9b-2f6a4f1f0b11/",
            "Not Found: /interviews/0b6c1c3e-6f0a-4a53-9c9b-2f6a4f1f0b11/",
        ),
        ("Authorization: Bearer abcdef", "Authorization: Bearer [token]"),
        ("token mm_AbCdEfGhIjKlMnOpQrSt used", "token [token] used"),
        (
            "in /app/interviews/services/end.py, line 3",
            "in /app/interviews/services/end.py, line 3",
        ),
    ],
)
def test_links_and_tokens_stay_out_of_logs(line: str, safe: str) -> None:
    assert without_secrets(line) == safe
