"""Gathers all that is held about a candidate, for their right to a copy (GDPR 15)."""

import base64
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model

from interviews.models import AuditEntry, Candidate
from interviews.queries.held_about import TABLES, ids_about, interview_ids_of
from notifications.forget import Sent, emails_about

# The machinery of a room: neither the candidate's words nor anybody's words about them.
_MACHINERY = frozenset(
    {"epoch", "turn_owner", "turn_lease_until", "client_id", "client_seq", "job_id", "workflow_id"}
    | {"access_generation", "link_generation", "member_seq", "candidate_seq"}
)
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class AboutCandidate:
    """Everything, table by table. Members of the team appear by their ids: their names are their own."""

    gathered_at: datetime
    organisation: str
    kept_for_days: int
    candidate: Row
    resume_file: str  # base64; empty when there is none
    tables: dict[str, list[Row]]
    emails: list[Sent]
    audit: list[Row]


def gather_about(candidate: Candidate, *, now: datetime) -> AboutCandidate:
    interview_ids = interview_ids_of(candidate)
    ids = ids_about(candidate.id, interview_ids)
    organisation = candidate.organisation
    entries = AuditEntry.objects.filter(organisation=organisation, subject_id__in=ids)
    return AboutCandidate(
        gathered_at=now,
        organisation=organisation.name,
        kept_for_days=organisation.transcript_days,
        candidate=_row(candidate),
        resume_file=_file(candidate),
        tables={
            table.name: [_row(row) for row in table.rows(interview_ids).order_by("pk")]
            for table in reversed(TABLES)
        },
        emails=emails_about(scope=str(organisation.id), ids=ids),
        audit=[
            {"at": entry.at, "actor": entry.actor, "action": entry.action, "id": entry.subject_id}
            for entry in entries.order_by("at", "id")
        ],
    )


def _row(row: Model) -> Row:
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name not in _MACHINERY
    }


def _file(candidate: Candidate) -> str:
    if not candidate.resume_file:
        return ""
    try:
        with candidate.resume_file.open("rb") as file:
            return base64.b64encode(file.read()).decode()
    except FileNotFoundError:
        return ""  # lost on the disk: its text is in the record
