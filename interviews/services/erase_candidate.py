"""Erases a candidate: every word by them and about them. What stays are ids, times and a receipt.

Everything is gone in one transaction. Work that was under way sees under the interview's lock that it is no
longer wanted; whatever slips past all the same (an email that was just being sent) is swept up minutes later.
"""

import uuid
from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from interviews.access import Missing
from interviews.models import Candidate, ErasureReceipt, Interview, Member
from interviews.queries.held_about import JUDGEMENTS, PROOF, ids_about, interview_ids_of
from interviews.services.erase_conversation import erase_conversation, erase_rows
from interviews.services.move_interview import move_interview
from interviews.services.record_audit import record_audit
from interviews.services.room_clock import CLOCK_FIELDS, stop_clock
from interviews.services.room_log import lock_room
from interviews.states import OVER, Actor, InterviewState
from notifications.forget import forget_emails
from scheduler.enqueue import enqueue
from scheduler.forget import forget
from webapi.idempotency import forget_answers

NOBODY = "Erased candidate"
SWEEPS_AFTER = timedelta(minutes=5)  # longer than any job that may be under way
_REASON = "The candidate was erased."
_RUNNING = frozenset({InterviewState.LIVE, InterviewState.PAUSED})


def request_erasure(
    *, candidate: Candidate, confirmed_name: str, by: Member, now: datetime
) -> ErasureReceipt:
    """Erases the candidate whose name was typed in confirmation. Raises ValidationError, Missing."""
    if _folded(confirmed_name) != _folded(candidate.name):
        raise ValidationError({"confirmed_name": "This is not the name of the candidate."})
    with transaction.atomic():
        # Not the key: whoever holds a room may still refer to its candidate, else both would wait.
        row = Candidate.objects.select_for_update(no_key=True).get(id=candidate.id)
        if row.erased_at is not None:
            raise Missing
        interview_ids = interview_ids_of(row)
        receipt = ErasureReceipt(
            organisation_id=row.organisation_id,
            candidate_id=row.id,
            asked_by=by,
            erased_at=now,
            subject_ids=ids_about(row.id, interview_ids),
        )
        row.erased_at = now
        counts = _erase(row, interview_ids, receipt.subject_ids, now)
        receipt.counts = {name: number for name, number in counts.items() if number}
        receipt.save()
        _note(receipt, by)
    return receipt


def sweep_erased(*, receipt_id: uuid.UUID, now: datetime) -> None:
    """Erases once more what work that was under way may have left behind."""
    with transaction.atomic():
        receipt = ErasureReceipt.objects.select_for_update().get(id=receipt_id)
        row = (
            Candidate.objects.select_for_update(no_key=True).filter(id=receipt.candidate_id).first()
        )
        if row is None:
            return
        interview_ids = interview_ids_of(row)
        late = set(ids_about(row.id, interview_ids)) | set(receipt.subject_ids)
        _erase(row, interview_ids, sorted(late), now)


def _erase(
    row: Candidate, interview_ids: Collection[uuid.UUID], ids: Collection[str], now: datetime
) -> Counter[str]:
    counts: Counter[str] = Counter()
    for interview_id in interview_ids:
        room = lock_room(interview_id)
        counts += erase_conversation(room, now=now)
        _close(room, now)
    counts += erase_rows((*JUDGEMENTS, *PROOF), interview_ids)
    scope = str(row.organisation_id)
    counts["jobs"] += forget(scope=scope, ids=ids, reason=_REASON)
    counts.update(forget_emails(scope=scope, ids=ids))
    counts["stored answers of the API"] += forget_answers(about=ids)
    _empty(row)
    return counts


def _close(room: Interview, now: datetime) -> None:
    """Nobody may come in any more, by link or as a member; who is inside is put out."""
    room.link_generation += 1
    room.link_revoked_at = now
    room.turn_owner, room.turn_lease_until, room.leading_member = "", None, None
    if room.state in _RUNNING:
        stop_clock(room, now)
        room.ended_at, room.ended_by = now, Actor.RECRUITER.value
    room.save(
        update_fields=[
            *CLOCK_FIELDS,
            "link_generation",
            "link_revoked_at",
            "turn_owner",
            "turn_lease_until",
            "leading_member",
            "ended_at",
            "ended_by",
        ]
    )
    if room.state not in OVER:
        to = InterviewState.ENDED if room.state in _RUNNING else InterviewState.CANCELLED
        move_interview(room, to=to, actor=Actor.RECRUITER, at=now)


def _empty(row: Candidate) -> None:
    file_name, storage = row.resume_file.name, row.resume_file.storage
    row.name, row.email, row.language = NOBODY, "", "en"
    row.resume_file, row.resume_name, row.resume_text = None, "", ""
    row.save()
    if file_name:
        transaction.on_commit(lambda: storage.delete(file_name))


def _note(receipt: ErasureReceipt, by: Member) -> None:
    record_audit(
        organisation=receipt.organisation_id,
        action="candidate.erased",
        subject_kind="candidate",
        subject_id=receipt.candidate_id,
        member=by,
        detail={"receipt": str(receipt.id)},
    )
    enqueue(
        "interviews.sweep_erased",
        {"receipt_id": str(receipt.id)},
        scope=str(receipt.organisation_id),
        run_at=receipt.erased_at + SWEEPS_AFTER,
    )


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
