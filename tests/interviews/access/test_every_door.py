"""Every way in × everybody: what happens is worked out from the door each declares.

A route that declares no door fails, and so does one without an example of its arguments. What belongs to
another organisation answers exactly, in status and body, as what does not exist.
"""

import json
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict, TypeVar, cast

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from interviews import access
from interviews.models import (
    Answer,
    Debrief,
    ErasureReceipt,
    Interview,
    Member,
    MemberInvitation,
    Organisation,
    PlanVersion,
    Recording,
    Segment,
    TranscriptVersion,
    User,
)
from interviews.services.invite_member import invitation_url, invite_member
from interviews.states import (
    AiDraftVisibility,
    DebriefStatus,
    InterviewState,
    RecordingState,
    Role,
    SegmentSource,
)
from scheduler.enqueue import enqueue, start_workflow
from scheduler.models import Job
from scheduler.recurring import set_recurring
from scheduler.states import JobState
from scheduler.workflow import Step, Workflow
from tests.cast import Cast, make_interview, make_member, make_plan
from tests.interviews.access.routes import Route, operations, pages

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PAGES, OPERATIONS = list(pages()), list(operations())


@dataclass(frozen=True, slots=True)
class World:
    """Acme's rows, one of each kind. `ivan` interviews at Acme, but not in this interview."""

    cast: Cast
    ivan: Member
    plan: PlanVersion
    interview: Interview  # it is over
    live: Interview
    invitation: MemberInvitation
    answer: Answer
    segment: Segment
    recording: Recording
    receipt: ErasureReceipt
    job_id: int  # a dead letter
    workflow_id: int
    recurring: str
    clients: dict[object, Client] = field(default_factory=dict)

    def client_of(self, user: User | None) -> Client:
        """Signs in once: a session for each of a thousand requests would take longer than the rest."""
        key = user.pk if user else None
        if key not in self.clients:
            self.clients[key] = Client(raise_request_exception=False)
            if user:
                self.clients[key].force_login(user)
        return self.clients[key]


class Jobs(TypedDict):
    job_id: int
    workflow_id: int
    recurring: str


Arguments = dict[str, object]
Row = TypeVar("Row", bound=Model)
JOB_KIND = "interviews.answer_question"

# One example for each name of a path parameter; `<route>.<parameter>` overrules it for one route.
EXAMPLES: dict[str, Callable[[World], object]] = {
    "organisation_id": lambda world: world.cast.acme.id,
    "interview_id": lambda world: world.interview.id,
    **dict.fromkeys(
        (
            "get_invitation.interview_id",
            "reissue_invitation.interview_id",
            "revoke_invitation.interview_id",
            "feed_segment.interview_id",
        ),
        lambda world: world.live.id,
    ),
    "position_id": lambda world: world.plan.position_id,
    "rubric_id": lambda world: world.plan.rubric_version.rubric_id,
    "candidate_id": lambda world: world.cast.cem.id,
    "member_id": lambda world: world.cast.otto.id,
    "invitation_id": lambda world: world.invitation.id,
    "answer_id": lambda world: world.answer.id,
    "receipt_id": lambda world: world.receipt.id,
    "number": lambda world: 1,
    "message_id": lambda world: uuid.uuid4(),
    "kind": lambda world: "summary",
    "job_id": lambda world: world.job_id,
    "workflow_id": lambda world: world.workflow_id,
    "name": lambda world: world.recurring,
    **dict.fromkeys(
        (
            "scheduler:pause.kind",
            "scheduler:resume.kind",
            "pause_job_kind.kind",
            "resume_job_kind.kind",
        ),
        lambda world: JOB_KIND,
    ),
    "step": lambda world: "summary",
    "what": lambda world: "transcript.vtt",
    "segment_id": lambda world: world.segment.id,
    "recording_id": lambda world: world.recording.id,
    "recording_chunk.number": lambda world: 0,
    "join.token": lambda world: "no-link-of-ours",
    "invitation.token": lambda world: invitation_url(world.invitation).split("/")[-2],
}

