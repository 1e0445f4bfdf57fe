"""The rules by which the next move is chosen, in their order of precedence."""

from dataclasses import dataclass

from interviews.director import phrases
from interviews.director.answers import asks_something, declines, weaknesses_of
from interviews.director.clock import Clock
from interviews.director.log import (
    AWAITING_ANSWER,
    SILENCE,
    WHISPERED,
    DirectorState,
    MoveKind,
    Phase,
)
from interviews.director.plan import PlanInUse, PlannedQuestion
from interviews.director.sameness import normalised

MOST_SILENCES_NOTICED = 2
WORDS_OF_A_COVERED_COMPETENCY = 60


@dataclass(frozen=True, slots=True)
class Move:
    """What to say next. `text` is the planned question, or words that serve when no AI words the move.

    `reason` says why, for the log and for members; never for the candidate.
    """

    kind: MoveKind
    question_ref: str
    text: str
    reason: str

    @property
    def awaits_answer(self) -> bool:
        """False: log it, and ask for the next move at once."""
        return self.kind in AWAITING_ANSWER


def next_move(
    plan: PlanInUse, state: DirectorState, clock: Clock, *, language: str = "en"
) -> Move | None:
    """None: wait for the candidate, or (after closing) for nobody."""
    if state.phase is Phase.CLOSED:
        return None
    if state.phase is Phase.OPENING:
        return Move("open", "", plan.opening or phrases.OPENING, "start")
    if state.awaiting_answer:
        return _while_waiting(plan, state, clock, language)
    if state.phase is Phase.QUESTIONS:
        return _go_on(plan, state, clock, language)
    return _finish(plan, state, clock)


def questions_left(plan: PlanInUse, state: DirectorState) -> tuple[PlannedQuestion, ...]:
    """Not asked yet, in the plan's order. Of two with the same words one is left: the must-ask."""
    left: dict[str, PlannedQuestion] = {}
    for question in plan.questions:
        text = normalised(question.text)
        if is_unsaid(question, state) and (text not in left or not left[text].must_ask):
            left[text] = question
    return tuple(question for question in plan.questions if question in left.values())


def is_unsaid(question: PlannedQuestion, state: DirectorState) -> bool:
    return question.ref not in state.asked and normalised(question.text) not in state.said


def _while_waiting(
    plan: PlanInUse, state: DirectorState, clock: Clock, language: str
) -> Move | None:
    ref = state.current_ref or ""
    if clock.is_over and (state.request or clock.is_silent):
        return _time_is_over(plan, state)
    if state.request == "repeat":
        return Move("repeat", ref, state.last_question, "asked_to_repeat")
    if state.request == "clarify":
        return _clarify(plan, state)
    if clock.is_silent:
        return _after_silence(plan, state, clock, language)
    return None


def _time_is_over(plan: PlanInUse, state: DirectorState) -> Move:
    if state.phase is Phase.QUESTIONS:
        return Move("wrap_up", "", phrases.WRAP_UP_OUT_OF_TIME, "time_is_over")
    return _closing(plan, "time_is_over")


def _clarify(plan: PlanInUse, state: DirectorState) -> Move:
    ref = state.current_ref or ""
    planned = next((q.text for q in plan.questions if q.ref == ref), state.last_question)
    for phrase in phrases.CLARIFICATIONS:
        text = phrase.format(question=planned)
        if normalised(text) not in state.said:
            return Move("clarify", ref, text, "asked_to_clarify")
    return Move("repeat", ref, planned, "clarified_before")


def _after_silence(
    plan: PlanInUse, state: DirectorState, clock: Clock, language: str
) -> Move | None:
    """Offers help once or twice, then leaves the candidate in peace; absence is the room's business."""
    if state.phase is not Phase.QUESTIONS:
        return _closing(plan, SILENCE) if clock.is_silent_for_long else None
    if state.current is None:
        # A member's remark need not be answered for the plan to go on; a whispered question deserves time.
        goes_on = state.last_reason != WHISPERED or clock.is_silent_for_long
        return _go_on(plan, state, clock, language) if goes_on else None
    if state.current.silence_noticed >= MOST_SILENCES_NOTICED:
        return None
    text = phrases.first_unsaid((phrases.AFTER_SILENCE, phrases.AFTER_SILENCE_AGAIN), state.said)
    return Move("clarify", state.current.ref, text, SILENCE) if text else None


