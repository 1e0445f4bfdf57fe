"""The pages, as an operator, a member and a stranger find them."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client

from scheduler.counters import fold
from scheduler.dashboard.picture import draw
from scheduler.dashboard.stream import events
from scheduler.demo import start_demo
from scheduler.enqueue import enqueue, enqueue_many, start_workflow
from scheduler.models import Attempt, Job, Kind, RecurringJob, WorkflowRun
from scheduler.progress import MOST_STEPS, workflow_progress
from scheduler.recurring import set_recurring
from scheduler.testing import drain_jobs
from scheduler.workflow import Step, Workflow
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.portable]

DYING: dict[str, dict[str, object]] = {"probe.answer": {"outcome": "fail"}, "probe.async_exit": {}}
LOOKING = ("", "jobs/", "workflows/", "dead-letters/", "recurring/")


@pytest.fixture
def olga(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.olga)
    return client


@pytest.fixture
def rita(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.rita.user)
    return client


def test_an_operator_opens_every_page(olga: Client) -> None:
    run = start_workflow(Workflow("pair", (Step("a", "probe.echo"),)))
    dead = enqueue("probe.answer", {"outcome": "raise"})
    for _ in range(4):
        Job.objects.filter(state="waiting").update(state="ready")
        drain_jobs()
    fold(now=datetime.now(UTC))
    paths = (*LOOKING, "workers/", "demo/", f"jobs/{dead.pk}/", f"workflows/{run.pk}/")
    for path in paths:
        assert olga.get(f"/scheduler/{path}").status_code == 200, path
    page = olga.get(f"/scheduler/jobs/{dead.pk}/").content.decode()
    assert "RuntimeError: a handler broke" in page
    assert "Attempt 4" in page


def test_a_member_sees_the_own_organisation_only(cast: Cast, rita: Client) -> None:
    ours = enqueue("probe.noop", {}, scope=str(cast.acme.pk))
    theirs = enqueue("probe.noop", {}, scope=str(cast.rival.pk))
    page = rita.get("/scheduler/jobs/").content.decode()
    assert f"/scheduler/jobs/{ours.pk}/" in page
    assert f"/scheduler/jobs/{theirs.pk}/" not in page
    assert rita.get(f"/scheduler/jobs/{theirs.pk}/").status_code == 404
    for path in LOOKING:
        assert rita.get(f"/scheduler/{path}").status_code == 200, path
    for path in ("workers/", "demo/"):
        assert rita.get(f"/scheduler/{path}").status_code == 404, path
    assert rita.post(f"/scheduler/jobs/{ours.pk}/cancel").status_code == 404


def test_strangers_are_sent_to_sign_in(cast: Cast) -> None:
    for path in (*LOOKING, "stream", "demo/"):
        response = Client().get(f"/scheduler/{path}")
        assert (response.status_code, "login" in response["Location"]) == (302, True), path


def test_a_dead_letter_is_replayed_with_a_mended_payload(olga: Client) -> None:
    job = enqueue("probe.answer", {"outcome": "fail"})
    drain_jobs()
    path = f"/scheduler/dead-letters/{job.pk}/replay"
    for bad in ("{", "[1]", '{"outcome": 3}'):
        assert olga.post(path, {"payload": bad}).status_code == 422
    assert olga.post(path, {"payload": '{"outcome": "cancel"}'}).status_code == 302
    job.refresh_from_db()
    assert (job.state, job.payload) == ("ready", {"outcome": "cancel", "succeed_at": 0})


def test_dead_letters_are_replayed_together_or_discarded(olga: Client) -> None:
    jobs = [enqueue("probe.answer", {"outcome": "fail"}) for _ in range(3)]
    drain_jobs()
    olga.post("/scheduler/dead-letters/replay", {"job": [str(jobs[0].pk)]})
    assert Job.objects.filter(state="dead").count() == 2
    olga.post(f"/scheduler/dead-letters/{jobs[1].pk}/discard", {"reason": "of no use"})
    olga.post("/scheduler/dead-letters/replay", {"all": "1"})
    assert list(Job.objects.filter(state="dead").values_list("pk", flat=True)) == [jobs[1].pk]
    assert "No dead letters" in olga.get("/scheduler/dead-letters/").content.decode()


def test_dead_letters_are_chosen_by_kind(olga: Client) -> None:
    jobs = [enqueue(kind, payload) for kind, payload in DYING.items()]
    drain_jobs()
    for job in jobs:
        page = olga.get("/scheduler/dead-letters/", {"kind": job.kind}).content.decode()
        assert re.findall(r'name="job" value="(\d+)"', page) == [str(job.pk)]
        assert page.count("<option value=") == 1 + len(DYING)


def test_a_kind_is_paused_and_resumed(olga: Client) -> None:
    olga.post("/scheduler/kinds/probe.noop/pause")
    assert Kind.objects.get(pk="probe.noop").paused_by == "olga@host.example"
    assert "paused" in olga.get("/scheduler/").content.decode()
    olga.post("/scheduler/kinds/probe.noop/resume")
    assert Kind.objects.get(pk="probe.noop").paused_at is None
    assert olga.post("/scheduler/kinds/nobody.does_this/pause").status_code == 404


def test_a_demo_is_started_in_the_shape_that_was_asked_for(olga: Client) -> None:
    shape = {"depth": "3", "width": "4", "failure_rate": "0", "seconds": "0"}
    response = olga.post("/scheduler/demo/", shape)
    run = WorkflowRun.objects.get()
    assert response["Location"] == f"/scheduler/workflows/{run.pk}/"
    assert run.jobs.count() == 3 * 4 + 2
    drain_jobs()
    assert workflow_progress(run.pk).state.value == "done"
    assert olga.post("/scheduler/demo/", shape | {"width": "900"}).status_code == 422


def test_the_largest_workflow_is_shown_as_far_as_one_can_read(olga: Client) -> None:
    steps = (Step(f"s{n}", "probe.noop") for n in range(MOST_STEPS + 5))
    run = start_workflow(Workflow("large", tuple(steps)))
    page = olga.get(f"/scheduler/workflows/{run.pk}/").content.decode()
    assert page.count("<tr data-step=") == page.count('<g class="node" data-job=') == MOST_STEPS
    everything = f"/scheduler/jobs/?workflow={run.pk}"
    assert everything in page
    start_workflow(Workflow("other", (Step("elsewhere", "probe.noop"),)))
    newest = olga.get(everything).content.decode()
    assert len(re.findall(r'href="/scheduler/jobs/\d+/"', newest)) == 50
    assert "elsewhere" not in newest


def test_dead_letters_and_attempts_are_shown_a_page_at_a_time(olga: Client) -> None:
    jobs = enqueue_many("probe.noop", ({} for _ in range(120)))
    Job.objects.update(state="dead")
    job, now = jobs[0], datetime.now(UTC)
    Attempt.objects.bulk_create(
        Attempt(job_id=job.pk, number=n, ended="snooze", started_at=now, finished_at=now)
        for n in range(1, 71)
    )
    page = olga.get("/scheduler/dead-letters/").content.decode()
    assert page.count('name="job"') == 50
    for _ in range(2):
        following = re.search(r'rel="next" href="([^"]+)"', page)
        assert following is not None
        page = olga.get(f"/scheduler/dead-letters/{following[1]}").content.decode()
    assert (page.count('name="job"'), 'rel="next"' in page) == (20, False)
    page = olga.get(f"/scheduler/jobs/{job.pk}/").content.decode()
    assert ("Attempt 70:" in page, page.count("<h3>Attempt")) == (True, 50)
    assert "There were more before these." in page


def test_a_recurring_job_is_run_now_or_paused(olga: Client) -> None:
    set_recurring(name="nightly", kind="probe.noop", payload={}, cron="0 3 * * *")
    path = "/scheduler/recurring/nightly/"
    job = olga.post(path, {"action": "run"})
    assert job["Location"] == f"/scheduler/jobs/{Job.objects.get(recurring='nightly').pk}/"
    olga.post(path)
    assert RecurringJob.objects.get().is_paused


def test_who_lets_emails_fail_on_purpose_is_reminded_of_it(olga: Client, settings: Any) -> None:
    assert "EMAIL_FAILURE_RATE" not in olga.get("/scheduler/").content.decode()
    settings.EMAIL_FAILURE_RATE = 0.25
    assert "EMAIL_FAILURE_RATE is 0.25" in olga.get("/scheduler/").content.decode()


def test_the_picture_has_each_step_once_to_the_right_of_its_parents() -> None:
    for width in (2, 60):
        run = start_demo(depth=4, width=width, failure_rate=0, seconds=0, keeps_going=True)
        progress = workflow_progress(run.pk)
        picture = draw(progress)
        nodes = {node.job_id: node for node in picture.nodes}
        assert len(nodes) == len(progress.steps)
        assert len({(node.x, node.y) for node in picture.nodes}) == len(nodes)
        for step in progress.steps:
            for parent, _ in step.parents:
                assert nodes[parent].x < nodes[step.job_id].x
        assert all(node.x + node.width <= picture.width for node in picture.nodes)
        assert all(0 <= node.y <= picture.height - node.height for node in picture.nodes)
        assert picture.height < 600, "a wide workflow, too, fits on a screen"


def test_the_stream_tells_the_figures_and_the_workflow() -> None:
    run = start_workflow(Workflow("pair", (Step("a", "probe.echo"),)), scope="acme")
    drain_jobs()

    async def first_events() -> list[str]:
        source = events(scope="acme", workflow_id=run.pk)
        return [await anext(source) for _ in range(3)]

    _, figures, workflow = async_to_sync(first_events)()
    assert json.loads(figures.partition("data: ")[2])["states"]["done"] == 1
    assert workflow.startswith("event: workflow\n")
    assert json.loads(workflow.partition("data: ")[2])["state"] == "done"
