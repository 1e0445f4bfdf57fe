"""Files to take along, corrections, and candidates side by side."""

import json
from collections.abc import Iterator

import pytest

from interviews.models import AuditEntry, Candidate, Interview, Member
from scheduler.testing import drain_jobs
from tests.cast import Cast
from tests.interviews.ai import without_ai
from tests.interviews.told import CONVERSATION, make_debrief, make_told_interview
from tests.interviews.views.conftest import SignedIn

FORMATS = ("transcript.vtt", "transcript.md", "transcript.csv", "transcript.json")


@pytest.fixture(autouse=True)
def no_provider() -> Iterator[None]:
    with without_ai():
        yield


@pytest.fixture
def told(cast: Cast) -> Interview:
    return make_told_interview(cast)


def _submit(signed_in: SignedIn, member: Member, told: Interview, **more: str) -> None:
    words = {"version": "0", "overall": "yes", "submit": "1", **more}
    signed_in(member).post(f"/interviews/{told.id}/review/", words)


@pytest.mark.parametrize("what", FORMATS)
def test_the_transcript_is_taken_along_in_every_format(
    cast: Cast, told: Interview, signed_in: SignedIn, what: str
) -> None:
    answer = signed_in(cast.otto).get(f"/interviews/{told.id}/export/{what}/")
    assert "billing service at Northwind" in answer.content.decode()
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert cast.cem.name not in answer.headers["Content-Disposition"]
    assert AuditEntry.objects.get(action="interview.exported").detail == {"what": what}
    assert signed_in(cast.mallory).get(f"/interviews/{told.id}/export/{what}/").status_code == 404


def test_what_is_exported_as_json_can_be_imported_again(
    cast: Cast, told: Interview, signed_in: SignedIn
) -> None:
    answer = signed_in(cast.rita).get(f"/interviews/{told.id}/export/transcript.json/")
    said = [row["text"] for row in json.loads(answer.content)["segments"]]
    assert said == [text for _, text in CONVERSATION]


def test_scorecards_are_exported_to_those_who_may_see_them_without_formulas(
    cast: Cast, told: Interview, signed_in: SignedIn
) -> None:
    address = f"/interviews/{told.id}/export/scorecards.csv/"
    assert signed_in(cast.theo).get(address).status_code == 403
    _submit(signed_in, cast.theo, told, note="=HYPERLINK(1)")
    table = signed_in(cast.theo).get(address).content.decode()
    assert "Technical depth,Theo,person" in table
    assert "Yes: =HYPERLINK(1)" in table
    assert ",=" not in table


def test_an_unknown_export_does_not_exist(cast: Cast, told: Interview, signed_in: SignedIn) -> None:
    assert signed_in(cast.rita).get(f"/interviews/{told.id}/export/all.zip/").status_code == 404


def test_a_correction_keeps_what_was_heard_and_marks_the_debrief(
    cast: Cast, told: Interview, signed_in: SignedIn
) -> None:
    make_debrief(told)
    drain_jobs()
    moment, rita = told.segments.get(position=1), signed_in(cast.rita)
    address = f"/interviews/{told.id}/segments/{moment.id}/correct/"
    assert moment.text[:40] in rita.get(address).content.decode()
    assert rita.post(address, {"text": " "}).status_code == 422
    page = rita.post(address, {"text": "I built the <filling> service."}, follow=True)
    shown = page.content.decode()
    assert "I built the &lt;filling&gt; service." in shown
    assert "The transcript changed after this was written." in shown
    assert "Write it again" in shown
    assert signed_in(cast.otto).post(address, {"text": "No."}).status_code == 403
    assert signed_in(cast.mallory).get(address).status_code == 404
    elsewhere = make_told_interview(cast, plan=told.plan_version)
    wrong = f"/interviews/{elsewhere.id}/segments/{moment.id}/correct/"
    assert rita.get(wrong).status_code == 404


def test_candidates_stand_side_by_side_where_ones_own_scorecard_is_in(
    cast: Cast, told: Interview, signed_in: SignedIn
) -> None:
    nora = Candidate.objects.create(organisation=cast.acme, name="Nora Newcomer")
    other = make_told_interview(cast, plan=told.plan_version)
    Interview.objects.filter(id=other.id).update(candidate=nora)
    depth = told.plan_version.rubric_version.competencies.get(position=0)
    for interview in (told, other):
        _submit(signed_in, cast.ines, interview, **{f"level-{depth.id}": "1"})
    _submit(signed_in, cast.theo, told, **{f"level-{depth.id}": "4"})
    address = f"/positions/{told.position_id}/compare/"
    page = signed_in(cast.theo).get(address).content.decode()
    assert "2.5" in page
    assert "3 apart" in page
    assert "Nora Newcomer" in page
    assert page.count("hidden</span>") == 2  # both competencies of Nora's
    assert signed_in(cast.mallory).get(address).status_code == 404
    told.interviewers.clear()
    assert "Nora Newcomer" in signed_in(cast.ines).get(address).content.decode()
    assert cast.cem.name not in signed_in(cast.ines).get(address).content.decode()
