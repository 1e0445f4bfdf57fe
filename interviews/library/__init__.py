"""Ready-made rubrics and plans for common roles. A role is one JSON file here; nothing registers it.

They are starting points: an organisation copies one into a rubric and a plan of its own and edits those.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

FOLDER = Path(__file__).parent
LEVELS = 4
OPENING_AND_CLOSING_MINUTES = 5


def _trimmed(text: str) -> str:
    if not text or text != text.strip():
        raise ValueError("must be text without spaces around it")
    return text


Words = Annotated[str, AfterValidator(_trimmed)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class CompetencyTemplate(_Entry):
    ref: Words
    name: Words
    description: Words
    levels: tuple[Words, Words, Words, Words]  # anchor texts of levels 1 to 4


class RubricTemplate(_Entry):
    name: Words
    competencies: tuple[CompetencyTemplate, ...] = Field(min_length=1)


class QuestionTemplate(_Entry):
    ref: Words
    text: Words
    must_ask: bool
    competency_ref: Words
    probe_depth: int = Field(ge=0, le=3)
    minutes: int = Field(ge=1)


class PlanTemplate(_Entry):
    name: Words
    total_minutes: int = Field(ge=5)
    opening: Words
    closing: Words
    questions: tuple[QuestionTemplate, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits_its_minutes(self) -> "PlanTemplate":
        needed = sum(question.minutes for question in self.questions) + OPENING_AND_CLOSING_MINUTES
        if needed > self.total_minutes:
            raise ValueError(f"needs {needed} minutes, but has {self.total_minutes}")
        return self


class RoleTemplate(_Entry):
    slug: Words
    title: Words
    summary: Words
    rubric: RubricTemplate
    plan: PlanTemplate

    @model_validator(mode="after")
    def _refs_hold_together(self) -> "RoleTemplate":
        competencies = [competency.ref for competency in self.rubric.competencies]
        questions = [question.ref for question in self.plan.questions]
        if len(set(competencies)) < len(competencies) or len(set(questions)) < len(questions):
            raise ValueError("a ref is used twice")
        if {question.competency_ref for question in self.plan.questions} != set(competencies):
            raise ValueError("every competency needs a question, and every question a competency")
        return self

    def texts(self) -> Iterator[str]:
        """Everything in it that people will read."""
        yield from (self.title, self.summary, self.plan.opening, self.plan.closing)
        yield from (question.text for question in self.plan.questions)
        for competency in self.rubric.competencies:
            yield from (competency.name, competency.description, *competency.levels)


class NoSuchRole(LookupError):
    """There is no ready-made rubric and plan of that name."""


@cache
def all_roles() -> tuple[RoleTemplate, ...]:
    """Ordered by title."""
    roles = [_read(path) for path in FOLDER.glob("*.json")]
    return tuple(sorted(roles, key=lambda role: role.title))


def role(slug: str) -> RoleTemplate:
    for template in all_roles():
        if template.slug == slug:
            return template
    raise NoSuchRole(slug)


def _read(path: Path) -> RoleTemplate:
    return RoleTemplate.model_validate_json(path.read_text("utf-8"))
