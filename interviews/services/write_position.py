"""Opens, describes and closes positions."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from interviews.models import Member, Position
from interviews.services.check_row import check_row
from interviews.services.record_audit import record_audit


@dataclass(frozen=True, slots=True)
class PositionContent:
    title: str
    description: str = ""
    language: str = "en"


def create_position(*, content: PositionContent, by: Member) -> Position:
    """Raises ValidationError."""
    position = Position(organisation_id=by.organisation_id)
    _write(position, content)
    with transaction.atomic():
        position.save()
        _audit("position.created", position, by)
    return position


def change_position(*, position: Position, content: PositionContent, by: Member) -> Position:
    """Raises ValidationError."""
    _write(position, content)
    with transaction.atomic():
        position.save(update_fields=["title", "description", "language"])
        _audit("position.changed", position, by)
    return position


def close_position(*, position: Position, by: Member, now: datetime) -> None:
    """Nobody can be invited for it any more; what was scheduled still takes place."""
    with transaction.atomic():
        if Position.objects.filter(id=position.id, closed_at=None).update(closed_at=now):
            _audit("position.closed", position, by)


def reopen_position(*, position: Position, by: Member) -> None:
    with transaction.atomic():
        closed = Position.objects.filter(id=position.id, closed_at__isnull=False)
        if closed.update(closed_at=None):
            _audit("position.reopened", position, by)


def _write(position: Position, content: PositionContent) -> None:
    position.title = content.title.strip()
    position.description = content.description
    position.language = content.language
    check_row(position)


def _audit(action: str, position: Position, by: Member) -> None:
    record_audit(
        organisation=position.organisation_id,
        action=action,
        subject_kind="position",
        subject_id=position.id,
        member=by,
    )
