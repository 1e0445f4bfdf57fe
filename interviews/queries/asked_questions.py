"""What became of the plan's questions. Every page and every skill reads it here, so that none says otherwise."""

import uuid

from django.db.models import Exists, OuterRef

from interviews.models import AskedQuestion, Interview
from interviews.states import Mode, Speaker


def states_of_questions(interview: Interview) -> dict[uuid.UUID, str] | None:
    """By question: asked, answered or skipped. None when nobody noted what was asked: then all may have been.

    The director notes what it asks. A person may mark it and may not, and of an import nobody could: if silence
    counted as "not asked" there, a scorecard would hold back every level. Answered is what the candidate said
    words about, for only some ways to talk mark the end of an answer.
    """
    words = interview.segments.filter(speaker=Speaker.CANDIDATE, asked_question=OuterRef("pk"))
    rows = AskedQuestion.objects.filter(interview=interview, question__isnull=False)
    states: dict[uuid.UUID, str] = {}
    for question_id, state, has_words in rows.values_list("question", "state", Exists(words)):
        if state == AskedQuestion.State.SKIPPED:
            states.setdefault(question_id, "skipped")
        elif state == AskedQuestion.State.ASKED:
            was_answered = has_words or states.get(question_id) == "answered"
            states[question_id] = "answered" if was_answered else "asked"
    return states if states or interview.mode == Mode.AI_LED else None
