"""Helps a person who leads an interview: what was asked, what to ask next, and what not to ask.

Gather, think, commit. The transcript never waits for any of it, and nothing of it reaches the candidate.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from ai_engine.inputs import CallContext, Excerpt, PlanQuestion
from ai_engine.skills.suggest_follow_up import FollowUp, suggest_follow_up
from interviews.coverage import is_same_idea
from interviews.director import says_the_same
from interviews.events import EventKind
from interviews.guard import find_prohibited, find_protected_facts
from interviews.hub import StoredWords, in_database
from interviews.models import Interview, Segment, Suggestion
from interviews.queries.material import allowed_providers
from interviews.queries.panel import Coverage, coverage_of
from interviews.services.note_question import asked_refs
from interviews.services.participants import Participant, enter_room
from interviews.services.record_transcript import Recorded, recorded
from interviews.services.room_log import SenderKey, append_event, find_sent, lock_room
from interviews.services.room_refusals import NoSuchSegment, NotYours
from interviews.states import OVER, InterviewState, Mode, Speaker

DEADLINE = 6.0  # a suggestion that comes later is about something else
QUIET = timedelta(seconds=10)  # between two suggestions: one at a time, and not a stream of them
_RECENT = 12


@dataclass(frozen=True, slots=True)
class Warned:
    """A private word to the members about one segment."""

    seg_id: str
    topic: str
    words: str
    advice: str


@dataclass(frozen=True, slots=True)
class Assistance:
    """What is told to members at once after a segment, and whether a suggestion may be thought of."""

    warnings: tuple[Warned, ...]
    may_suggest: bool


@dataclass(frozen=True, slots=True)
class _Material:
    excerpts: tuple[Excerpt, ...]
    questions: tuple[PlanQuestion, ...]
    context: CallContext
    seg_ids: dict[str, str]
    shown: tuple[str, ...]
    dismissed: tuple[str, ...]


def look_at_words(words: StoredWords, *, mode: str, state: str) -> Assistance:
    """What new words mean: a topic that should not be, and whether they are worth a thought."""
    if words.speaker == Speaker.INTERVIEWER:
        return Assistance(_prohibited(words), may_suggest=False)
    may_suggest = mode == Mode.ASSISTED and state not in OVER
    return Assistance(_facts(words), may_suggest=may_suggest)


def read_coverage(interview_id: uuid.UUID) -> Coverage:
    """How the plan stands."""
    return coverage_of(Interview.objects.get(id=interview_id))


async def suggest(*, interview_id: uuid.UUID) -> Suggestion | None:
    """Thinks of one follow-up question. Raises what the engine raises when no AI can be reached."""
    material = await in_database(_gather, interview_id, timezone.now())
    if material is None:
        return None
    found = await suggest_follow_up(
        material.excerpts,
        material.questions,
        material.context,
        shown=material.shown,
        dismissed=material.dismissed,
    )
    if found is None or _comes_again(found.text, material):
        return None
    return await in_database(_commit, interview_id, found, material.seg_ids, timezone.now())


def answer_suggestion(
    *, by: Participant, suggestion_id: uuid.UUID, answer: str, sender: SenderKey, now: datetime
) -> Recorded:
    """Uses, dismisses or keeps a suggestion for later. Raises RoomRefusal."""
    if by.is_candidate or by.actor is None:
        raise NotYours
    with transaction.atomic():
        room = enter_room(by)
        earlier = find_sent(room, sender)
        if earlier is not None:
            return recorded(earlier, by, duplicate=True)
        row = Suggestion.objects.filter(interview=room, id=suggestion_id).first()
        if row is None:
            raise NoSuchSegment("There is no such suggestion.")
        row.answer, row.answered_by_id, row.answered_at = answer, by.member_id, now
        row.save(update_fields=["answer", "answered_by", "answered_at"])
        event = append_event(
            room,
            kind=EventKind.SUGGESTION_ANSWERED,
            at=now,
            payload={},
            member_payload={"suggestion": str(row.id), "answer": answer, "by": by.name},
            for_candidate=False,
            sender=sender,
        )
        return recorded(event, by)


def _prohibited(words: StoredWords) -> tuple[Warned, ...]:
    return tuple(
        Warned(words.seg_id, found.topic.label, found.words, found.ask_instead)
        for found in find_prohibited(words.text)
    )


def _facts(words: StoredWords) -> tuple[Warned, ...]:
    advice = "The candidate told this unasked. It must play no part in your judgement."
    return tuple(
        Warned(words.seg_id, found.topic.label, found.words, advice)
        for found in find_protected_facts(words.text)
    )


def _comes_again(text: str, material: _Material) -> bool:
    """What was shown is not repeated; what was dismissed does not come back in other words either."""
    if says_the_same(text, (*material.shown, *material.dismissed)):
        return True
    return any(is_same_idea(text, idea) for idea in material.dismissed)


def _gather(interview_id: uuid.UUID, now: datetime) -> _Material | None:
    room = Interview.objects.select_related("organisation", "plan_version").get(id=interview_id)
    rows = list(reversed(room.segments.order_by("-position")[:_RECENT]))
    latest = room.suggestions.order_by("-created_at").first()
    if latest is not None and now - latest.created_at < QUIET:
        return None
    asked = asked_refs(room)
    ideas = list(room.suggestions.values_list("text", "answer"))
    return _Material(
        excerpts=tuple(_excerpt(row) for row in rows),
        questions=tuple(
            PlanQuestion(str(q.id), q.text, str(q.competency_id or ""), str(q.id) in asked)
            for q in room.plan_version.questions.all()
        ),
        context=CallContext(
            scope=str(room.organisation_id),
            interview_ref=str(room.id),
            language=room.language,
            lane="live",
            deadline=DEADLINE,
            allowed_providers=allowed_providers(room.organisation.ai_providers_off),
        ),
        seg_ids={str(row.id): row.seg_id for row in rows},
        shown=tuple(text for text, answer in ideas if answer != Suggestion.Answer.DISMISS),
        dismissed=tuple(text for text, answer in ideas if answer == Suggestion.Answer.DISMISS),
    )


def _excerpt(row: Segment) -> Excerpt:
    match row.speaker:
        case Speaker.CANDIDATE:
            return Excerpt(str(row.id), "candidate", row.speaker_name, row.text, row.started_ms)
        case Speaker.AI:
            return Excerpt(str(row.id), "ai", row.speaker_name, row.text, row.started_ms)
        case _:
            return Excerpt(str(row.id), "interviewer", row.speaker_name, row.text, row.started_ms)


def _commit(
    interview_id: uuid.UUID, found: FollowUp, seg_ids: dict[str, str], now: datetime
) -> Suggestion | None:
    with transaction.atomic():
        room = lock_room(interview_id)
        if room.state != InterviewState.LIVE:
            return None
        newest = room.suggestions.order_by("-created_at").first()
        if newest is not None and now - newest.created_at < QUIET:
            return None  # another process was faster
        return Suggestion.objects.create(
            interview=room,
            text=found.text,
            because=[[seg_ids[quote.ref], quote.text] for quote in found.because],
            provider=found.provenance.provider,
            model=found.provenance.model,
            prompt_version=found.provenance.prompt_version,
            created_at=now,
        )
