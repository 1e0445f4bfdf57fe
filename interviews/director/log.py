"""The log of an interview as the director reads it, and the state that follows from it.

Leave out of the log what was withdrawn (a question whose wording broke off). Log what the AI said in the
words that were said, with the kind, question_ref and reason of the move they came from.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

from interviews.director.answers import word_count
from interviews.director.sameness import normalised

MoveKind = Literal[
    "open",
    "ask",
    "probe",
    "clarify",
    "repeat",
    "hint_time",
    "wrap_up",
    "invite_questions",
    "answer_candidate",
    "close",
]
AWAITING_ANSWER: frozenset[MoveKind] = frozenset(
    {"ask", "probe", "clarify", "repeat", "invite_questions"}
)
SILENCE = "silence"
WHISPERED = "whispered"


class Phase(StrEnum):
    OPENING = "opening"
    QUESTIONS = "questions"
    WRAPPING_UP = "wrapping_up"
    CANDIDATE_QUESTIONS = "candidate_questions"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody on the interviewer's side spoke: the AI, or a member who had taken over."""

    kind: MoveKind
    text: str
    question_ref: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """The candidate finished a turn. The text may be empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Requested:
    """The candidate used a control. `help` calls a person and changes nothing here."""

    action: Literal["repeat", "clarify", "skip", "help"]


@dataclass(frozen=True, slots=True)
class Whispered:
    """A member asks for this to be asked next."""

    text: str


LogEntry = Said | Answered | Requested | Whispered


@dataclass(frozen=True, slots=True)
class QuestionProgress:
    ref: str
    text: str  # as it was asked
    probes: int = 0
    probed_for: frozenset[str] = frozenset()
    answer: str = ""
    skipped: bool = False
    silence_noticed: int = 0
    clarified: int = 0

    @property
    def answer_words(self) -> int:
        return word_count(self.answer)


@dataclass(frozen=True, slots=True)
class DirectorState:
    phase: Phase = Phase.OPENING
    asked: dict[str, QuestionProgress] = field(default_factory=dict)  # in the order of asking
    current_ref: str | None = None  # None between questions, and while a whispered question stands
    awaiting_answer: bool = False
    last_answer: str = ""
    last_question: str = ""
    last_reason: str = ""  # of what was said last
    request: Literal["repeat", "clarify"] | None = None
    whispers: tuple[str, ...] = ()
    said: frozenset[str] = frozenset()  # normalised
    time_hinted: bool = False
    invited: int = 0  # how often the candidate was invited to ask
    answered_candidate: int = 0

    @property
    def current(self) -> QuestionProgress | None:
        return None if self.current_ref is None else self.asked.get(self.current_ref)


def read_log(entries: Iterable[LogEntry]) -> DirectorState:
    state = DirectorState()
    for entry in entries:
        match entry:
            case Said():
                state = _after_words(state, entry)
            case Answered():
                state = _after_answer(state, entry)
            case Requested():
                state = _after_request(state, entry)
            case Whispered():
                state = replace(state, whispers=(*state.whispers, entry.text))
    return state


def _after_words(state: DirectorState, entry: Said) -> DirectorState:
    spoken = normalised(entry.text)
    whispers = tuple(text for text in state.whispers if normalised(text) != spoken)
    if len(whispers) == len(state.whispers) and entry.reason == WHISPERED:
        whispers = whispers[1:]  # said in the AI's own words
    state = replace(
        state,
        said=state.said | {spoken},
        whispers=whispers,
        request=None,
        last_reason=entry.reason,
        awaiting_answer=entry.kind in AWAITING_ANSWER,
        phase=_phase_after(state.phase, entry.kind),
    )
    match entry.kind:
        case "ask":
            return _after_question(state, entry)
        case "probe" | "clarify":
            return _after_follow_up(state, entry)
        case "hint_time":
            return replace(state, time_hinted=True)
        case "invite_questions":
            return replace(
                state, invited=state.invited + 1, current_ref=None, last_question=entry.text
            )
        case "answer_candidate":
            return replace(state, answered_candidate=state.answered_candidate + 1)
        case _:
            return state


def _phase_after(phase: Phase, kind: MoveKind) -> Phase:
    match kind:
        case "wrap_up":
            return Phase.WRAPPING_UP
        case "invite_questions" | "answer_candidate":
            return Phase.CANDIDATE_QUESTIONS
        case "close":
            return Phase.CLOSED
        case "open" | "ask" | "probe" | "hint_time":
            return Phase.QUESTIONS if phase is Phase.OPENING else phase
        case _:
            return phase


def _after_question(state: DirectorState, entry: Said) -> DirectorState:
    if not entry.question_ref:
        return replace(state, current_ref=None, last_question=entry.text)
    progress = state.asked.get(entry.question_ref) or QuestionProgress(
        entry.question_ref, entry.text
    )
    return replace(
        state,
        asked={**state.asked, entry.question_ref: progress},
        current_ref=entry.question_ref,
        last_question=entry.text,
    )


def _after_follow_up(state: DirectorState, entry: Said) -> DirectorState:
    if entry.reason != SILENCE:
        state = replace(state, last_question=entry.text)
    current = state.current
    if current is None:
        return state
    if entry.kind == "probe":
        current = replace(
            current, probes=current.probes + 1, probed_for=current.probed_for | {entry.reason}
        )
    elif entry.reason == SILENCE:
        current = replace(current, silence_noticed=current.silence_noticed + 1)
    else:
        current = replace(current, clarified=current.clarified + 1)
    return replace(state, asked={**state.asked, current.ref: current})


def _after_answer(state: DirectorState, entry: Answered) -> DirectorState:
    state = replace(state, awaiting_answer=False, last_answer=entry.text, request=None)
    current = state.current
    if current is None:
        return state
    answer = f"{current.answer} {entry.text}".strip()
    return replace(state, asked={**state.asked, current.ref: replace(current, answer=answer)})


def _after_request(state: DirectorState, entry: Requested) -> DirectorState:
    if entry.action == "help" or not state.awaiting_answer:
        return state
    if entry.action != "skip":
        return replace(state, request=entry.action)
    state = replace(state, awaiting_answer=False, last_answer="", request=None)
    current = state.current
    if current is None:
        return state
    skipped = replace(current, skipped=not current.answer)
    return replace(state, asked={**state.asked, current.ref: skipped}, current_ref=None)
