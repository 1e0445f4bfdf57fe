"""Acme with one row of every kind, and everybody who may knock at a door: what tests of all routes walk through."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from typing import TypedDict, TypeVar, cast

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client

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
from notifications.models import MailboxMessage
from scheduler.enqueue import enqueue, start_workflow
from scheduler.models import Job
from scheduler.recurring import set_recurring
from scheduler.states import JobState
from scheduler.workflow import Step, Workflow
from tests.cast import Cast, make_cast, make_interview, make_member, make_plan
from tests.interviews.access.routes import Route

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


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
    message: MailboxMessage
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
    "message_id": lambda world: world.message.id,
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
# Said with a form and a file. What it names is looked up like what an address names.
FORMS: dict[str, Callable[[World], dict[str, object]]] = {
    "import_interview": lambda world: {
        "position_id": str(world.plan.position_id),
        "candidate_id": str(world.cast.cem.id),
        "file": SimpleUploadedFile("talk.txt", b"Rita: Hello.\nCem: I ran the billing service."),
    },
    "import": lambda world: {
        "position": str(world.plan.position_id),
        "candidate": str(world.cast.cem.id),
        "file": SimpleUploadedFile("talk.txt", b"Rita: Hello.\nCem: I ran the billing service."),
    },
}


def make_world() -> World:
    cast = make_cast()
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
        message=MailboxMessage.objects.create(
            message_id="<1@host.example>",
            scope=str(cast.acme.id),
            to="cem@mail.example",
            subject="Invitation",
            text="Join here.",
            attachment_name="interview.ics",
            attachment="BEGIN:VCALENDAR",
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


def everybody(world: World) -> Iterator[tuple[str, User | None]]:
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


def ask(user: User | None, method: str, route: Route, world: World) -> HttpResponse:
    """One request, whose effects are undone."""
    client = world.client_of(user)
    arguments: Arguments = {
        name: EXAMPLES.get(f"{route.name}.{name}", EXAMPLES.get(name, _no_example))(world)
        for name in route.parameters
    }
    address = route.address(arguments)
    # A cookie that an answer set, such as a message for the next page, is an effect as well.
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    with undone():
        if method == "POST" and route.name in FORMS:
            answer = client.post(address, FORMS[route.name](world))
        elif route.method:
            body = json.dumps(BODIES.get(route.name, _no_example)(world))
            answer = client.generic(method, address, body, content_type="application/json")
        else:
            form = "application/x-www-form-urlencoded"
            answer = client.generic(method, address, "", content_type=form)
        if answer.streaming and answer.has_header("Content-Length"):
            answer.getvalue()  # a file is closed when it was read
    client.cookies = SimpleCookie(cookies)
    return cast("HttpResponse", answer)


def _no_example(world: World) -> object:
    return {}


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def elsewhere(world: World) -> World:
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
        message=ghost(world.message),
        segment=Segment(pk=world.segment.pk + 1_000_000),
        recording=ghost(world.recording),
        receipt=ghost(world.receipt),
    )
