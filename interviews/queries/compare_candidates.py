"""The candidates of a position side by side, judged by people; the AI's draft only where it may be seen."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean

from interviews import access
from interviews.access import Permission
from interviews.models import (
    Competency,
    CompetencyLevel,
    Decision,
    Interview,
    Member,
    Position,
    Review,
)
from interviews.states import AiDraftVisibility, InterviewState, Overall, ReviewStatus


@dataclass(frozen=True, slots=True)
class Cell:
    """One competency of one candidate. `average` of the people's levels, `spread` between them."""

    levels: tuple[int, ...]
    ai_level: int | None

    @property
    def average(self) -> float | None:
        return fmean(self.levels) if self.levels else None

    @property
    def nearest(self) -> int | None:
        return round(self.average) if self.average is not None else None

    @property
    def spread(self) -> int:
        return max(self.levels) - min(self.levels) if self.levels else 0

    @property
    def is_far_from_ai(self) -> bool:
        """People and draft differ by two levels: worth reading the evidence again."""
        return (
            self.ai_level is not None
            and self.average is not None
            and abs(self.ai_level - self.average) >= 2
        )


@dataclass(frozen=True, slots=True)
class Contender:
    """One interview in the comparison. What is hidden from the member is left out, and `is_hidden` says so."""

    interview: Interview
    is_hidden: bool
    reviews: int
    overall: tuple[str, ...]
    decision: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class SideBySide:
    competencies: tuple[str, ...]
    contenders: tuple[Contender, ...]

    @property
    def rows(self) -> Iterable[tuple[str, tuple[tuple[Contender, Cell], ...]]]:
        for place, name in enumerate(self.competencies):
            yield name, tuple((each, each.cells[place]) for each in self.contenders)


def compare_candidates(position: Position, member: Member) -> SideBySide:
    """Over the ended interviews that the member may see. Competencies are matched by their key."""
    access.require(member, Permission.SEE_REPORT)
    interviews = list(
        access.interviews(member)
        .filter(position=position, state=InterviewState.ENDED)
        .order_by("candidate__name", "-ended_at")
    )
    names = _competencies(interviews)
    open_ones = _open_to(member, interviews)
    people, overall = _reviews(open_ones)
    drafts = _drafts(open_ones)
    decisions = _decisions(interviews)
    return SideBySide(
        competencies=tuple(names.values()),
        contenders=tuple(
            Contender(
                interview=each,
                is_hidden=each.id not in open_ones,
                reviews=len(overall[each.id]),
                overall=tuple(overall[each.id]),
                decision=decisions.get(each.id, ""),
                cells=tuple(
                    Cell(tuple(people[each.id, key]), drafts.get((each.id, key))) for key in names
                ),
            )
            for each in interviews
        ),
    )


def _competencies(interviews: Iterable[Interview]) -> dict[str, str]:
    """Name by key, of all rubrics in use; the newest version gives the name."""
    versions = {each.plan_version.rubric_version_id for each in interviews}
    rows = Competency.objects.filter(rubric_version__in=versions)
    return dict(rows.order_by("rubric_version__created_at", "position").values_list("key", "name"))


def _open_to(member: Member, interviews: Iterable[Interview]) -> set[uuid.UUID]:
    """The interviews whose reviews and draft this member may see: access.may_see_ai_draft for many at once."""
    own = set(
        Review.objects.filter(reviewer=member, status=ReviewStatus.SUBMITTED).values_list(
            "interview_id", flat=True
        )
    )
    rule = member.organisation.ai_draft_visibility
    if rule == AiDraftVisibility.NEVER:
        return set()
    return {each.id for each in interviews if rule == AiDraftVisibility.ALWAYS or each.id in own}


def _reviews(
    interviews: set[uuid.UUID],
) -> tuple[dict[tuple[uuid.UUID, str], list[int]], dict[uuid.UUID, list[str]]]:
    levels: dict[tuple[uuid.UUID, str], list[int]] = defaultdict(list)
    overall: dict[uuid.UUID, list[str]] = defaultdict(list)
    rows = Review.objects.filter(interview__in=interviews, status=ReviewStatus.SUBMITTED)
    for review in rows.prefetch_related("levels__competency").order_by("submitted_at"):
        overall[review.interview_id].append(Overall(review.overall).label if review.overall else "")
        for row in review.levels.all():
            if row.level is not None:
                levels[review.interview_id, row.competency.key].append(row.level)
    return levels, overall


def _drafts(interviews: set[uuid.UUID]) -> dict[tuple[uuid.UUID, str], int]:
    """The newest debrief's levels; later debriefs overwrite earlier ones."""
    rows = CompetencyLevel.objects.filter(
        part__debrief__interview__in=interviews, level__isnull=False
    ).order_by("part__debrief__number")
    return {
        (interview_id, key): level
        for interview_id, key, level in rows.values_list(
            "part__debrief__interview", "competency__key", "level"
        )
        if level is not None
    }


def _decisions(interviews: Iterable[Interview]) -> dict[uuid.UUID, str]:
    rows = Decision.objects.filter(interview__in=[each.id for each in interviews]).order_by("at")
    return {row.interview_id: row.get_outcome_display() for row in rows}
