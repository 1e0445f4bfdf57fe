"""What a candidate is told before anything is recorded. The words are stored with every answer.

Change the version with the words: a stored consent must say what was really read.
"""

from dataclasses import dataclass
from datetime import timedelta

from interviews.models import Interview
from interviews.states import Mode

NOTICE_VERSION = "2026-11-27"


@dataclass(frozen=True, slots=True)
class Point:
    """One thing the candidate should know."""

    title: str
    words: str
    icon: str


@dataclass(frozen=True, slots=True)
class Notice:
    version: str
    points: tuple[Point, ...]

    @property
    def text(self) -> str:
        return "\n\n".join(f"{point.title}\n{point.words}" for point in self.points)


def notice_for(interview: Interview) -> Notice:
    organisation = interview.organisation
    return Notice(
        NOTICE_VERSION,
        (
            Point("What the AI does", _what_the_ai_does(interview), "spark"),
            *_recording(interview),
            Point(
                "A person decides",
                "The AI drafts a summary and a scorecard with quotes from your answers. People read your "
                "answers, judge for themselves, and decide. The AI decides nothing, and it does not judge your "
                "voice, accent, pace, looks or feelings.",
                "person",
            ),
            Point(
                "Who sees it",
                f"Members of {organisation.name} who take part in this hiring. They may watch live, and you "
                "are shown when they do. AI providers that the organisation chose process the text to "
                "write questions and the draft.",
                "eye",
            ),
            Point(
                "If you speak",
                "You may type every answer. If you speak, the sound goes to an AI provider that the organisation "
                "chose, which writes down the words; you see them and can correct them. Where no provider can, your "
                "own browser may do it, and it may send the sound to its maker; you are told before it does.",
                "microphone",
            ),
            Point(
                "How long it is kept",
                f"The conversation is kept for up to {_days(organisation.transcript_days)}, then erased. You may ask "
                "for a copy, for a correction, or for it to be erased earlier.",
                "clock",
            ),
            Point(
                "You may stop, at any time",
                "You can pause, skip a question, or withdraw your agreement; then the interview ends and nothing more "
                "is processed. You can also ask for an interview with a person instead. Neither "
                "counts against you.",
                "hand",
            ),
        ),
    )


def _what_the_ai_does(interview: Interview) -> str:
    if interview.mode == Mode.ASSISTED:
        return (
            "A person interviews you. An AI listens along, writes down what is said, and suggests "
            "questions to the interviewer."
        )
    return (
        "You talk with an AI, not with a person. It asks you questions about your work, follows up on your "
        "answers, and keeps the time. What you write is stored as the record of the interview."
    )


def _recording(interview: Interview) -> tuple[Point, ...]:
    """Nothing where nobody asks for it: then no voice is kept."""
    if not interview.may_record:
        return ()
    days = _days(interview.organisation.recording_days)
    return (
        Point(
            "Your voice, only if you want that",
            "If you tick the box below, the sound of your microphone is recorded, so that people can hear what "
            f"you said and not only read it. It is kept for up to {days}, then erased. You can stop it at any "
            "time in the room; if you withdraw your agreement, it is erased at once. Without the tick nothing is "
            "recorded but your words, and nothing else changes.",
            "microphone",
        ),
    )


def _days(days: int) -> str:
    return f"{timedelta(days=days).days} days"
