"""Hands out a copy of all that is held about a candidate, and notes that it was handed out."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from interviews.exporting import candidate_as_json
from interviews.models import Candidate, Member
from interviews.queries.about_candidate import gather_about
from interviews.services.record_audit import record_audit


def export_candidate(*, candidate: Candidate, by: Member, now: datetime) -> str:
    """The copy, as JSON. One transaction, so that it is of one moment."""
    with transaction.atomic():
        about = gather_about(candidate, now=now)
        record_audit(
            organisation=candidate.organisation_id,
            action="candidate.exported",
            subject_kind="candidate",
            subject_id=candidate.id,
            member=by,
        )
    return candidate_as_json(
        gathered_at=about.gathered_at,
        held_by=about.organisation,
        kept_for_days=about.kept_for_days,
        candidate=about.candidate,
        resume_file=about.resume_file,
        tables=about.tables,
        emails=[asdict(mail) for mail in about.emails],
        audit=about.audit,
    )
