"""Writes rubrics. A version that a plan builds on never changes: saving then makes the next one."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from interviews.models import Competency, Member, Rubric, RubricVersion
from interviews.services.check_row import check_row, check_rows
from interviews.services.record_audit import record_audit

MOST_COMPETENCIES = 20


@dataclass(frozen=True, slots=True)
class CompetencyContent:
    """One competency as it is written. `key` is empty for a new one; it stays from version to version."""

    name: str
    levels: tuple[str, str, str, str]
    description: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class RubricContent:
    name: str
    competencies: tuple[CompetencyContent, ...] = ()


class StaleRubric(Exception):
    """Somebody else saved since this text was read; `current` is what they wrote."""

    def __init__(self, current: RubricContent, revision: str) -> None:
        super().__init__("The rubric was changed meanwhile.")
        self.current, self.revision = current, revision


def create_rubric(*, content: RubricContent, by: Member, library_role: str = "") -> Rubric:
    """A rubric with its first version. Raises ValidationError."""
    with transaction.atomic():
        rubric = Rubric(
            organisation_id=by.organisation_id, name=content.name, library_role=library_role
        )
        check_row(rubric)
        rubric.save()
        version = RubricVersion.objects.create(rubric=rubric, created_by=by)
        _write_competencies(version, content)
        _audit("rubric.created", rubric, by)
    return rubric


def save_rubric(
    *, rubric: Rubric, content: RubricContent, based_on: str | None, by: Member
) -> RubricVersion:
    """The rubric with this content: its newest version, or the next if plans build on that.

    `based_on` is the revision the writer had read (None: whatever there is). Raises StaleRubric,
    ValidationError.
    """
    with transaction.atomic():
        rubric = Rubric.objects.select_for_update(no_key=True).get(id=rubric.id)
        newest = newest_version(rubric)
        before = content_of(newest)
        if based_on is not None and based_on != revision_of(newest):
            raise StaleRubric(before, revision_of(newest))
        if _same(before, content):
            return newest
        version = newest
        if is_used(newest):
            version = RubricVersion.objects.create(
                rubric=rubric, number=newest.number + 1, created_by=by
            )
        else:
            newest.competencies.all().delete()
        rubric.name = content.name
        check_row(rubric)
        rubric.save(update_fields=["name"])
        _write_competencies(version, content)
        _audit("rubric.saved", rubric, by)
    return version


def archive_rubric(*, rubric: Rubric, by: Member, now: datetime) -> None:
    """Takes it off the lists. Plans that build on it keep it."""
    with transaction.atomic():
        if Rubric.objects.filter(id=rubric.id, archived_at=None).update(archived_at=now):
            _audit("rubric.archived", rubric, by)


def newest_version(rubric: Rubric) -> RubricVersion:
    return rubric.versions.order_by("-number")[0]


def is_used(version: RubricVersion) -> bool:
    return version.frozen_at is not None or version.plan_versions.exists()


def content_of(version: RubricVersion) -> RubricContent:
    return RubricContent(
        name=version.rubric.name,
        competencies=tuple(
            CompetencyContent(
                name=competency.name,
                levels=competency.anchors,
                description=competency.description,
                key=competency.key,
            )
            for competency in version.competencies.all()
        ),
    )


def revision_of(version: RubricVersion) -> str:
    """Names exactly this content: another one means that somebody saved."""
    text = json.dumps([version.number, asdict(content_of(version))])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _same(before: RubricContent, after: RubricContent) -> bool:
    keyed = _with_keys(after.competencies)
    return before == RubricContent(after.name, keyed)


def _write_competencies(version: RubricVersion, content: RubricContent) -> None:
    if len(content.competencies) > MOST_COMPETENCIES:
        raise ValidationError(
            {"competencies": f"A rubric holds at most {MOST_COMPETENCIES} competencies."}
        )
    rows = [
        Competency(
            rubric_version=version,
            position=place,
            key=competency.key,
            name=competency.name,
            description=competency.description,
            **{f"level_{number}": text for number, text in enumerate(competency.levels, start=1)},
        )
        for place, competency in enumerate(_with_keys(content.competencies))
    ]
    check_rows(rows, name="competencies", noun="Competency")
    Competency.objects.bulk_create(rows)


def _with_keys(competencies: tuple[CompetencyContent, ...]) -> tuple[CompetencyContent, ...]:
    """Gives new competencies a key of their own; a key that is there stays, so history lines up."""
    taken: set[str] = set()
    keyed = []
    for competency in competencies:
        wanted = slugify(competency.key or competency.name)[:50] or "competency"
        key, number = wanted, 2
        while key in taken:
            key, number = f"{wanted}-{number}", number + 1
        taken.add(key)
        keyed.append(
            CompetencyContent(competency.name, competency.levels, competency.description, key)
        )
    return tuple(keyed)


def _audit(action: str, rubric: Rubric, by: Member) -> None:
    record_audit(
        organisation=rubric.organisation_id,
        action=action,
        subject_kind="rubric",
        subject_id=rubric.id,
        member=by,
    )
