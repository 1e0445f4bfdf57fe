"""Rubrics are versions too; a competency keeps its key, so that history lines up."""

import pytest
from django.core.exceptions import ValidationError

from interviews.services.write_rubric import (
    CompetencyContent,
    RubricContent,
    StaleRubric,
    archive_rubric,
    content_of,
    create_rubric,
    newest_version,
    revision_of,
    save_rubric,
)
from tests.cast import Cast, make_plan

LEVELS = ("Names it.", "Uses it.", "Explains it.", "Weighs it.")
DEPTH = CompetencyContent("Technical depth", LEVELS)
CARE = CompetencyContent("Care for users", LEVELS, "What it is for.")


def test_a_new_rubric_has_a_first_version(cast: Cast) -> None:
    rubric = create_rubric(content=RubricContent("Engineers", (DEPTH, CARE)), by=cast.rita)
    version = newest_version(rubric)
    assert version.number == 1
    assert [row.key for row in version.competencies.all()] == ["technical-depth", "care-for-users"]


def test_two_competencies_of_one_name_get_two_keys(cast: Cast) -> None:
    rubric = create_rubric(content=RubricContent("Engineers", (DEPTH, DEPTH)), by=cast.rita)
    keys = [row.key for row in newest_version(rubric).competencies.all()]
    assert keys == ["technical-depth", "technical-depth-2"]


def test_a_renamed_competency_keeps_its_key(cast: Cast) -> None:
    rubric = create_rubric(content=RubricContent("Engineers", (DEPTH,)), by=cast.rita)
    renamed = CompetencyContent("Depth", LEVELS, key="technical-depth")
    version = save_rubric(
        rubric=rubric, content=RubricContent("Engineers", (renamed,)), based_on=None, by=cast.rita
    )
    assert version.number == 1
    assert content_of(version).competencies == (renamed,)


def test_a_rubric_a_plan_builds_on_stays_as_it_was(cast: Cast) -> None:
    plan = make_plan(cast.acme)
    before = content_of(plan.rubric_version)
    version = save_rubric(
        rubric=plan.rubric_version.rubric,
        content=RubricContent("New name", (CARE,)),
        based_on=revision_of(plan.rubric_version),
        by=cast.rita,
    )
    assert version.number == 2
    plan.refresh_from_db()
    assert content_of(plan.rubric_version).competencies == before.competencies


def test_the_second_of_two_writers_is_told(cast: Cast) -> None:
    rubric = create_rubric(content=RubricContent("Engineers", (DEPTH,)), by=cast.rita)
    read_by_both = revision_of(newest_version(rubric))
    save_rubric(
        rubric=rubric,
        content=RubricContent("Engineers", (CARE,)),
        based_on=read_by_both,
        by=cast.rita,
    )
    with pytest.raises(StaleRubric) as stale:
        save_rubric(
            rubric=rubric,
            content=RubricContent("Mine", (DEPTH,)),
            based_on=read_by_both,
            by=cast.rita,
        )
    assert stale.value.current.competencies[0].name == "Care for users"


@pytest.mark.parametrize(
    "content",
    [
        RubricContent("", (DEPTH,)),
        RubricContent("Engineers", (CompetencyContent("", LEVELS),)),
        RubricContent("Engineers", (CompetencyContent("Depth", ("", "b", "c", "d")),)),
        RubricContent("Engineers", (DEPTH,) * 21),
    ],
)
def test_what_is_missing_is_refused(cast: Cast, content: RubricContent) -> None:
    with pytest.raises(ValidationError):
        create_rubric(content=content, by=cast.rita)


def test_an_archived_rubric_leaves_the_lists_only(cast: Cast) -> None:
    plan = make_plan(cast.acme)
    archive_rubric(rubric=plan.rubric_version.rubric, by=cast.rita, now=plan.created_at)
    plan.refresh_from_db()
    assert plan.rubric_version.rubric.archived_at
