"""Records what a person decided about a candidate. No code path decides without one."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from interviews.access import Forbidden
from interviews.models import Decision, Interview, Member
from interviews.services.record_audit import record_audit
from interviews.states import InterviewState


def decide(
    *, interview: Interview, decided_by: Member, outcome: str, reason: str, now: datetime
) -> Decision:
    """Adds a decision; an earlier one stays in the record. Raises ValidationError, Forbidden."""
    if interview.state != InterviewState.ENDED:
        raise Forbidden("A decision is taken when the interview is over.")
    decision = Decision(
        interview=interview,
        decided_by=decided_by,
        outcome=outcome,
        reason=reason.strip(),
        at=now,
    )
    if not decision.reason:
        raise ValidationError({"reason": "Say why, in a sentence that others will understand."})
    decision.full_clean(exclude=["interview", "decided_by"])
    with transaction.atomic():
        decision.save()
        record_audit(
            organisation=interview.organisation_id,
            action="decision.taken",
            subject_kind="interview",
            subject_id=interview.id,
            member=decided_by,
            detail={"outcome": outcome},
        )
    return decision
