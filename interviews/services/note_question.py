"""That a person asked a question of the plan, in whatever words.

It is noted in the transaction that stores the words: no crash leaves a question that was heard and never counted.
"""

from datetime import datetime

from django.db.models import Max

from interviews.coverage import Planned, asked_in
from interviews.models import AskedQuestion, Interview, Segment
from interviews.queries.director_log import plan_in_use


def note_question(room: Interview, words: Segment, now: datetime) -> str:
    """The planned question that an interviewer's words put for the first time, or "". The room must be locked."""
    questions = plan_in_use(room.plan_version_id).questions
    planned = [Planned(question.ref, question.text) for question in questions]
    if asked_in(words.text, planned) is None:
        return ""  # most words are no question of the plan, and cost no query
    asked = asked_refs(room)
    ref = asked_in(words.text, (each for each in planned if each.ref not in asked))
    if ref is None:
        return ""
    highest = AskedQuestion.objects.filter(interview=room).aggregate(Max("position"))
    AskedQuestion.objects.create(
        interview=room,
        question_id=ref,
        position=(highest["position__max"] or 0) + 1,
        move="member",
        state=AskedQuestion.State.ASKED,
        text=words.text,
        asked_by_id=words.member_id,
        started_at=now,
        asked_at=now,
    )
    return ref


def asked_refs(room: Interview) -> frozenset[str]:
    """The planned questions asked so far, by whomever."""
    rows = AskedQuestion.objects.filter(
        interview=room, question__isnull=False, state=AskedQuestion.State.ASKED
    )
    return frozenset(str(ref) for ref in rows.values_list("question_id", flat=True))
