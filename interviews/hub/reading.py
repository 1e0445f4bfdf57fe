"""What the hub reads: the numbers of all open rooms in one query, and the events that follow a number; and all it
writes, the name of a room's history."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from django.db.models import Q

from interviews.events import Audience, EventKind, brings_words, encode_event
from interviews.models import Event, Interview
from interviews.models.interview import new_epoch

PAGE = 200
FETCH = 1000
_CLOSES_QUESTION = (EventKind.QUESTION_ASKED, EventKind.QUESTION_WITHDRAWN)


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """What may have changed in a room without a word to this process."""

    id: uuid.UUID
    member_seq: int
    candidate_seq: int
    access_generation: int
    state: str
    epoch: str
    mode: str
    leading_member_id: uuid.UUID | None
    turn_owner: str
    turn_lease_until: datetime | None
    candidate_tab: int


@dataclass(frozen=True, slots=True)
class StoredWords:
    """Words that now stand under a speaker. `question_ref`: the planned question that they put first."""

    seg_id: str
    speaker: str
    text: str
    question_ref: str = ""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A stored event as each audience sees it; `candidate` is empty where it may not see it.

    `closes_question` is the msg_id of a question that was being said until then.
    """

    interview_id: uuid.UUID
    member_seq: int
    member: str
    candidate_seq: int | None
    candidate: str
    closes_question: str
    words: StoredWords | None


def read_facts(interview_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, RoomFacts]:
    """One query for all rooms. A room that is missing was erased."""
    names = [field.name for field in fields(RoomFacts)]
    rows = Interview.objects.filter(id__in=interview_ids).values(*names)
    return {row["id"]: RoomFacts(**row) for row in rows}


def renew_epoch(interview_id: uuid.UUID) -> None:
    """Whoever comes back drops what they had, and is told the log from its first event."""
    Interview.objects.filter(id=interview_id).update(epoch=new_epoch())


def read_new_events(after: Mapping[uuid.UUID, int]) -> Sequence[NewEvent]:
    """The next events of several rooms at once, each after its own member_seq, in order."""
    wanted = Q()
    for interview_id, seq in after.items():
        wanted |= Q(interview_id=interview_id, member_seq__gt=seq)
    rows = Event.objects.filter(wanted).order_by("member_seq")[:FETCH]
    return [seen_by_each(row) for row in rows]


def read_frames(
    interview_id: uuid.UUID, audience: Audience, after: int
) -> Sequence[tuple[int, str]]:
    """One page of (seq, frame) in the numbering of an audience."""
    field = f"{audience}_seq"
    rows = Event.objects.filter(interview_id=interview_id, **{f"{field}__gt": after})
    return [(getattr(row, field), _frame(row, audience)) for row in rows.order_by(field)[:PAGE]]


def seen_by_each(row: Event) -> NewEvent:
    """For a stored event, whether it was just read or just written."""
    assert row.member_seq is not None, "members see every event"
    return NewEvent(
        interview_id=row.interview_id,
        member_seq=row.member_seq,
        member=_frame(row, "member"),
        candidate_seq=row.candidate_seq,
        candidate="" if row.candidate_seq is None else _frame(row, "candidate"),
        closes_question=row.payload["msg_id"] if row.kind in _CLOSES_QUESTION else "",
        words=_words(row) if brings_words(row.kind, row.payload, row.member_payload) else None,
    )


def _words(row: Event) -> StoredWords:
    told = row.payload
    ref = str(row.member_payload.get("question_ref", ""))
    return StoredWords(told["seg_id"], told["speaker"], told["text"], ref)


def _frame(row: Event, audience: Audience) -> str:
    is_member = audience == "member"
    payload = {**row.payload, **row.member_payload} if is_member else row.payload
    seq = row.member_seq if is_member else row.candidate_seq
    assert seq is not None, "only numbered events are read for an audience"
    return encode_event(seq, row.kind, row.at.isoformat(timespec="milliseconds"), payload)
