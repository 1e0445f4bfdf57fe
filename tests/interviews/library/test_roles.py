"""The ready-made rubrics and plans can be used as they are."""

import pytest

from interviews.director import Answered, PlanInUse, PlannedQuestion
from interviews.library import NoSuchRole, RoleTemplate, all_roles, role
from tests.interviews.director.rehearsal import THOROUGH, Rehearsal

ROLES = all_roles()


def test_there_are_six_roles() -> None:
    assert {r.slug for r in ROLES} == {"backend", "frontend", "data", "product", "sales", "support"}
    assert role("sales").title == "Account executive"


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(NoSuchRole):
        role("astronaut")


@pytest.mark.parametrize("template", ROLES, ids=lambda r: r.slug)
def test_size_of_rubric_and_plan(template: RoleTemplate) -> None:
    assert 5 <= len(template.rubric.competencies) <= 6
    assert 8 <= len(template.plan.questions) <= 10
    must_asks = [q for q in template.plan.questions if q.must_ask]
    assert 0 < len(must_asks) < len(template.plan.questions)


@pytest.mark.parametrize("template", ROLES, ids=lambda r: r.slug)
def test_anchors_are_four_different_sentences_of_substance(template: RoleTemplate) -> None:
    for competency in template.rubric.competencies:
        assert len(set(competency.levels)) == 4
        assert all(len(level.split()) >= 5 and level.endswith(".") for level in competency.levels)


@pytest.mark.parametrize("template", ROLES, ids=lambda r: r.slug)
def test_the_director_asks_everything_within_the_planned_minutes(template: RoleTemplate) -> None:
    plan = PlanInUse(
        tuple(PlannedQuestion(**q.model_dump()) for q in template.plan.questions),
        template.plan.opening,
        template.plan.closing,
    )
    room = Rehearsal(plan, template.plan.total_minutes)
    minutes = {q.ref: q.minutes for q in plan.questions}
    room.play(lambda move: (Answered(THOROUGH), minutes.get(move.question_ref, 1) * 60))
    assert room.asked() == [q.ref for q in plan.questions]
