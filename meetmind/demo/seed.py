"""The demo's organisation: people, positions, and interviews in every stage, made through the same services
as everything else. Passwords and tokens are random and kept in DATA_DIR, readable by its owner only.
"""

import json
import os
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from interviews import library
from interviews.candidate_link import join_url
from interviews.importing import read_transcript
from interviews.models import Candidate, Interview, Member, Organisation, Position, User
from interviews.services.import_transcript import ImportRequest, import_transcript
from interviews.services.keep_candidate import CandidateContent, add_candidate
from interviews.services.schedule_interview import (
    HAVE_LINK,
    InterviewDraft,
    create_draft,
    schedule,
)
from interviews.services.start_from_library import copy_rubric, start_plan
from interviews.services.write_plan import NO_PLAN, PlanContent, QuestionContent, save_plan
from interviews.services.write_position import PositionContent, create_position
from interviews.services.write_rubric import newest_version
from interviews.states import Mode, QuestionKind, Role
from webapi.tokens import issue_token

CONVERSATION = Path(__file__).with_name("conversation.vtt")
ORGANISATION = "Northwind Robotics"
PEOPLE = (
    ("Rita Rehberg", "rita", Role.RECRUITER),
    ("Ada Adeyemi", "ada", Role.ADMIN),
    ("Theo Lindqvist", "theo", Role.HIRING_MANAGER),
    ("Ines Moreau", "ines", Role.INTERVIEWER),
)
SHORT_PLAN = ("q1", "q2", "q5", "q8")  # of the ready-made backend plan: about twenty minutes


@dataclass(frozen=True, slots=True)
class DemoPerson:
    member: Member
    password: str
    token: str


def seed(*, now: datetime) -> dict[str, Any]:
    """Makes the demo once and returns what it made; later calls return the same, with today's links."""
    path = demo_file()
    if not path.exists():
        with transaction.atomic():
            made = _make(now)
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(made, file, indent=1)
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def demo_file() -> Path:
    return Path(settings.DATA_DIR) / "demo.json"


def seed_first_visit(*, now: datetime) -> None:
    """Makes the demo in an installation where nobody has been yet. What people made is left alone."""
    if not User.objects.exists():
        demo_file().unlink(missing_ok=True)  # of a database that was removed
        seed(now=now)


def greeting() -> list[tuple[str, str]]:
    """What `serve` says about the demo: how to sign in, and a link ready to be interviewed."""
    if not demo_file().exists():
        return []
    made = json.loads(demo_file().read_text(encoding="utf-8"))
    first = made["members"][0]
    lines = [("Demo sign-in", f"{first['email']}, password {first['password']}")]
    ready = Interview.objects.filter(id=made["interviews"][0]["id"], state__in=HAVE_LINK).first()
    if ready is None:
        lines.append(("Candidate link", "used: schedule another interview after signing in"))
    else:
        lines.append(("Candidate link", join_url(ready)))
    return lines


def _make(now: datetime) -> dict[str, Any]:
    organisation = Organisation.objects.create(
        name=ORGANISATION, alternative_contact="people@northwind.example"
    )
    people = [_join(organisation, *entry) for entry in PEOPLE]
    rita, ines = people[0].member, people[3].member
    backend = _backend_position(rita)
    product = create_position(content=PositionContent(title="Product manager"), by=rita)
    start_plan(position=product, slug="product", based_on=NO_PLAN, by=rita)
    interviews = [
        _interview(_candidate("Cem Aydın", rita), backend, Mode.AI_LED, 25, rita, ines, now, now),
        _imported(_candidate("Priya Raman", rita), backend, rita, now),
        _interview(
            _candidate("Jonas Okafor", rita),
            product,
            Mode.AI_LED,
            60,
            rita,
            ines,
            now + timedelta(days=2),
            now,
        ),
    ]
    return {
        "organisation": {"id": str(organisation.id), "name": organisation.name},
        "members": [_described(person) for person in people],
        "positions": [
            {"id": str(position.id), "title": position.title} for position in (backend, product)
        ],
        "interviews": [
            {
                "id": str(interview.id),
                "candidate": interview.candidate.name,
                "position": interview.position.title,
                "mode": interview.mode,
            }
            for interview in interviews
        ],
        "candidate_links": [
            join_url(interview) for interview in interviews if interview.state in HAVE_LINK
        ],
    }


