"""The states of everything in the product, each with who moves it there, and the table of moves.

States are changed by `move` only, so that no two places can disagree about what may follow what.
"""

from enum import StrEnum

from django.db import models


class Role(models.TextChoices):
    """What a member may do in their organisation."""

    ADMIN = "admin", "Administrator"  # everything, and the team itself
    RECRUITER = "recruiter", "Recruiter"  # plans, candidates, invitations, all interviews
    HIRING_MANAGER = "hiring_manager", "Hiring manager"  # reviews, compares, decides
    INTERVIEWER = "interviewer", "Interviewer"  # the interviews they are assigned to
    OBSERVER = "observer", "Observer"  # looks, changes nothing


class AiDraftVisibility(models.TextChoices):
    ALWAYS = "always", "Always"
    AFTER_OWN = "after_own", "After one's own scorecard is submitted"
    NEVER = "never", "Never"


class Mode(models.TextChoices):
    AI_LED = "ai_led", "Led by the AI"
    ASSISTED = "assisted", "Led by a person"
    IMPORTED = "imported", "Imported"


class InterviewState(models.TextChoices):
    DRAFT = "draft", "Draft"  # a recruiter is still preparing it
    SCHEDULED = "scheduled", "Scheduled"  # a recruiter: the invitation is on its way
    WAITING = "waiting", "Waiting room"  # somebody entered the room
    LIVE = "live", "Live"  # the candidate (AI-led) or an interviewer started it
    PAUSED = "paused", "Paused"  # either side, or the clock when the candidate is gone
    ENDED = "ended", "Ended"  # director, member, candidate or clock; final
    CANCELLED = "cancelled", "Cancelled"  # a recruiter
    NO_SHOW = "no_show", "No show"  # the clock: nobody started in time
    EXPIRED = "expired", "Expired"  # the clock: the window is over and nobody came


class Actor(StrEnum):
    """Who asks for a move."""

    RECRUITER = "recruiter"
    INTERVIEWER = "interviewer"
    CANDIDATE = "candidate"
    DIRECTOR = "director"
    CLOCK = "clock"


_S, _A = InterviewState, Actor
MOVES: dict[InterviewState, dict[InterviewState, frozenset[Actor]]] = {
    _S.DRAFT: {
        _S.SCHEDULED: frozenset({_A.RECRUITER}),
        _S.CANCELLED: frozenset({_A.RECRUITER}),
    },
    _S.SCHEDULED: {
        _S.WAITING: frozenset({_A.CANDIDATE, _A.INTERVIEWER, _A.RECRUITER}),
        _S.CANCELLED: frozenset({_A.RECRUITER}),
        _S.NO_SHOW: frozenset({_A.CLOCK}),
        _S.EXPIRED: frozenset({_A.CLOCK}),
    },
    _S.WAITING: {
        _S.LIVE: frozenset({_A.CANDIDATE, _A.INTERVIEWER}),
        _S.CANCELLED: frozenset({_A.RECRUITER}),
        _S.NO_SHOW: frozenset({_A.CLOCK}),
    },
    _S.LIVE: {
        _S.PAUSED: frozenset({_A.CANDIDATE, _A.INTERVIEWER, _A.RECRUITER, _A.CLOCK}),
        _S.ENDED: frozenset(_A),
    },
    _S.PAUSED: {
        _S.LIVE: frozenset({_A.CANDIDATE, _A.INTERVIEWER, _A.RECRUITER}),
        _S.ENDED: frozenset(_A),
    },
}
OVER = frozenset({_S.ENDED, _S.CANCELLED, _S.NO_SHOW, _S.EXPIRED})
IN_ROOM = frozenset({_S.WAITING, _S.LIVE, _S.PAUSED})


class IllegalMove(Exception):
    """This actor may not move this interview from where it is to where they want it."""

    def __init__(self, current: str, wanted: str, actor: str) -> None:
        super().__init__(f"{actor} cannot move an interview from {current} to {wanted}")
        self.current, self.wanted, self.actor = current, wanted, actor


def check_move(current: str, wanted: str, actor: Actor) -> None:
    """Raises IllegalMove unless the table allows this move to this actor."""
    allowed = MOVES.get(InterviewState(current), {}).get(InterviewState(wanted), frozenset())
    if actor not in allowed:
        raise IllegalMove(current, wanted, actor)


class ConsentState(models.TextChoices):
    ASKED = "asked", "Not answered yet"
    GIVEN = "given", "Given"  # the candidate, on the notice page
    REFUSED = "refused", "Refused"  # the candidate: the human alternative is offered
    WITHDRAWN = "withdrawn", "Withdrawn"  # the candidate, during the interview: it ends


WANTS_NO_AI = frozenset({ConsentState.REFUSED, ConsentState.WITHDRAWN})
"""The team was told, and offers an interview with a person instead."""


class DebriefStatus(models.TextChoices):
    NONE = "none", "None yet"  # the interview is not over
    WORKING = "working", "Being written"  # its workflow started
    READY = "ready", "Ready"  # every part is there
    PARTIAL = "partial", "Partly ready"  # some part is a dead letter
    FAILED = "failed", "Failed"  # no part could be written


class PartKind(models.TextChoices):
    """The parts of a debrief, each written by a job of its own."""

    SUMMARY = "summary", "Summary"
    SCORECARD = "scorecard", "Scorecard"
    INSIGHTS = "insights", "Insights"


class RecordingState(models.TextChoices):
    OPEN = "open", "Being received"  # its chunks arrive, or wait to be joined
    JOINED = "joined", "Ready"  # one file that can be played
    LOST = "lost", "Lost"  # its beginning never came: what did come cannot be played


class LevelStatus(models.TextChoices):
    LEVELLED = "levelled", "Level given"
    INSUFFICIENT_EVIDENCE = "insufficient_evidence", "Insufficient evidence"
    NOT_ASKED = "not_asked", "Not asked"


class Speaker(models.TextChoices):
    CANDIDATE = "candidate", "Candidate"
    INTERVIEWER = "interviewer", "Interviewer"
    AI = "ai", "AI interviewer"


class SegmentSource(models.TextChoices):
    TYPED = "typed", "Typed"
    BROWSER = "browser", "Browser speech recognition"
    PROVIDER = "provider", "Provider transcription"
    IMPORT = "import", "Imported"
    AI = "ai", "Written by the AI"


class QuestionKind(models.TextChoices):
    MUST_ASK = "must_ask", "Must ask"
    ADAPTIVE = "adaptive", "Adaptive"


class ReviewStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"


class Overall(models.TextChoices):
    STRONG_NO = "strong_no", "Strong no"
    NO = "no", "No"
    YES = "yes", "Yes"
    STRONG_YES = "strong_yes", "Strong yes"


class Outcome(models.TextChoices):
    ADVANCE = "advance", "Advance"
    OFFER = "offer", "Offer"
    HOLD = "hold", "Hold"
    REJECT = "reject", "Reject"
