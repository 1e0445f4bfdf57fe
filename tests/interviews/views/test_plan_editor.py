"""The plan editor: works by buttons, loses nothing, and tells two writers of one another."""

from typing import Any

import pytest
from django.test import Client

from interviews.models import PlanVersion, Position, Rubric
from interviews.services.write_plan import newest_version, revision_of
from tests.cast import QUESTIONS, Cast, make_interview, make_plan
from tests.interviews.views.conftest import SignedIn


@pytest.fixture
def plan(cast: Cast) -> PlanVersion:
    return make_plan(cast.acme)


@pytest.fixture
def rita(cast: Cast, signed_in: SignedIn) -> Client:
    return signed_in(cast.rita)


def address(plan: PlanVersion) -> str:
    return f"/positions/{plan.position_id}/plan/"


def filled(plan: PlanVersion, **changes: str) -> dict[str, str]:
    """The form as the page gives it, with some fields typed anew."""
    data = {
        "based_on": revision_of(plan),
        "rubric": str(plan.rubric_version_id),
        "opening_words": plan.opening_words,
        "closing_words": plan.closing_words,
        "company_context": plan.company_context,
        "questions": str(plan.questions.count()),
        "action": "save",
    }
    for place, question in enumerate(plan.questions.select_related("competency")):
        assert question.competency
        data |= {
            f"q{place}-text": question.text,
            f"q{place}-kind": question.kind,
            f"q{place}-competency_key": question.competency.key,
            f"q{place}-probe_depth": str(question.probe_depth),
            f"q{place}-minutes": str(question.minutes),
            f"q{place}-section": question.section,
        }
    return data | changes


def texts_in(response: Any) -> list[str]:
    return [question["text"].value() for question in response.context["questions"]]


def test_the_page_shows_the_plan_as_it_stands(rita: Client, plan: PlanVersion) -> None:
    assert texts_in(rita.get(address(plan))) == list(QUESTIONS)


def test_rita_changes_a_question(rita: Client, plan: PlanVersion) -> None:
    response = rita.post(address(plan), filled(plan, **{"q1-text": "What broke?\r\nAnd why?"}))
    assert response.status_code == 302
    assert plan.questions.get(position=1).text == "What broke?\nAnd why?"


def test_a_plan_in_use_gets_a_next_version(rita: Client, plan: PlanVersion, cast: Cast) -> None:
    make_interview(cast, plan=plan)
    rita.post(address(plan), filled(plan, **{"q1-text": "What broke?"}))
    newest = newest_version(plan.position)
    assert newest and newest.number == 2
    assert plan.questions.get(position=1).text == QUESTIONS[1]


@pytest.mark.parametrize(
    ("action", "order", "focus"),
    [
        ("up-2", (0, 2, 1, 3), "up-1"),
        ("up-1", (1, 0, 2, 3), "down-0"),
        ("down-0", (1, 0, 2, 3), "down-1"),
        ("down-2", (0, 1, 3, 2), "up-3"),
        ("remove-1", (0, 2, 3), "remove-1"),
        ("remove-3", (0, 1, 2), "remove-2"),
        ("up-0", (0, 1, 2, 3), ""),
        ("down-3", (0, 1, 2, 3), ""),
        ("remove-99", (0, 1, 2, 3), ""),
        ("nonsense", (0, 1, 2, 3), ""),
        ("up-²", (0, 1, 2, 3), ""),
    ],
)
def test_buttons_move_questions_without_saving(
    rita: Client, plan: PlanVersion, action: str, order: tuple[int, ...], focus: str
) -> None:
    typed = {"action": action, "opening_words": "Typed, not saved."}
    response = rita.post(address(plan), filled(plan, **typed))
    assert texts_in(response) == [QUESTIONS[place] for place in order]
    assert response.context["focus"] == focus
    assert b"Typed, not saved." in response.content
    assert [question.text for question in plan.questions.all()] == list(QUESTIONS)


def test_a_question_is_added_at_the_end(rita: Client, plan: PlanVersion) -> None:
    response = rita.post(address(plan), filled(plan, action="add"))
    assert texts_in(response) == [*QUESTIONS, None]


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    rita: Client, plan: PlanVersion
) -> None:
    wrong = {"q0-minutes": "900", "q1-text": " ", "opening_words": "Kept as typed."}
    response = rita.post(address(plan), filled(plan, **wrong))
    assert response.status_code == 422
    page = response.content.decode()
    assert "Ensure this value is less than or equal to 60." in page
    assert "Kept as typed." in page
    assert plan.questions.count() == 4


def test_a_form_without_anything_is_refused(rita: Client, plan: PlanVersion) -> None:
    response = rita.post(address(plan), {})
    assert response.status_code == 422
    assert plan.questions.count() == 4


def test_the_second_of_two_writers_sees_both_texts_and_may_then_save(
    cast: Cast, rita: Client, signed_in: SignedIn, plan: PlanVersion
) -> None:
    theirs = filled(plan, **{"q0-text": "Theo's question?"})
    mine = filled(plan, **{"q0-text": "Rita's question?"})
    signed_in(cast.theo).post(address(plan), theirs)
    response = rita.post(address(plan), mine)
    assert response.status_code == 409
    page = response.content.decode()
    assert "Somebody else saved this plan" in page
    assert "Theo&#x27;s question?" in page
    assert "Rita&#x27;s question?" in page
    again = {**mine, "based_on": str(response.context["form"]["based_on"].value())}
    assert rita.post(address(plan), again).status_code == 302
    assert plan.questions.get(position=0).text == "Rita's question?"


def test_the_guard_speaks_up_beside_the_question(rita: Client, plan: PlanVersion) -> None:
    asked = {"q0-text": "Are you pregnant?", "action": "check"}
    page = rita.post(address(plan), filled(plan, **asked)).content.decode()
    assert "better not asked" in page


def test_an_empty_position_begins_with_an_empty_rubric(cast: Cast, rita: Client) -> None:
    position = Position.objects.create(organisation=cast.acme, title="Baker")
    data = {
        "based_on": "none",
        "rubric": "new",
        "questions": "1",
        "q0-text": "What do you bake?",
        "q0-kind": "must_ask",
        "q0-probe_depth": "1",
        "q0-minutes": "4",
        "action": "save",
    }
    assert rita.post(f"/positions/{position.id}/plan/", data).status_code == 302
    plan = newest_version(position)
    assert plan and plan.rubric_version.rubric.name == "Baker"


def test_a_refused_plan_leaves_no_rubric_behind(cast: Cast, rita: Client) -> None:
    position = Position.objects.create(organisation=cast.acme, title="Baker")
    data = {"based_on": "another", "rubric": "new", "questions": "0", "action": "save"}
    assert rita.post(f"/positions/{position.id}/plan/", data).status_code == 409
    assert not Rubric.objects.exists()


def test_a_rubric_of_another_organisation_cannot_be_chosen(
    cast: Cast, rita: Client, plan: PlanVersion
) -> None:
    foreign = make_plan(cast.rival).rubric_version_id
    response = rita.post(address(plan), filled(plan, rubric=str(foreign)))
    assert response.status_code == 422


def test_words_of_a_plan_are_text_and_no_markup(rita: Client, plan: PlanVersion) -> None:
    rita.post(address(plan), filled(plan, **{"q0-text": "<script>alert(1)</script>"}))
    for page in (address(plan), f"/positions/{plan.position_id}/"):
        assert b"<script>alert" not in rita.get(page).content