# What an operation needs in its body before its door is asked.
BODIES: dict[str, Callable[[World], object]] = {
    "open_one_organisation": lambda world: {
        "name": "Bakers",
        "administrator_email": "bo@bakers.example",
    },
    "change_organisation_settings": lambda world: {"name": "Acme"},
    "change_member": lambda world: {"role": "observer"},
    "invite_colleague": lambda world: {"email": "new@acme.example", "role": "observer"},
    "open_position": lambda world: {"title": "Baker"},
    "change_one_position": lambda world: {"title": "Baker"},
    "make_test_call": lambda world: {"provider": "nobody"},
    "write_plan": lambda world: {"questions": []},
    "start_from_role": lambda world: {"role": "sales"},
    "add_rubric": lambda world: {"name": "Bakers", "competencies": []},
    "change_rubric": lambda world: {"name": "Bakers", "competencies": []},
    "add_one_candidate": lambda world: {"name": "Bea"},
    "change_one_candidate": lambda world: {"name": "Bea"},
    "add_erasure": lambda world: {
        "candidate_id": str(world.cast.cem.id),
        "confirmed_name": "Cem Candidate",
    },
    "add_interview": lambda world: {
        "candidate_id": str(world.cast.cem.id),
        "position_id": str(world.plan.position_id),
    },
    "schedule_draft": lambda world: {"scheduled_at": "2026-03-02T09:00:00Z"},
    "move_interview_in_time": lambda world: {"scheduled_at": "2026-03-02T09:00:00Z"},
    "assign_interviewers": lambda world: {"interviewer_ids": [str(world.cast.ines.id)]},
    "save_my_review": lambda world: {"revision": 0},
    "submit_my_review": lambda world: {"revision": 0},
    "add_decision": lambda world: {"outcome": "hold", "reason": "Wait."},
    "feed_segment": lambda world: {"seg_id": "s1", "speaker": "candidate", "text": "Yes."},
    "create_job": lambda world: {"kind": JOB_KIND},
    "create_workflow": lambda world: {
        "name": "w",
        "steps": [{"name": "s", "kind": JOB_KIND}],
    },
    "put_recurring_job": lambda world: {"kind": JOB_KIND, "cron": "0 3 * * *"},
    "replay_dead_letters": lambda world: {"jobs": []},
    "discard_dead_letter": lambda world: {"reason": "Not wanted."},
    "ask_about_interview": lambda world: {"question": "How big was the team?"},
}
# Said with a form, which these tests do not send: the body is refused before the door is asked.
FORMS = {"import_interview"}
# Their example is no row of the world, so that even its own members find nothing there.
HAVE_NO_ROW = {"mailbox-message", "mailbox-attachment"}
# For these there is nothing to see as long as nothing was written.
MAY_BE_EMPTY = {
    "candidate_resume",
    "report_part",
    "report_replay",
    "get_scorecard",
    "get_my_review",
}


@pytest.fixture
def world(cast: Cast, settings: Settings, tmp_path: Path) -> World:
    settings.MEDIA_ROOT = tmp_path
    plan = make_plan(cast.acme)
    # Hidden drafts are tested where reviews are; here they would only look like closed doors.
    cast.acme.ai_draft_visibility = AiDraftVisibility.ALWAYS
    cast.acme.save()
    interview = make_interview(cast, plan=plan, state=InterviewState.ENDED, now=NOW)
    transcript = TranscriptVersion.objects.create(interview=interview, number=1)
    Debrief.objects.create(
        interview=interview, transcript_version=transcript, status=DebriefStatus.READY
    )
    make_member(cast.rival, "Rob", Role.ADMIN)
    return World(
        cast=cast,
        ivan=make_member(cast.acme, "Ivan", Role.INTERVIEWER),
        plan=plan,
        interview=interview,
        live=make_interview(cast, plan=plan, state=InterviewState.LIVE, now=NOW),
        invitation=invite_member(
            email="nina@acme.example", role=Role.OBSERVER, by=cast.ada, now=datetime.now(UTC)
        ),
        answer=Answer.objects.create(
            interview=interview, asked_by=cast.rita, question="How big was the team?"
        ),
        segment=Segment.objects.create(
            interview=interview,
            seg_id="s1",
            position=0,
            speaker="candidate",
            text="Six people.",
            source=SegmentSource.TYPED,
        ),
        recording=_recording_of(interview),
        receipt=ErasureReceipt.objects.create(
            organisation=cast.acme, candidate_id=uuid.uuid4(), asked_by=cast.rita
        ),
        **_jobs_of(cast.acme),
    )


def _recording_of(interview: Interview) -> Recording:
    row = Recording(
        interview=interview, mime=Recording.Mime.WEBM, state=RecordingState.JOINED, duration_ms=1
    )
    row.file.save("joined", ContentFile(b"sound"))
    return row


