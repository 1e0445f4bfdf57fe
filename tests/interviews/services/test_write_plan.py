"""Plans are versions: what an interview uses stays, and two writers never overwrite one another."""

import pytest
from django.core.exceptions import ValidationError

from interviews.models import AuditEntry, PlanVersion, Position, Question
from interviews.services import write_rubric
from interviews.services.start_from_library import start_plan
from interviews.services.write_plan import (
    PlanContent,
    QuestionContent,
    StalePlan,
    content_of,
    newest_version,
    revision_of,
    save_plan,
)
from interviews.states import QuestionKind
from tests.cast import Cast, make_interview, make_plan

pytestmark = pytest.mark.portable
NEW = PlanContent(
    opening_words="Hello.",
    questions=(
        QuestionContent(text="What did you build?", competency_key="c0", minutes=7),
        QuestionContent(text="And with whom?", kind=QuestionKind.ADAPTIVE, probe_depth=3),
    ),
)


@pytest.fixture
def plan(cast: Cast) -> PlanVersion:
    return make_plan(cast.acme)


def save(plan: PlanVersion, cast: Cast, content: PlanContent, based_on: str | None) -> PlanVersion:
    return save_plan(
        position=plan.position,
        content=content,
        rubric_version=plan.rubric_version,
        based_on=based_on,
        by=cast.rita,
    )


def test_a_plan_nobody_used_is_changed_in_place(cast: Cast, plan: PlanVersion) -> None:
    saved = save(plan, cast, NEW, revision_of(plan))
    assert (saved.id, saved.number) == (plan.id, 1)
    assert content_of(saved) == NEW


def test_a_plan_an_interview_uses_stays_and_the_next_version_is_written(
    cast: Cast, plan: PlanVersion
) -> None:
    make_interview(cast, plan=plan)
    before = content_of(plan)
    saved = save(plan, cast, NEW, revision_of(plan))
    assert saved.number == 2
    assert content_of(PlanVersion.objects.get(id=plan.id)) == before
    assert newest_version(plan.position) == saved


def test_saving_the_same_text_makes_no_version(cast: Cast, plan: PlanVersion) -> None:
    make_interview(cast, plan=plan)
    assert save(plan, cast, content_of(plan), revision_of(plan)) == plan


def test_the_second_of_two_writers_is_told_and_gets_the_firsts_text(
    cast: Cast, plan: PlanVersion
) -> None:
    read_by_both = revision_of(plan)
    save(plan, cast, NEW, read_by_both)
    with pytest.raises(StalePlan) as stale:
        save(plan, cast, PlanContent(opening_words="Mine."), read_by_both)
    assert stale.value.current == NEW
    assert save(plan, cast, PlanContent(opening_words="Mine."), stale.value.revision).id == plan.id


def test_a_competency_of_another_rubric_is_refused(cast: Cast, plan: PlanVersion) -> None:
    content = PlanContent(questions=(QuestionContent(text="Why?", competency_key="charm"),))
    with pytest.raises(ValidationError, match="no competency “charm”"):
        save(plan, cast, content, None)
    assert plan.questions.count() == 4, "nothing of the refused plan is kept"


@pytest.mark.parametrize(
    "question",
    [
        QuestionContent(text=""),
        QuestionContent(text="x" * 2001),
        QuestionContent(text="Why?", probe_depth=4),
        QuestionContent(text="Why?", minutes=0),
        QuestionContent(text="Why?", minutes=61),
    ],
)
def test_a_question_out_of_bounds_is_refused(
    cast: Cast, plan: PlanVersion, question: QuestionContent
) -> None:
    with pytest.raises(ValidationError):
        save(plan, cast, PlanContent(questions=(question,)), None)


def test_a_plan_has_an_end(cast: Cast, plan: PlanVersion) -> None:
    with pytest.raises(ValidationError, match="at most 60"):
        save(plan, cast, PlanContent(questions=(QuestionContent(text="Why?"),) * 61), None)


def test_saving_is_noted(cast: Cast, plan: PlanVersion) -> None:
    save(plan, cast, NEW, None)
    entry = AuditEntry.objects.get(action="plan.saved")
    assert (entry.user, entry.subject_id) == (cast.rita.user, str(plan.position_id))


@pytest.mark.parametrize("slug", ["backend", "frontend", "data", "product", "sales", "support"])
def test_a_ready_made_plan_becomes_the_organisations_own(cast: Cast, slug: str) -> None:
    position = Position.objects.create(organisation=cast.acme, title="Anybody")
    plan = start_plan(position=position, slug=slug, based_on=None, by=cast.rita)
    questions = Question.objects.filter(plan_version=plan)
    assert questions.count() >= 5
    assert not questions.filter(competency=None).exists()
    assert plan.rubric_version.rubric.organisation == cast.acme


def test_a_second_position_of_a_role_shares_its_untouched_rubric(cast: Cast) -> None:
    first, second = (
        start_plan(
            position=Position.objects.create(organisation=cast.acme, title=title),
            slug="sales",
            based_on=None,
            by=cast.rita,
        )
        for title in ("North", "South")
    )
    assert first.rubric_version == second.rubric_version


def test_an_edited_rubric_is_not_taken_for_the_ready_made_one(cast: Cast) -> None:
    north, south = (
        Position.objects.create(organisation=cast.acme, title=title) for title in ("N", "S")
    )
    first = start_plan(position=north, slug="sales", based_on=None, by=cast.rita)
    rubric = first.rubric_version.rubric
    content = write_rubric.content_of(first.rubric_version)
    write_rubric.save_rubric(
        rubric=rubric,
        content=write_rubric.RubricContent("Ours", content.competencies),
        based_on=None,
        by=cast.rita,
    )
    second = start_plan(position=south, slug="sales", based_on=None, by=cast.rita)
    assert second.rubric_version.rubric != rubric