def _join(organisation: Organisation, name: str, mailbox: str, role: Role) -> DemoPerson:
    password = secrets.token_urlsafe(9)
    address = f"{mailbox}.{uuid.uuid4().hex[:6]}@northwind.example"
    if not User.objects.filter(email=f"{mailbox}@northwind.example").exists():
        address = f"{mailbox}@northwind.example"
    # Whoever tries this out runs it too: the administrator sees jobs, dead letters and providers.
    user = User.objects.create_user(address, password, name=name, is_operator=role is Role.ADMIN)
    member = Member.objects.create(organisation=organisation, user=user, role=role)
    issued = issue_token(user=user, name="demo", scope=str(organisation.id))
    return DemoPerson(member, password, issued.secret)


def _backend_position(by: Member) -> Position:
    """The ready-made backend rubric, with a plan that is short enough to try."""
    template = library.role("backend")
    position = create_position(
        content=PositionContent(
            title="Backend engineer",
            description="You build and run the services that plan our robots' routes.",
        ),
        by=by,
    )
    save_plan(
        position=position,
        content=PlanContent(
            opening_words="Welcome, and thank you for taking the time. We will talk for about twenty "
            "minutes about work you have done. Use real examples where you can, and take the time you "
            "need to think.",
            closing_words=template.plan.closing,
            company_context="Northwind Robotics makes delivery robots for hospitals. The backend team "
            "has six engineers; everybody is on call one week in six, with a second person as backup.",
            questions=tuple(
                QuestionContent(
                    text=entry.text,
                    kind=QuestionKind.MUST_ASK,
                    competency_key=entry.competency_ref,
                    probe_depth=min(entry.probe_depth, 1),
                    minutes=5,
                )
                for entry in template.plan.questions
                if entry.ref in SHORT_PLAN
            ),
        ),
        rubric_version=newest_version(copy_rubric(slug="backend", by=by)),
        based_on=NO_PLAN,
        by=by,
    )
    return position


def _candidate(name: str, by: Member) -> Candidate:
    mailbox = name.split()[0].lower()
    return add_candidate(
        content=CandidateContent(name=name, email=f"{mailbox}@mail.example"), by=by
    )


def _interview(
    candidate: Candidate,
    position: Position,
    mode: Mode,
    minutes: int,
    by: Member,
    interviewer: Member,
    at: datetime,
    now: datetime,
) -> Interview:
    draft = create_draft(
        draft=InterviewDraft(
            candidate=candidate,
            position=position,
            mode=mode,
            minutes=minutes,
            interviewers=(interviewer,),
        ),
        by=by,
    )
    return schedule(interview=draft, by=by, scheduled_at=at, now=now)


def _imported(candidate: Candidate, position: Position, by: Member, now: datetime) -> Interview:
    """An interview that is over: its debrief is written while the visitor signs in."""
    return import_transcript(
        request=ImportRequest(
            transcript=read_transcript(CONVERSATION.read_bytes(), CONVERSATION.name),
            file_name=CONVERSATION.name,
            position=position,
            candidate=candidate,
            candidate_speaker=candidate.name,
        ),
        by=by,
        now=now,
    )


def _described(person: DemoPerson) -> dict[str, str]:
    return {
        "id": str(person.member.id),
        "name": person.member.user.name,
        "email": person.member.user.email,
        "role": person.member.role,
        "password": person.password,
        "token": person.token,
    }
