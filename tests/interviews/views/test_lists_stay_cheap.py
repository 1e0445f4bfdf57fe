"""No page and no answer of the API asks the database more often because there are more rows.

The addresses come from the routes, so that a new list is measured as soon as it has one.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from interviews.models import (
    Answer,
    Candidate,
    Consent,
    Debrief,
    Decision,
    ErasureReceipt,
    Interview,
    Moment,
    Note,
    Recording,
    Review,
    Segment,
    Suggestion,
    TranscriptImport,
)
from interviews.services.invite_member import invite_member
from interviews.services.open_organisation import open_organisation
from interviews.services.record_audit import record_audit
from interviews.states import (
    ConsentState,
    DebriefStatus,
    InterviewState,
    Outcome,
    RecordingState,
    Role,
)
from notifications.models import MailboxMessage
from tests.cast import make_interview, make_member, make_plan
from tests.interviews.access.routes import operations, pages
from tests.interviews.access.world import EXAMPLES, World, make_world
from webapi.tokens import issue_token

NOW = datetime.now(UTC)
FILTERED = ("/candidates/?q=bea", "/interviews/?state=ended")
# These answer only while something is open or under way, or for ever.
NOT_MEASURED = {"scheduler:stream", "stream_debrief"}
MOST_QUERIES = 24


def add_rows(world: World, count: int) -> None:
    """So many more of everything that any page or answer lists."""
    cast, told = world.cast, world.interview
    for number in range(count):
        name = f"{number} of {count}"
        plan = make_plan(cast.acme, f"Position {name}")
        bea = Candidate.objects.create(organisation=cast.acme, name=f"Bea {name}")
        member = make_member(cast.acme, f"Mo{number}of{count}", Role.INTERVIEWER)
        invite_member(
            email=f"new{number}of{count}@acme.example", role=Role.OBSERVER, by=cast.ada, now=NOW
        )
        open_organisation(name=f"Bakers {name}", email="bo@bakers.example", by=cast.olga, now=NOW)
        issue_token(user=cast.ada.user, name=name, scope=str(cast.acme.id))
        ErasureReceipt.objects.create(organisation=cast.acme, candidate_id=bea.id, asked_by=member)
        record_audit(
            organisation=cast.acme, action="x", subject_kind="x", subject_id="x", member=member
        )
        MailboxMessage.objects.create(
            message_id=name, scope=str(cast.acme.id), to="x", subject="x", text="x"
        )
        for state in (InterviewState.SCHEDULED, InterviewState.LIVE, InterviewState.ENDED):
            row = make_interview(cast, plan=plan, state=state, now=NOW + timedelta(hours=1))
            Interview.objects.filter(id=row.id).update(
                candidate=bea if number % 2 else cast.cem,
                position=world.plan.position if number % 3 == 0 else plan.position,
                ended_at=NOW,
                debrief_status=DebriefStatus.READY,
                consent=(ConsentState.GIVEN, ConsentState.REFUSED)[number % 2],
            )
            Consent.objects.create(interview=row, answer=ConsentState.REFUSED, notice_version="1")
            _fill(row, name, world)
        _fill(told, name, world)
        Debrief.objects.create(interview=told, number=number + 100 + count, asked_by=member)
        Review.objects.create(interview=told, reviewer=member)


def _fill(interview: Interview, name: str, world: World) -> None:
    """What is said and written about one interview."""
    segment = Segment.objects.create(
        interview=interview,
        seg_id=name,
        position=interview.segments.count(),
        speaker="candidate",
        text="Six people.",
        source="typed",
        fed_by=world.cast.ines,
    )
    Note.objects.create(interview=interview, member=world.cast.ines, text="x")
    Moment.objects.create(interview=interview, member=world.cast.ines, segment=segment)
    Suggestion.objects.create(interview=interview, text="x", because=[])
    Answer.objects.create(interview=interview, asked_by=world.cast.rita, question="x")
    Decision.objects.create(
        interview=interview, decided_by=world.cast.theo, outcome=Outcome.HOLD, reason="x"
    )
    Recording.objects.create(
        interview=interview, mime=Recording.Mime.WEBM, state=RecordingState.OPEN
    )
    TranscriptImport.objects.get_or_create(interview=interview, defaults={"format": "vtt"})


def addresses(world: World) -> Iterator[str]:
    """Whatever can be looked at, and two lists with a filter."""
    for route in (*pages(), *operations()):
        if route.method not in ("", "GET") or route.name in NOT_MEASURED:
            continue
        if route.door is None or route.door.kind not in {"user", "member", "operator"}:
            continue
        arguments = {
            name: EXAMPLES.get(f"{route.name}.{name}", EXAMPLES[name])(world)
            for name in route.parameters
        }
        yield route.address(arguments)
    yield from FILTERED


def cost(client: Client, address: str) -> int | None:
    """How many queries it took to show this; None where it shows nothing to this person."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
        if response.streaming:
            response.getvalue()
    return len(captured) if response.status_code == 200 else None


@pytest.mark.django_db
def test_a_page_costs_the_same_at_3_and_at_15_rows(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    world = make_world()
    people = {"Ada": world.cast.ada.user, "Ines": world.cast.ines.user, "Olga": world.cast.olga}
    shown = list(addresses(world))

    def costs() -> dict[tuple[str, str], int | None]:
        return {
            (name, address): cost(world.client_of(user), address)
            for name, user in people.items()
            for address in shown
        }

    add_rows(world, 3)
    few = costs()
    add_rows(world, 12)
    many = {key: taken for key, taken in costs().items() if taken is not None}
    assert {key: (few[key], n) for key, n in many.items() if n > (few[key] or 0)} == {}
    seen = Counter(name for name, _ in many)
    assert min(seen["Ada"] - 60, seen["Ines"] - 30, seen["Olga"] - 10) >= 0, seen
    # An export reads every table that there is, once each.
    pages_only = {key: n for key, n in many.items() if "/export" not in key[1]}
    assert {key: n for key, n in pages_only.items() if n > MOST_QUERIES} == {}