def _jobs_of(acme: Organisation) -> Jobs:
    """A dead letter, a workflow and a recurring job of Acme's."""
    payload, scope = {"answer_id": str(uuid.uuid4())}, str(acme.id)
    job = enqueue(JOB_KIND, payload, scope=scope)
    Job.objects.filter(pk=job.pk).update(state=JobState.DEAD)
    workflow = Workflow("asked", steps=(Step("answer", JOB_KIND, payload=payload),))
    recurring = set_recurring(
        name="Acme, nightly", kind=JOB_KIND, payload=payload, cron="0 3 * * *", scope=scope
    )
    return {
        "job_id": job.pk,
        "workflow_id": start_workflow(workflow, scope=scope).pk,
        "recurring": recurring.name,
    }


def test_every_route_declares_its_door() -> None:
    assert [str(route) for route in (*PAGES, *OPERATIONS) if route.door is None] == []


def test_every_parameter_has_an_example() -> None:
    wanting = {
        f"{route.name}.{name}"
        for route in (*PAGES, *OPERATIONS)
        for name in route.parameters
        if _is_ours(route) and not {name, f"{route.name}.{name}"} & EXAMPLES.keys()
    }
    assert wanting == set()


def _is_ours(route: Route) -> bool:
    return not route.name.startswith(("account_", "mfa_", "api:"))


@pytest.mark.parametrize("route", [route for route in PAGES if _is_ours(route)], ids=str)
def test_a_page_lets_in_whom_its_door_says(route: Route, world: World) -> None:
    assert route.door
    for who, user in _everybody(world):
        answers = [_ask(user, method, route, world) for method in ("GET", "POST")]
        faults = [answer.status_code for answer in answers if answer.status_code >= 500]
        assert faults == [], who
        _judge_page(route, world, who, user, answers)


def _judge_page(
    route: Route, world: World, who: str, user: User | None, answers: list[HttpResponse]
) -> None:
    assert route.door
    # A page that takes one method only may say so before it asks who is there.
    taken = [answer for answer in answers if answer.status_code != 405]
    statuses = [answer.status_code for answer in taken]
    verdict = _verdict(route, world, user)
    if verdict == "sign in":
        login = reverse("account_login")
        assert all(answer.get("Location", "").startswith(login) for answer in taken), who
    elif verdict == "forbidden":
        assert set(statuses) == {403}, (who, statuses)
    elif verdict == "missing or forbidden":
        assert set(statuses) <= {403, 404}, (who, statuses)
    elif verdict == "missing":
        assert set(statuses) == {404}, (who, statuses)
        elsewhere = _elsewhere(world)
        missing = [_ask(user, method, route, elsewhere) for method in ("GET", "POST")]
        assert [_plain(answer) for answer in answers] == [_plain(answer) for answer in missing]
    elif verdict == "in":
        allowed = {404} if route.name in HAVE_NO_ROW | MAY_BE_EMPTY else set()
        assert not set(statuses) & ({401, 403, 404} - allowed), (who, statuses)
    elif verdict == "needs a link":
        assert all(300 <= status < 500 for status in statuses), (who, statuses)


@pytest.mark.parametrize("route", OPERATIONS, ids=str)
def test_an_operation_lets_in_whom_its_door_says(route: Route, world: World) -> None:
    for who, user in _everybody(world):
        answer = _ask(user, route.method, route, world)
        status = answer.status_code
        assert status < 500, who
        verdict = _verdict(route, world, user)
        if verdict == "sign in":
            assert status == 401, (who, status)
        elif route.name in FORMS:
            assert status == 422, (who, status)
        elif verdict == "forbidden":
            assert status == 403, (who, status)
        elif verdict == "missing or forbidden":
            assert status in {403, 404}, (who, status)
        elif verdict == "missing":
            assert status == 404, (who, status)
            assert _plain(answer) == _plain(_ask(user, route.method, route, _elsewhere(world)))
        elif verdict == "in":
            allowed = {404} if route.name in MAY_BE_EMPTY else set()
            assert status not in {401, 403, 404} - allowed, (who, status, _plain(answer))


def test_rows_named_in_a_body_answer_as_missing_ones_do(world: World) -> None:
    """Mallory may add interviews to her own organisation, with her own candidates only."""
    route = next(route for route in OPERATIONS if route.name == "add_interview")
    foreign = _ask(world.cast.mallory.user, "POST", route, world)
    missing = _ask(world.cast.mallory.user, "POST", route, _elsewhere(world))
    assert foreign.status_code == 422
    assert _plain(foreign) == _plain(missing)


