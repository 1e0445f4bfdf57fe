"""Stores what was said: each piece exactly once, whatever is resent, in the order of its arrival.

The speaker is whoever's socket it came from. What a member fed for somebody else keeps `fed_by`.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from interviews.events import EventKind
from interviews.models import AskedQuestion, Event, Interview, Segment
from interviews.same_words import Verdict
from interviews.services.half_asked import take_turn_back
from interviews.services.heard_twice import find_heard_before, note_heard_twice
from interviews.services.note_question import note_question
from interviews.services.participants import Participant, enter_room
from interviews.services.room_clock import elapsed_ms, ms_at
from interviews.services.room_log import SenderKey, append_event, find_sent
from interviews.services.room_refusals import (
    NoSuchSegment,
    NotNow,
    NotYours,
    RoomRefusal,
    SegmentIdTaken,
    TooLate,
)
from interviews.states import ConsentState, InterviewState, SegmentSource, Speaker
from webapi.json import JsonValue

LATE_WORDS_ARE_KEPT = timedelta(minutes=10)  # after the end, marked
_LATEST_TURNS = 20
AWAITS_ANSWER = ("ask", "probe", "clarify", "repeat", "invite_questions", "member")
_SAME_QUESTION = ("clarify", "repeat")  # put once more: what was said before it is an answer to it
_HELD_UP_MS = 2_000  # words that come so long after they were said had to wait for a connection
_CLOCKS_DIFFER_MS = 3_000  # the candidate's page counts from what it was told


@dataclass(frozen=True, slots=True)
class SpokenSegment:
    """A piece of speech as it came in. `speaker` is set by members who feed it for somebody else."""

    seg_id: str
    text: str
    source: SegmentSource = SegmentSource.TYPED
    started_ms: int = 0
    ended_ms: int = 0
    speaker: Literal["candidate", "interviewer"] | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where in the sender's own numbering their message stands, and whether it cut the AI short."""

    seq: int
    duplicate: bool
    ai_falls_silent: bool = False


def record_segment(
    *, by: Participant, segment: SpokenSegment, sender: SenderKey, now: datetime
) -> Recorded:
    """Stores a final segment, or finds it stored. Raises RoomRefusal."""
    try:
        with transaction.atomic():
            return recorded(_store(by, segment, sender, now), by)
    except (IntegrityError, RoomRefusal):
        # Nearly every segment is new, so the table itself is asked by writing; only then is it searched.
        earlier = _find_stored(by, segment.seg_id, sender)
        if earlier is None:
            raise
        return recorded(earlier, by, duplicate=True)


def correct_segment(
    *, by: Participant, seg_id: str, text: str, sender: SenderKey, now: datetime
) -> Recorded:
    """Replaces the words of one's own segment; what was heard first is kept beside them."""
    with transaction.atomic():
        interview = enter_room(by)
        earlier = find_sent(interview, sender)
        if earlier is not None:
            return recorded(earlier, by, duplicate=True)
        check_open(interview, by, now)
        row = Segment.objects.filter(interview=interview, seg_id=seg_id).first()
        if row is None or not is_own(row, by):
            raise NoSuchSegment
        row.heard_text = row.heard_text or row.text
        row.text, row.corrected_at = text, now
        row.save(update_fields=["text", "heard_text", "corrected_at"])
        event = append_event(
            interview,
            kind=EventKind.SEGMENT_CORRECTED,
            at=now,
            payload={"seg_id": seg_id, "text": text},
            member_payload={"heard_text": row.heard_text},
            for_candidate=True,
            sender=sender,
        )
        return recorded(event, by)


def finish_turn(
    *, by: Participant, seg_ids: list[str], sender: SenderKey, now: datetime
) -> Recorded:
    """The candidate has answered: it is the other side's turn. Raises RoomRefusal.

    What the AI was about to say did not know of this answer: it is taken back.
    """
    if not by.is_candidate:
        raise NotYours("Only the candidate's turns are finished by hand.")
    try:
        return _finish_turn(by, seg_ids, sender, now)
    except (IntegrityError, RoomRefusal):
        # Nearly every one is new: as with segments, the table is asked by writing.
        with transaction.atomic():
            earlier = find_sent(enter_room(by), sender)
        if earlier is None:
            raise
        return recorded(earlier, by, duplicate=True)


