"""An organisation sees what its AI costs and sets a limit; operators see how the providers fare."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from ai_engine import ledger, usage
from ai_engine.call_log import BatchedCallLog, OutageRecord
from ai_engine.engine import Engine, engine
from ai_engine.errors import KeyRejected, ModelMissing, RateLimited, Unreachable
from ai_engine.providers.scripted import Fail, Say, Scripted
from interviews.models import AuditEntry
from tests.ai_engine.test_ledger import record
from tests.ai_engine.vendors import hello
from tests.cast import Cast


def signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type] # a User
    return client


def test_ada_sees_what_acme_used_and_not_what_others_did(cast: Cast) -> None:
    ledger.store(
        [
            record(1, scope=str(cast.acme.id), cost=Decimal("1.25")),
            record(2, scope=str(cast.acme.id), outcome="overloaded", cost=None),
            record(3, scope=str(cast.rival.id), cost=Decimal(987654)),
        ]
    )
    page = signed_in(cast.ada.user).get("/ai/").content.decode()
    assert "1.25" in page
    assert "overloaded 1" in page
    assert "987654" not in page
    assert "<svg" in page


def test_ada_sets_a_budget_and_it_is_noted(cast: Cast) -> None:
    ada = signed_in(cast.ada.user)
    assert ada.post("/ai/", {"budget": "25.50"}).status_code == 302
    assert usage.scope_rules(scope=str(cast.acme.id)).budget == Decimal("25.50")
    assert AuditEntry.objects.get(action="ai_budget.set").detail == {"from": None, "to": "25.50"}
    assert ada.post("/ai/", {"budget": "-1"}).status_code == 422
    ada.post("/ai/", {"budget": ""})
    assert usage.scope_rules(scope=str(cast.acme.id)).budget is None


def test_olga_sees_each_provider_and_the_last_outages(cast: Cast) -> None:
    now = datetime.now(UTC)
    ledger.store([OutageRecord(provider="groq", model="m", operation="stream",
                               reason="timed_out", began=now, ended=None)])  # fmt: skip
    with engine.replaced_by(Engine([Scripted(name="groq")])):
        page = signed_in(cast.olga).get("/ai/providers/").content.decode()
    assert "scripted-1" in page
    assert "timed_out" in page


@pytest.mark.parametrize(
    ("error", "word", "advice"),
    [
        (None, "working", ""),
        (lambda name: RateLimited(name, retry_after=40), "limited", ""),
        (KeyRejected, "trouble", "GROQ_API_KEY"),
        (ModelMissing, "trouble", "GROQ_MODEL"),
    ],
)
def test_olga_reads_one_word_and_what_to_do(
    error: Callable[[str], Exception] | None, word: str, advice: str, cast: Cast
) -> None:
    olga = signed_in(cast.olga)
    chain = [
        Scripted([Fail(error) if error else Say("ready")], name="groq"),
        Scripted(name="other"),
    ]
    with engine.replaced_by(Engine(chain)):
        engine.run(engine.complete(hello()))
        page = olga.get("/ai/providers/").content.decode()
        told = olga.get("/api/v1/ai/providers").json()[0]
        own = signed_in(cast.ada.user).get("/api/v1/providers").json()[0]
    assert f">{word}</span>" in page
    assert advice in page
    assert told["condition"] == word
    assert advice in told["what_to_do"]
    assert bool(told["what_to_do"]) == bool(advice)
    assert own["operations"][0]["state"] == {"trouble": "resting"}.get(word, word)


def test_programs_of_operators_get_what_the_page_shows(cast: Cast) -> None:
    now = datetime.now(UTC)
    ledger.store(
        [
            record(1, scope=str(cast.acme.id), at=now, total_ms=300, cost=Decimal("1.25")),
            record(2, scope=str(cast.rival.id), at=now, total_ms=500, cost=Decimal("0.75")),
            record(3, scope=str(cast.rival.id), at=now, outcome="overloaded", cost=None),
            OutageRecord(provider="groq", model="m", operation="stream", reason="timed_out",
                         began=now - timedelta(hours=3), ended=now - timedelta(hours=2)),
        ]
    )  # fmt: skip
    olga = signed_in(cast.olga)
    with engine.replaced_by(Engine([Scripted([Fail(Unreachable), Say("ready")], name="groq")])):
        called = [
            olga.post("/api/v1/ai/test-calls", {"provider": "groq"}, "application/json").json()
            for _ in range(2)
        ]
        unknown = olga.post("/api/v1/ai/test-calls", {"provider": "x"}, "application/json")
        provider = olga.get("/api/v1/ai/providers").json()[0]
    assert [call["error"] for call in called] == ["unreachable", ""]
    assert called[1]["model"] == "scripted-1"
    assert unknown.status_code == 422
    assert (provider["calls"], provider["average_ms"], provider["errors"]) == (
        3,
        400,
        {"overloaded": 1},
    )
    assert {operation["state"] for operation in provider["operations"]} == {"working"}
    assert [hour["average_ms"] for hour in olga.get("/api/v1/ai/latency").json()] == [400]
    assert olga.get("/api/v1/ai/outages").json()[0]["reason"] == "timed_out"
    assert Decimal(olga.get("/api/v1/ai/usage").json()[0]["cost"]) == 2


def test_a_test_call_says_what_came_of_it(cast: Cast) -> None:
    olga = signed_in(cast.olga)
    log = BatchedCallLog(ledger.store, seconds=0)
    with engine.replaced_by(Engine([Scripted([Fail(Unreachable), Say("ready")])], call_log=log)):
        failed = olga.post("/ai/providers/test/", {"provider": "scripted"}, follow=True)
        worked = olga.post("/ai/providers/test/", {"provider": "scripted"}, follow=True)
        unknown = olga.post("/ai/providers/test/", {"provider": "nobody"}, follow=True)
    assert "did not answer: unreachable" in failed.content.decode()
    assert "answered, as scripted-1" in worked.content.decode()
    assert "There is no such provider" in unknown.content.decode()


@pytest.mark.parametrize(
    "path",
    ["/ai/", "/ai/providers/",
     *(f"/api/v1/ai/{what}" for what in ("providers", "latency", "outages", "usage"))],
)  # fmt: skip
def test_rita_has_no_business_there(cast: Cast, path: str) -> None:
    assert signed_in(cast.rita.user).get(path).status_code in {403, 404}
