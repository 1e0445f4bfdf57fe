"""A member's own scorecard: saved as it is written, submitted once, never lost to another window."""

import pytest

from interviews.models import AuditEntry, Competency, Interview, Review
from tests.cast import Cast
from tests.interviews.told import make_told_interview
from tests.interviews.views.conftest import SignedIn


@pytest.fixture
def told(cast: Cast) -> Interview:
    return make_told_interview(cast)


@pytest.fixture
def depth(told: Interview) -> Competency:
    return told.plan_version.rubric_version.competencies.get(position=0)


def _review(told: Interview) -> str:
    return f"/interviews/{told.id}/review/"


def test_it_is_saved_while_it_is_written(
    cast: Cast, told: Interview, depth: Competency, signed_in: SignedIn
) -> None:
    theo = signed_in(cast.theo)
    words = {"version": "0", f"level-{depth.id}": "3", f"note-{depth.id}": "Measured it."}
    answer = theo.post(_review(told), words, headers={"accept": "application/json"})
    assert answer.json() == {"version": 1}
    review = Review.objects.get(reviewer=cast.theo)
    assert (review.status, review.levels.get(level=3).note) == ("draft", "Measured it.")
    page = theo.get(f"/interviews/{told.id}/report/").content.decode()
    assert "Measured it." in page
    assert 'name="version" value="1"' in page


def test_an_older_window_is_told_and_loses_nothing(
    cast: Cast, told: Interview, signed_in: SignedIn
) -> None:
    theo, accept = signed_in(cast.theo), {"accept": "application/json"}
    theo.post(_review(told), {"version": "0", "note": "From the laptop."}, headers=accept)
    answer = theo.post(_review(told), {"version": "0", "note": "From the phone."}, headers=accept)
    assert answer.status_code == 409
    assert answer.json()["version"] == 1
    assert answer.json()["stored"]["note"] == "From the laptop."
    assert Review.objects.get(reviewer=cast.theo).note == "From the laptop."


def test_without_script_an_older_window_shows_both_texts(
    cast: Cast, told: Interview, signed_in: SignedIn
) -> None:
    theo = signed_in(cast.theo)
    theo.post(_review(told), {"version": "0", "note": "From the laptop.", "save": "1"})
    words = {"version": "0", "note": "From the phone.", "overall": "yes", "submit": "1"}
    answer = theo.post(_review(told), words)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "From the laptop." in page
    assert "From the phone." in page
    assert 'name="version" value="1"' in page
    answer = theo.post(_review(told), {**words, "version": "1"}, follow=True)
    assert "Your scorecard is submitted." in answer.content.decode()
    assert Review.objects.get(reviewer=cast.theo).note == "From the phone."


def test_a_submitted_scorecard_does_not_change_any_more(
    cast: Cast, told: Interview, signed_in: SignedIn
) -> None:
    theo = signed_in(cast.theo)
    theo.post(_review(told), {"version": "0", "overall": "yes", "submit": "1"})
    theo.post(_review(told), {"version": "1", "overall": "no", "submit": "1"})
    review = Review.objects.get(reviewer=cast.theo)
    assert (review.status, review.overall) == ("submitted", "yes")
    assert AuditEntry.objects.filter(action="review.submitted").count() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("overall", "", "Choose what you would do overall."),
        ("overall", "perhaps", "Choose one of the four."),
        ("level", "5", "Choose a level from 1 to 4"),
        ("level", "0", "Choose a level from 1 to 4"),
    ],
)
def test_what_cannot_be_taken_is_told_and_the_rest_stays(
    cast: Cast,
    told: Interview,
    depth: Competency,
    signed_in: SignedIn,
    field: str,
    value: str,
    words: str,
) -> None:
    typed = {"version": "0", "overall": "yes", "note": "Stays.", "submit": "1"}
    typed[f"level-{depth.id}" if field == "level" else field] = value
    answer = signed_in(cast.theo).post(_review(told), typed)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Stays." in answer.content.decode()
    assert not Review.objects.filter(status="submitted").exists()


def test_observers_and_strangers_write_none(
    cast: Cast, told: Interview, signed_in: SignedIn
) -> None:
    words = {"version": "0", "overall": "yes", "submit": "1"}
    assert signed_in(cast.otto).post(_review(told), words).status_code == 403
    assert signed_in(cast.mallory).post(_review(told), words).status_code == 404
    assert not Review.objects.exists()


def test_two_first_saves_at_once_make_one_scorecard(
    cast: Cast, told: Interview, signed_in: SignedIn
) -> None:
    theo = signed_in(cast.theo)
    answers = [
        theo.post(_review(told), {"version": "0"}, headers={"accept": "application/json"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 409]
    assert Review.objects.count() == 1


def test_others_are_compared_with_levels_far_apart_marked(
    cast: Cast, told: Interview, depth: Competency, signed_in: SignedIn
) -> None:
    for member, level in ((cast.theo, "4"), (cast.ines, "2")):
        words = {"version": "0", "overall": "yes", "submit": "1", f"level-{depth.id}": level}
        signed_in(member).post(_review(told), words)
    page = signed_in(cast.theo).get(f"/interviews/{told.id}/report/").content.decode()
    assert "2 levels apart" in page
    assert "1 to talk about" in page
    hidden = signed_in(cast.rita).get(f"/interviews/{told.id}/report/").content.decode()
    assert "levels apart" not in hidden


def test_a_decision_is_a_persons_with_a_reason(
    cast: Cast, told: Interview, signed_in: SignedIn
) -> None:
    address, theo = f"/interviews/{told.id}/decision/", signed_in(cast.theo)
    bare = theo.post(address, {"outcome": "advance", "reason": "  "})
    assert bare.status_code == 422
    assert "Say why" in bare.content.decode()
    unknown = theo.post(address, {"outcome": "knight", "reason": "Brave."})
    assert unknown.status_code == 422
    assert "Brave." in unknown.content.decode()
    page = theo.post(address, {"outcome": "advance", "reason": "Brave."}, follow=True)
    assert "The decision is recorded." in page.content.decode()
    decision = told.decisions.get()
    assert (decision.decided_by, decision.outcome, decision.reason) == (
        cast.theo,
        "advance",
        "Brave.",
    )
    assert signed_in(cast.rita).post(address, {"outcome": "hold"}).status_code == 403
    assert signed_in(cast.mallory).post(address, {"outcome": "hold"}).status_code == 404
