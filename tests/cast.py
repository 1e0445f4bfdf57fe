"""The people of the tests, each with one role, and what they need around them.

Rita recruits at Acme and Ada administers it; Theo manages hiring there, Ines interviews, Otto observes.
Mallory administers another company and must see nothing. Cem is Acme's candidate. Olga runs the
installation and belongs to no organisation.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from interviews.models import (
    Candidate,
    Competency,
    Interview,
    Member,
    Organisation,
    PlanVersion,
    Position,
    Question,
    Rubric,
    RubricVersion,
    User,
)
from interviews.states import InterviewState, Mode, QuestionKind, Role

PASSWORD = "correct horse battery"
QUESTIONS = (
    "Tell me about a service you built and ran yourself.",
    "Describe an outage you handled. What did you do first?",
    "How do you decide what to test?",
    "Tell me about a disagreement with a colleague and how it ended.",
)


@dataclass(frozen=True, slots=True)
class Cast:
    acme: Organisation
    rival: Organisation
    ada: Member
    rita: Member
    theo: Member
    ines: Member
    otto: Member
    mallory: Member
    olga: User
    cem: Candidate


def make_member(organisation: Organisation, name: str, role: Role) -> Member:
    user = User.objects.create_user(
        f"{name.lower()}@{organisation.name.lower()}.example", PASSWORD, name=name
    )
    return Member.objects.create(organisation=organisation, user=user, role=role)


def make_cast() -> Cast:
    """In few statements, for most tests begin with it."""
    acme, rival = Organisation.objects.bulk_create(
        [Organisation(name="Acme"), Organisation(name="Rival")]
    )
    hired = [
        _employed(acme, "Ada", Role.ADMIN),
        _employed(acme, "Rita", Role.RECRUITER),
        _employed(acme, "Theo", Role.HIRING_MANAGER),
        _employed(acme, "Ines", Role.INTERVIEWER),
        _employed(acme, "Otto", Role.OBSERVER),
        _employed(rival, "Mallory", Role.ADMIN),
    ]
    olga = User(email="olga@host.example", name="Olga", is_operator=True)
    users = [*(member.user for member in hired), olga]
    for user in users:
        user.set_password(PASSWORD)
    User.objects.bulk_create(users)
    ada, rita, theo, ines, otto, mallory = Member.objects.bulk_create(hired)
    cem = Candidate.objects.create(
        organisation=acme, name="Cem Candidate", email="cem@mail.example"
    )
    return Cast(acme, rival, ada, rita, theo, ines, otto, mallory, olga, cem)


def _employed(organisation: Organisation, name: str, role: Role) -> Member:
    user = User(email=f"{name.lower()}@{organisation.name.lower()}.example", name=name)
    return Member(organisation=organisation, user=user, role=role)


def make_plan(organisation: Organisation, title: str = "Backend engineer") -> PlanVersion:
    """A position with a rubric of two competencies and a plan of four must-asks."""
    rubric = Rubric.objects.create(organisation=organisation, name=f"{title} rubric")
    version = RubricVersion.objects.create(rubric=rubric)
    names = ("Technical depth", "Collaboration")
    competencies = Competency.objects.bulk_create(
        Competency(
            rubric_version=version,
            position=place,
            key=f"c{place}",
            name=name,
            level_1="Names tools without having used them.",
            level_2="Describes own work in general words.",
            level_3="Explains own decisions and their results.",
            level_4="Weighs alternatives and measures results.",
        )
        for place, name in enumerate(names)
    )
    position = Position.objects.create(organisation=organisation, title=title)
    plan = PlanVersion.objects.create(
        position=position,
        rubric_version=version,
        opening_words="Welcome, and thank you for your time.",
        closing_words="Thank you. We will be in touch within a week.",
        company_context="Acme makes anvils. The team has six engineers.",
    )
    Question.objects.bulk_create(
        Question(
            plan_version=plan,
            position=place,
            text=text,
            kind=QuestionKind.MUST_ASK,
            competency=competencies[int(place == 3)],
            probe_depth=0,
            minutes=4,
        )
        for place, text in enumerate(QUESTIONS)
    )
    return plan


def make_interview(
    cast: Cast,
    *,
    plan: PlanVersion | None = None,
    state: InterviewState = InterviewState.SCHEDULED,
    mode: Mode = Mode.AI_LED,
    now: datetime | None = None,
) -> Interview:
    """Cem's interview at Acme, open from now for a week; Ines is assigned to it."""
    plan = plan or make_plan(cast.acme)
    now = now or datetime.now(UTC)
    interview = Interview.objects.create(
        id=uuid.uuid4(),
        organisation=cast.acme,
        candidate=cast.cem,
        position=plan.position,
        plan_version=plan,
        mode=mode,
        state=state,
        scheduled_at=now,
        window_ends_at=now + timedelta(days=7),
        created_by=cast.rita,
    )
    interview.interviewers.add(cast.ines)
    return interview
