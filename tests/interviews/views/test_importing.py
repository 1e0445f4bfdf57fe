"""Imports in the browser: every format becomes the same report; what is refused is refused with words."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from interviews.models import Candidate, Interview, PlanVersion, Segment
from interviews.states import DebriefStatus, InterviewState, Mode
from scheduler.testing import drain_jobs
from tests.cast import Cast, make_plan
from tests.interviews.ai import without_ai
from tests.interviews.importing.exporters import CUE_BY_CUE, TURN_BY_TURN
from tests.interviews.importing.spoken_hour import compose_hour
from tests.interviews.views.conftest import SignedIn

pytestmark = pytest.mark.portable
HOUR = compose_hour()
EXPORTS = {**CUE_BY_CUE, **TURN_BY_TURN}
PAGE = "/interviews/import/"
HTMX = {"hx-request": "true"}
SHORT = b"Rita: What did you build?\nCem: The billing service at Northwind, for three years.\n"


@pytest.fixture(autouse=True)
def no_provider() -> Iterator[None]:
    with without_ai():
        yield


@pytest.fixture
def plan(cast: Cast) -> PlanVersion:
    return make_plan(cast.acme)


def _file(content: bytes, name: str = "talk.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def _fields(plan: PlanVersion, candidate: Candidate, **more: object) -> dict[str, object]:
    return {"position": str(plan.position_id), "candidate": str(candidate.id), **more}


@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_an_hour_in_every_tools_format_becomes_an_interview(
    cast: Cast, plan: PlanVersion, signed_in: SignedIn, name: str
) -> None:
    file_name, content = EXPORTS[name](HOUR)
    rita = signed_in(cast.rita)
    fields = _fields(plan, cast.cem, file=_file(content, file_name))
    asked = rita.post(PAGE, fields, headers=HTMX)
    assert asked.status_code == 200  # nobody in the file is called Cem
    page = asked.content.decode()
    assert "Which speaker is the candidate?" in page
    speaker = page.split('name="candidate_speaker" value="')[2].split('"')[0]
    fields = _fields(plan, cast.cem, file=_file(content, file_name), candidate_speaker=speaker)
    began = time.perf_counter()
    answer = rita.post(PAGE, fields, headers=HTMX)
    assert time.perf_counter() - began < 2
    interview = Interview.objects.get()
    assert answer.headers["HX-Redirect"] == f"/interviews/{interview.id}/report/"
    assert (interview.mode, interview.state) == (Mode.IMPORTED, InterviewState.ENDED)
    assert set(interview.segments.values_list("speaker", flat=True)) == {
        "candidate",
        "interviewer",
    }
    assert interview.debrief_status == DebriefStatus.WORKING


def test_an_imported_interview_gets_the_same_report(
    cast: Cast, plan: PlanVersion, signed_in: SignedIn
) -> None:
    rita = signed_in(cast.rita)
    rita.post(PAGE, _fields(plan, cast.cem, file=_file(SHORT)))
    drain_jobs()
    interview = Interview.objects.get()
    assert interview.debrief_status == DebriefStatus.READY
    page = rita.get(f"/interviews/{interview.id}/report/").content.decode()
    assert "The billing service at Northwind, for three years." in page
    assert "imported" in page


def test_the_candidate_is_known_by_their_name(
    cast: Cast, plan: PlanVersion, signed_in: SignedIn
) -> None:
    rita = signed_in(cast.rita)
    answer = rita.post(PAGE, _fields(plan, cast.cem, file=_file(SHORT)))
    assert answer.status_code == 302
    assert Segment.objects.get(speaker="candidate").speaker_name == "Cem"


def test_text_can_be_pasted_for_somebody_new(
    cast: Cast, plan: PlanVersion, signed_in: SignedIn
) -> None:
    fields = {
        "position": str(plan.position_id),
        "candidate_name": "Nora Newcomer",
        "text": "Rita: Hello.\nNora Newcomer: Hello, thank you for having me.",
    }
    assert signed_in(cast.rita).post(PAGE, fields).status_code == 302
    assert Candidate.objects.get(name="Nora Newcomer").interviews.count() == 1


def test_a_refused_file_names_line_and_reason_and_the_form_keeps_what_was_typed(
    cast: Cast, plan: PlanVersion, signed_in: SignedIn
) -> None:
    broken = (
        b"WEBVTT\n\n00:00:01.000 --> nowhere\nCem: Hi.\n\n00:00:03.000 --> 00:00:04.000\nCem: A.\n"
    )
    fields = _fields(plan, cast.cem, file=_file(broken, "a.vtt"), held_at="2026-11-02T10:00")
    answer = signed_in(cast.rita).post(PAGE, fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Line 3:" in page
    assert "Nothing was imported." in page
    assert "2026-11-02T10:00" in page
    assert f'value="{cast.cem.id}" selected' in page
    assert not Interview.objects.exists()


@pytest.mark.parametrize(
    ("days_ago", "said"),
    [
        (181, "keeps conversations for 180 days: this one would be erased tonight"),
        (-2, "This is in the future"),
    ],
)
def test_what_would_be_erased_the_same_night_or_has_not_been_yet_is_refused(
    cast: Cast, plan: PlanVersion, signed_in: SignedIn, days_ago: int, said: str
) -> None:
    rita = signed_in(cast.rita)
    assert "From then on it is kept for 180 days" in rita.get(PAGE).text
    held_at = timezone.now() - timedelta(days=days_ago)
    fields = _fields(plan, cast.cem, file=_file(SHORT), held_at=f"{held_at:%Y-%m-%dT%H:%M}")
    answer = rita.post(PAGE, fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert not Interview.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02" * 400,
        bytes(range(256)) * 40,
        b"{",
        b"[]",
        b"%PDF-1.7 nothing",
        b"WEBVTT",
    ],
)
def test_garbage_is_refused_with_a_sentence(
    cast: Cast, plan: PlanVersion, signed_in: SignedIn, content: bytes
) -> None:
    answer = signed_in(cast.rita).post(
        PAGE, _fields(plan, cast.cem, file=_file(content)), headers=HTMX
    )
    assert answer.status_code == 422
    assert not Interview.objects.exists()


def test_thirty_megabytes_are_too_many(cast: Cast, plan: PlanVersion, signed_in: SignedIn) -> None:
    large = _file(b"Cem: a\n" * (30 * 1024 * 1024 // 7))
    answer = signed_in(cast.rita).post(PAGE, _fields(plan, cast.cem, file=large))
    assert answer.status_code == 422
    assert "This file has 30 MB; 20 MB is the most." in answer.content.decode()


def test_nobody_new_is_kept_of_an_import_that_failed(
    cast: Cast, plan: PlanVersion, signed_in: SignedIn
) -> None:
    fields = {
        "position": str(plan.position_id),
        "candidate_name": "Nora Newcomer",
        "file": _file(b"WEBVTT"),
    }
    assert signed_in(cast.rita).post(PAGE, fields).status_code == 422
    assert not Candidate.objects.filter(name="Nora Newcomer").exists()


def test_what_is_missing_is_asked_for(cast: Cast, plan: PlanVersion, signed_in: SignedIn) -> None:
    page = signed_in(cast.rita).post(PAGE, {}).content.decode()
    assert "Choose a file, or paste the text." in page or "This field is required." in page
    assert "Give the candidate" in page


def test_rows_of_another_organisation_cannot_be_chosen(
    cast: Cast, plan: PlanVersion, signed_in: SignedIn
) -> None:
    elsewhere = make_plan(cast.rival)
    fields = _fields(elsewhere, cast.cem, file=_file(SHORT))
    assert signed_in(cast.rita).post(PAGE, fields).status_code == 422
    assert not Interview.objects.exists()


def test_only_those_who_invite_may_import(cast: Cast, signed_in: SignedIn) -> None:
    for member, status in ((cast.rita, 200), (cast.ada, 200), (cast.theo, 403), (cast.otto, 403)):
        assert signed_in(member).get(PAGE).status_code == status


def test_a_hostile_transcript_is_only_text(
    cast: Cast, plan: PlanVersion, signed_in: SignedIn
) -> None:
    hostile = b"Rita: <script>alert(1)</script>\nCem: <img src=x onerror=alert(2)> hello\n"
    rita = signed_in(cast.rita)
    rita.post(PAGE, _fields(plan, cast.cem, file=_file(hostile, "<b>.txt")))
    drain_jobs()
    interview = Interview.objects.get()
    page = rita.get(f"/interviews/{interview.id}/report/").content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
