"""Jobs for programs: what operators may do, what members see, and what strangers do not."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from scheduler.enqueue import enqueue, start_workflow
from scheduler.models import Job, Kind, RecurringJob
from scheduler.testing import drain_jobs
from scheduler.workflow import Step, Workflow
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.portable]

Call = Callable[..., Any]


@pytest.fixture
def as_olga(cast: Cast) -> Call:
    return caller(cast.olga)


@pytest.fixture
def as_rita(cast: Cast) -> Call:
    return caller(cast.rita.user)


def caller(user: Any) -> Call:
    client = Client(raise_request_exception=False)
    client.force_login(user)

    def call(method: str, path: str, body: object = None, *, status: int = 200) -> Any:
        response = client.generic(
            method,
            f"/api/v1{path}",
            "" if body is None else json.dumps(body),
            content_type="application/json",
        )
        assert response.status_code == status, response.content
        return json.loads(response.content) if response.content else None

    return call


def dead_job(scope: str = "") -> Job:
    job = enqueue("probe.answer", {"outcome": "fail"}, scope=scope)
    drain_jobs()
    return job


def test_an_operator_enqueues_reads_and_cancels_a_job(as_olga: Call) -> None:
    made = as_olga("POST", "/jobs", {"kind": "probe.echo", "payload": {"say": "x"}}, status=201)
    assert (made["state"], made["payload"]) == ("ready", {"say": "x"})
    assert as_olga("GET", f"/jobs/{made['id']}")["attempts_made"] == []
    assert as_olga("POST", f"/jobs/{made['id']}/cancel")["state"] == "cancelled"
    as_olga("POST", f"/jobs/{made['id']}/cancel", status=409)
    as_olga("DELETE", f"/jobs/{made['id']}", status=204)
    as_olga("GET", f"/jobs/{made['id']}", status=404)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"kind": "nobody.does_this"}, "/kind"),
        ({"kind": "probe.echo", "payload": {"say": 1}}, "/payload"),
        ({"kind": "probe.echo", "priority": 9}, "/priority"),
        ({"kind": "probe.echo", "run_at": "2026-01-01T00:00:00"}, "/run_at"),
    ],
)
def test_what_cannot_be_enqueued_is_said_at_its_place(
    as_olga: Call, body: dict[str, object], pointer: str
) -> None:
    problem = as_olga("POST", "/jobs", body, status=422)
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


def test_jobs_are_listed_by_state_and_kind_in_pages(as_olga: Call) -> None:
    for _ in range(3):
        enqueue("probe.noop", {})
    enqueue("probe.echo", {})
    page = as_olga("GET", "/jobs?kind=probe.noop&state=ready&limit=2")
    rest = as_olga("GET", f"/jobs?kind=probe.noop&state=ready&limit=2&cursor={page['next']}")
    assert (len(page["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
    as_olga("GET", "/jobs?state=lost", status=422)


def test_a_workflow_is_started_watched_and_cancelled(as_olga: Call) -> None:
    steps = [
        {"name": "a", "kind": "probe.echo"},
        {"name": "b", "kind": "probe.echo", "after": ["a"], "payload": {"say": "x"}},
    ]
    run = as_olga("POST", "/workflows", {"name": "two", "steps": steps}, status=201)
    seen = as_olga("GET", f"/workflows/{run['id']}")
    assert [(step["name"], step["state"]) for step in seen["steps"]] == [
        ("a", "ready"),
        ("b", "waiting"),
    ]
    assert seen["steps"][1]["parents"] == [
        {"parent": seen["steps"][0]["job"], "condition": "succeeded"}
    ]
    assert as_olga("POST", f"/workflows/{run['id']}/cancel")["state"] == "cancelled"
    as_olga("POST", f"/workflows/{run['id']}/cancel", status=409)


def test_a_cycle_is_refused_and_named(as_olga: Call) -> None:
    steps = [
        {"name": "a", "kind": "probe.noop", "after": ["b"]},
        {"name": "b", "kind": "probe.noop", "after": ["a"]},
    ]
    problem = as_olga("POST", "/workflows", {"name": "loop", "steps": steps}, status=422)
    assert "cycle" in problem["errors"][0]["detail"]


def test_a_dead_letter_is_found_mended_replayed_or_discarded(as_olga: Call) -> None:
    first, second = dead_job(), dead_job()
    listed = as_olga("GET", "/dead-letters?kind=probe.answer")["items"]
    assert [item["id"] for item in listed] == [second.pk, first.pk]
    assert as_olga("GET", f"/dead-letters/{first.pk}")["attempts_made"][0]["ended"] == "dead"
    path = f"/dead-letters/{first.pk}/replay"
    as_olga("POST", path, {"payload": {"outcome": 5}}, status=422)
    assert as_olga("POST", path, {"payload": {"outcome": "cancel"}})["state"] == "ready"
    as_olga("POST", path, {}, status=409)
    as_olga("POST", f"/dead-letters/{second.pk}/discard", {"reason": "a test"})
    assert as_olga("GET", "/dead-letters")["items"] == []
    assert Job.objects.get(pk=second.pk).state == "dead"
    third = dead_job()
    assert as_olga("POST", "/dead-letters/replay", {"jobs": [third.pk, 1]}) == {"replayed": 1}


def test_a_recurring_job_is_made_changed_run_and_removed(as_olga: Call) -> None:
    body = {"kind": "probe.noop", "cron": "0 3 * * *", "time_zone": "Europe/Berlin"}
    made = as_olga("PUT", "/recurring-jobs/nightly", body)
    assert made["catch_up"] == "once"
    assert as_olga("PUT", "/recurring-jobs/nightly", body | {"is_paused": True})["is_paused"]
    as_olga("PUT", "/recurring-jobs/nightly", body | {"cron": "often"}, status=422)
    as_olga("PUT", "/recurring-jobs/nightly", body | {"time_zone": "Mars"}, status=422)
    assert as_olga("POST", "/recurring-jobs/nightly/run", status=201)["kind"] == "probe.noop"
    assert len(as_olga("GET", "/recurring-jobs")["items"]) == 1
    as_olga("DELETE", "/recurring-jobs/nightly", status=204)
    as_olga("GET", "/recurring-jobs/nightly", status=404)
    assert not RecurringJob.objects.exists()


def test_a_kind_is_paused_and_resumed(as_olga: Call) -> None:
    assert "probe.noop" in [kind["kind"] for kind in as_olga("GET", "/job-kinds")]
    as_olga("POST", "/job-kinds/probe.noop/pause", status=204)
    assert Kind.objects.get(pk="probe.noop").paused_by == "olga@host.example"
    as_olga("POST", "/job-kinds/probe.noop/resume", status=204)
    as_olga("POST", "/job-kinds/nobody.does_this/pause", status=404)


def test_a_member_sees_the_jobs_of_the_organisation_and_operates_nothing(
    cast: Cast, as_rita: Call
) -> None:
    ours = dead_job(scope=str(cast.acme.pk))
    theirs = dead_job(scope=str(cast.rival.pk))
    run = start_workflow(Workflow("x", (Step("a", "probe.noop"),)), scope=str(cast.rival.pk))
    assert [item["id"] for item in as_rita("GET", "/jobs")["items"]] == [ours.pk]
    assert [item["id"] for item in as_rita("GET", "/dead-letters")["items"]] == [ours.pk]
    assert as_rita("GET", "/workflows")["items"] == []
    for path in (f"/jobs/{theirs.pk}", f"/dead-letters/{theirs.pk}", f"/workflows/{run.pk}"):
        as_rita("GET", path, status=404)
    as_rita("POST", f"/dead-letters/{ours.pk}/replay", {}, status=404)
    as_rita("POST", "/jobs", {"kind": "probe.noop"}, status=404)
    as_rita("GET", "/job-kinds", status=404)


def test_strangers_sign_in_first(cast: Cast) -> None:
    assert Client().get("/api/v1/jobs").status_code == 401