def _go_on(plan: PlanInUse, state: DirectorState, clock: Clock, language: str) -> Move:
    for whisper in state.whispers:
        if normalised(whisper) not in state.said and not clock.is_over:
            return Move("ask", "", whisper, WHISPERED)
    left = questions_left(plan, state)
    follow_up = _probe(plan, state, clock, left, language) or _ask(plan, state, clock, left)
    if follow_up is None:
        text = phrases.WRAP_UP_OUT_OF_TIME if left else phrases.WRAP_UP
        return Move("wrap_up", "", text, "no_time_left" if left else "all_asked")
    if clock.is_near_the_end and not state.time_hinted and state.asked:
        return Move("hint_time", "", phrases.TIME_HINT, "near_the_end")
    return follow_up


def _probe(
    plan: PlanInUse,
    state: DirectorState,
    clock: Clock,
    left: tuple[PlannedQuestion, ...],
    language: str,
) -> Move | None:
    current = state.current
    question = next((q for q in plan.questions if q.ref == state.current_ref), None)
    if current is None or question is None or current.skipped or declines(state.last_answer):
        return None
    if current.probes >= question.probe_depth:
        return None
    if not clock.holds_probe_before(q for q in left if q.must_ask):
        return None
    # A probe in the very words of a later question would use that question up.
    taken = state.said | {normalised(q.text) for q in left}
    for weakness in weaknesses_of(current.answer, language):
        text = phrases.first_unsaid(phrases.PROBES[weakness], taken)
        if text and weakness.value not in current.probed_for:
            return Move("probe", question.ref, text, weakness.value)
    return None


def _ask(
    plan: PlanInUse, state: DirectorState, clock: Clock, left: tuple[PlannedQuestion, ...]
) -> Move | None:
    """Everything in the plan's order while all of it fits; else the must-asks first, then what fits."""
    if not left:
        return None
    if clock.holds(left):
        return _asking(left[0], "next_in_plan")
    must_asks = [q for q in left if q.must_ask]
    if must_asks:
        first = must_asks[0]
        return _asking(first, "must_ask_first") if clock.can_still_ask(first) else None
    covered = _covered_competencies(plan, state)
    for question in sorted(left, key=lambda q: q.competency_ref in covered):
        if clock.holds((question,)):
            return _asking(question, "fits_the_time")
    return None


def _asking(question: PlannedQuestion, reason: str) -> Move:
    return Move("ask", question.ref, question.text, reason)


def _covered_competencies(plan: PlanInUse, state: DirectorState) -> frozenset[str]:
    """Those about which the candidate has said enough that an adaptive question can wait."""
    return frozenset(
        q.competency_ref
        for q in plan.questions
        if q.ref in state.asked and state.asked[q.ref].answer_words >= WORDS_OF_A_COVERED_COMPETENCY
    )


def _finish(plan: PlanInUse, state: DirectorState, clock: Clock) -> Move:
    """After the last question: the candidate's own questions, a few of them, then the closing words."""
    has_asked = state.answered_candidate < state.invited and asks_something(state.last_answer)
    if has_asked:
        text = phrases.first_unsaid(phrases.ANSWERS_TO_CANDIDATE, state.said)
        if text is not None:
            return Move("answer_candidate", "", text, "candidate_asked")
    may_ask_more = state.phase is Phase.WRAPPING_UP or state.answered_candidate == state.invited
    if may_ask_more and not clock.is_over and state.invited < len(phrases.INVITATIONS):
        text = phrases.first_unsaid(phrases.INVITATIONS, state.said)
        if text is not None:
            return Move("invite_questions", "", text, "candidates_turn")
    return _closing(plan, "all_done")


def _closing(plan: PlanInUse, reason: str) -> Move:
    return Move("close", "", plan.closing or phrases.CLOSING, reason)