def _finish_turn(by: Participant, seg_ids: list[str], sender: SenderKey, now: datetime) -> Recorded:
    with transaction.atomic():
        interview = enter_room(by)
        check_open(interview, by, now)
        question = question_being_answered(interview)
        is_late = question is not None and _answers_an_earlier(interview, seg_ids)
        was_speaking = False
        if not is_late:
            _note_answered(question, now)
            was_speaking = not _is_known(interview, seg_ids) and take_turn_back(interview, now=now)
        event = append_event(
            interview,
            kind=EventKind.TURN_FINISHED,
            at=now,
            payload={"seg_ids": seg_ids, **({"late": True} if is_late else {})},
            for_candidate=True,
            sender=sender,
        )
        return replace(recorded(event, by), ai_falls_silent=was_speaking)


def _note_answered(question: AskedQuestion | None, now: datetime) -> None:
    if question is not None and question.answered_at is None:
        question.answered_at = now
        question.save(update_fields=["answered_at"])


def _answers_an_earlier(interview: Interview, seg_ids: list[str]) -> bool:
    """Whether all that this turn names was said before the last question was put: a turn that a cut cable held up
    must not count as the answer to a question that its candidate had not seen."""
    said = Segment.objects.filter(interview=interview, seg_id__in=seg_ids)
    answered = list(said.values_list("asked_question__position", flat=True))
    if not answered or len(answered) < len({*seg_ids}):
        return False  # speech whose words are still to come
    put = _questions_to_answer(interview).exclude(move__in=_SAME_QUESTION)
    last = put.values_list("position", flat=True).first()
    return last is not None and all(position is None or position < last for position in answered)


def _is_known(interview: Interview, seg_ids: list[str]) -> bool:
    """Whether the AI, if it speaks, knows of this answer: who presses again, or a script that presses on, would
    make it begin anew each time, at a provider's price."""
    if not interview.turn_owner:
        return False
    turns = Event.objects.filter(interview=interview, kind=EventKind.TURN_FINISHED)
    payloads = turns.order_by("-member_seq").values_list("payload", flat=True)[:_LATEST_TURNS]
    return {*seg_ids} <= {seg_id for payload in payloads for seg_id in payload["seg_ids"]}


def recorded(event: Event, by: Participant, *, duplicate: bool = False) -> Recorded:
    """`seq` is 0 for an event that the sender's audience does not see."""
    seq = event.candidate_seq if by.is_candidate else event.member_seq
    return Recorded(seq or 0, duplicate)


def question_being_answered(interview: Interview) -> AskedQuestion | None:
    """The last complete question that awaits or has an answer."""
    return _questions_to_answer(interview).first()


def _id_of_question(interview: Interview, said_ms: int, waited_ms: int) -> uuid.UUID | None:
    """The question that stood when words were said. Those that a cut cable held up belong to an earlier one.

    A page that knows of a question counts from its moment on, so only words that were said without it are earlier. Of a
    person's question nobody knows when it was put, only when its words came.
    """
    if waited_ms < _HELD_UP_MS:
        return _questions_to_answer(interview).values_list("id", flat=True).first()
    put = interview.asked_questions.filter(move__in=AWAITS_ANSWER, asked_at__isnull=False)
    for id_, move, began_at in put.order_by("-position").values_list("id", "move", "started_at"):
        if move == "member" or ms_at(interview, began_at) <= said_ms + _CLOCKS_DIFFER_MS:
            return id_
    return None


def _questions_to_answer(interview: Interview) -> QuerySet[AskedQuestion]:
    asked = AskedQuestion.objects.filter(
        interview=interview, state=AskedQuestion.State.ASKED, move__in=AWAITS_ANSWER
    )
    return asked.order_by("-position")


def check_open(interview: Interview, by: Participant, now: datetime) -> bool:
    """Whether words that come now are late. Raises where they cannot be taken at all."""
    if by.actor is None:
        raise NotYours("Observers watch; they do not speak.")
    if interview.state in (InterviewState.LIVE, InterviewState.PAUSED):
        return False
    if interview.state != InterviewState.ENDED:
        raise NotNow("The interview has not begun.")
    if interview.consent == ConsentState.WITHDRAWN or interview.ended_at is None:
        raise TooLate
    if now - interview.ended_at > LATE_WORDS_ARE_KEPT:
        raise TooLate
    return True