def test_a_token_of_one_organisation_opens_no_other(world: World) -> None:
    """Ada belongs to both; her page stands in the organisation she chose."""
    Member.objects.create(organisation=world.cast.rival, user=world.cast.ada.user, role=Role.ADMIN)
    client = Client()
    client.force_login(world.cast.ada.user)
    page = reverse("interview", args=[world.interview.id])
    assert client.get(page).status_code == 200
    client.post(reverse("organisation_switch", args=[world.cast.rival.id]))
    assert client.get(page).status_code == 404
    assert client.get(f"/api/v1/interviews/{world.interview.id}").status_code == 404


def _everybody(world: World) -> Iterator[tuple[str, User | None]]:
    cast = world.cast
    for member in (
        cast.ada,
        cast.rita,
        cast.theo,
        cast.ines,
        world.ivan,
        cast.otto,
        cast.mallory,
    ):
        yield member.user.name, member.user
    yield "Olga", cast.olga
    yield "a stranger", None


def _verdict(route: Route, world: World, user: User | None) -> str:
    """What the declared door says should happen to this person."""
    assert route.door
    if route.door.kind in {"public", "candidate"}:
        return "needs a link" if route.door.kind == "candidate" else "anybody"
    if user is None:
        return "sign in"
    if route.door.kind == "operator":
        return "in" if user.is_operator else "missing"
    if route.door.for_operators_too and user.is_operator:
        return "in"
    member = Member.objects.filter(user=user).first()
    if route.door.kind == "user":
        foreign = "organisation_id" in route.parameters and member not in _acme(world)
        return "missing" if foreign else "in"
    assert route.door.permission
    if member is None:
        return "missing"
    sees = _may_see(route, world, member)
    if not access.may(member, route.door.permission):
        return "forbidden" if sees else "missing or forbidden"
    return "in" if sees else "missing"


def _acme(world: World) -> list[Member]:
    return list(world.cast.acme.members.all())


def _may_see(route: Route, world: World, member: Member) -> bool:
    rows = [name for name in route.parameters if name.endswith("_id") or name == "name"]
    if not rows:
        return True
    if member.organisation_id != world.cast.acme.id:
        return False
    return member.id != world.ivan.id or not {"interview_id", "candidate_id"} & set(rows)


def _ask(user: User | None, method: str, route: Route, world: World) -> HttpResponse:
    """One request, whose effects are undone."""
    client = world.client_of(user)
    arguments: Arguments = {
        name: EXAMPLES.get(f"{route.name}.{name}", EXAMPLES.get(name, _no_example))(world)
        for name in route.parameters
    }
    body = BODIES.get(route.name, _no_example)(world)
    kind = "application/json" if route.method else "application/x-www-form-urlencoded"
    text = json.dumps(body) if route.method else ""
    with _undone():
        answer = client.generic(method, route.address(arguments), text, content_type=kind)
        if answer.streaming and answer.has_header("Content-Length"):
            answer.getvalue()  # a file is closed when it was read
    return cast("HttpResponse", answer)


def _no_example(world: World) -> object:
    return {}


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _elsewhere(world: World) -> World:
    """The same world, in which no row exists: every id is another one."""

    def ghost(row: Row) -> Row:
        return type(row)(pk=uuid.uuid4())

    plan = PlanVersion(position_id=uuid.uuid4(), rubric_version=world.plan.rubric_version)
    return replace(
        world,
        cast=replace(
            world.cast,
            acme=ghost(world.cast.acme),
            cem=ghost(world.cast.cem),
            otto=ghost(world.cast.otto),
            ines=ghost(world.cast.ines),
        ),
        plan=plan,
        interview=ghost(world.interview),
        live=ghost(world.live),
        job_id=world.job_id + 1_000_000,
        workflow_id=world.workflow_id + 1_000_000,
        recurring="no such thing",
        invitation=ghost(world.invitation),
        answer=ghost(world.answer),
    )


def _plain(answer: HttpResponse) -> tuple[int, str]:
    """Status and body without what differs from request to request: the CSRF token."""
    body = answer.content.decode() if hasattr(answer, "content") else ""
    body = re.sub(r'(csrf[^>]*(?:content|value)=")[^"]+', r"\1", body)
    return answer.status_code, body