def _store(by: Participant, segment: SpokenSegment, sender: SenderKey, now: datetime) -> Event:
    interview = enter_room(by)
    is_late = check_open(interview, by, now)
    row = _make_segment(interview, by, segment, now, is_late=is_late)
    found = find_heard_before(row)
    is_interviewers = row.speaker == Speaker.INTERVIEWER
    if found is not None:
        earlier, verdict = found
        is_news = is_interviewers and verdict is Verdict.LATER_REPLACES
        return note_heard_twice(
            interview,
            earlier=earlier,
            later=row,
            verdict=verdict,
            question_ref=note_question(interview, row, now) if is_news else "",
            sender=sender,
            now=now,
        )
    row.save(force_insert=True)
    ref = note_question(interview, row, now) if is_interviewers else ""
    return append_event(
        interview,
        kind=EventKind.SEGMENT_FINAL,
        at=now,
        payload=_told(row),
        member_payload=_told_to_members(row, ref),
        for_candidate=True,
        sender=sender,
    )


def _find_stored(by: Participant, seg_id: str, sender: SenderKey) -> Event | None:
    """The event that an earlier copy of the same segment became. Raises RightsChanged, SegmentIdTaken."""
    with transaction.atomic():
        return find_sent_segment(enter_room(by), by, seg_id, sender)


def _make_segment(
    interview: Interview, by: Participant, segment: SpokenSegment, now: datetime, *, is_late: bool
) -> Segment:
    if segment.speaker is not None and by.is_candidate:
        raise NotYours("You can speak for yourself only.")
    speaker = Speaker(segment.speaker or ("candidate" if by.is_candidate else "interviewer"))
    is_fed = segment.speaker is not None
    at_ms = elapsed_ms(interview, now)
    ended_at_ms = min(segment.ended_ms or at_ms, at_ms)
    question = None
    if speaker == Speaker.CANDIDATE:
        waited_ms = 0 if is_fed else at_ms - ended_at_ms  # a feed's clock is its own
        question = _id_of_question(interview, ended_at_ms, waited_ms)
    return Segment(
        interview=interview,
        seg_id=segment.seg_id,
        position=interview.member_seq + 1,
        speaker=speaker,
        speaker_name=_name(interview, by, speaker, is_fed=is_fed),
        member_id=None if is_fed or by.is_candidate else by.member_id,
        fed_by_id=by.member_id if is_fed else None,
        text=segment.text,
        source=segment.source,
        started_ms=min(segment.started_ms or ended_at_ms, ended_at_ms),
        ended_ms=ended_at_ms,
        asked_question_id=question,
        after_end=is_late,
    )


def _name(interview: Interview, by: Participant, speaker: Speaker, *, is_fed: bool) -> str:
    if speaker == Speaker.CANDIDATE:
        return by.name if by.is_candidate else interview.candidate.name
    return speaker.label if is_fed else by.name  # a feed does not know which interviewer it heard


def _told(row: Segment) -> dict[str, JsonValue]:
    told: dict[str, JsonValue] = {
        "seg_id": row.seg_id,
        "speaker": row.speaker,
        "name": row.speaker_name,
        "text": row.text,
        "source": row.source,
        "started_ms": row.started_ms,
        "ended_ms": row.ended_ms,
    }
    if row.after_end:
        told["after_end"] = True
    return told


def _told_to_members(row: Segment, question_ref: str) -> dict[str, JsonValue]:
    told: dict[str, JsonValue] = {"segment": row.id}
    if question_ref:
        told["question_ref"] = question_ref
    if row.fed_by_id is not None:
        told["fed_by"] = str(row.fed_by_id)
    return told


def is_own(row: Segment, by: Participant) -> bool:
    """Whether it came from this participant."""
    if by.is_candidate:
        return row.speaker == Speaker.CANDIDATE and row.fed_by_id is None
    return by.member_id in (row.member_id, row.fed_by_id)


def find_sent_segment(
    interview: Interview, by: Participant, seg_id: str, sender: SenderKey
) -> Event | None:
    """The event that settled a segment, also where it came under another number of the same sender.

    Raises SegmentIdTaken.
    """
    sent = find_sent(interview, sender)
    if sent is not None:
        return sent
    row = Segment.objects.filter(interview=interview, seg_id=seg_id).first()
    if row is None:
        return None
    if not is_own(row, by):
        raise SegmentIdTaken
    return Event.objects.filter(interview=interview, member_seq=row.position).first()
