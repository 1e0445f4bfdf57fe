"""What holds for every plan, clock and candidate."""

from hypothesis import given
from hypothesis import strategies as st

from interviews.director import Answered, Move, PlanInUse, PlannedQuestion, Requested, unasked
from interviews.director.clock import PROBE_MINUTES
from interviews.director.sameness import normalised
from tests.interviews.director.rehearsal import THOROUGH, Rehearsal, Reply

Replies = list[Reply]
WORDS = st.sampled_from(
    [
        "",
        "Yes.",
        "I don't know.",
        THOROUGH,
        "We usually do various things.",
        "What about holidays?",
        "No.",
    ]
)
QUESTION = st.builds(
    PlannedQuestion,
    ref=st.uuids().map(str),
    text=st.sampled_from(
        ["Why?", "Which queue?", "What did you build?", "why", "What failed?", "What next?"]
    ),
    must_ask=st.booleans(),
    competency_ref=st.sampled_from(["x", "y"]),
    probe_depth=st.integers(0, 3),
    minutes=st.integers(1, 8).map(float),
)
PLAN = st.lists(QUESTION, max_size=10).map(lambda questions: PlanInUse(tuple(questions)))
REQUESTS = [Requested("repeat"), Requested("clarify"), Requested("skip"), Requested("help")]
REPLY = st.tuples(
    st.one_of(
        WORDS.map(Answered), st.sampled_from(REQUESTS)
    ),
    st.floats(1, 600),
)  # fmt: skip
REPLIES = st.lists(REPLY, min_size=1, max_size=40)
FACTOR = st.sampled_from([1.0, 1.25, 2.0])


def play(plan: PlanInUse, replies: Replies, minutes: float, factor: float) -> Rehearsal:
    room = Rehearsal(plan, minutes, factor)
    script = iter(replies)

    def candidate(move: Move) -> Reply:
        entry, seconds = next(script, (Answered("No."), 30.0))
        if entry == Requested("help"):  # calls a person; the question stands
            entry = Answered("I asked for help.")
        return entry, seconds

    room.play(candidate)
    return room


@given(PLAN, REPLIES, st.floats(0, 90), FACTOR)
def test_always_ends_with_one_close_and_says_nothing_after_it(
    plan: PlanInUse, replies: Replies, minutes: float, factor: float
) -> None:
    room = play(plan, replies, minutes, factor)
    assert room.kinds()[0] == "open"
    assert room.kinds()[-1] == "close"
    assert room.kinds().count("close") == 1
    assert room.move(silent=10_000) is None


@given(PLAN, REPLIES, st.floats(0, 90), FACTOR)
def test_never_says_the_same_thing_twice_unless_asked_to(
    plan: PlanInUse, replies: Replies, minutes: float, factor: float
) -> None:
    room = play(plan, replies, minutes, factor)
    said = [normalised(move.text) for move in room.moves if move.kind != "repeat"]
    assert len(said) == len(set(said))


@given(PLAN, REPLIES, st.floats(0, 90), FACTOR)
def test_every_question_is_asked_once_or_reported(
    plan: PlanInUse, replies: Replies, minutes: float, factor: float
) -> None:
    room = play(plan, replies, minutes, factor)
    asked = room.asked()
    assert len(asked) == len(set(asked))
    reported = {u.ref for u in unasked(plan, room.state)}
    said = {normalised(move.text) for move in room.moves}
    for question in plan.questions:
        assert question.ref in reported or normalised(question.text) in said
    for u in unasked(plan, room.state):
        assert (u.reason == "skipped") == (u.ref in asked)


@given(PLAN, REPLIES, st.floats(0, 90), FACTOR)
def test_no_question_is_probed_deeper_than_planned(
    plan: PlanInUse, replies: Replies, minutes: float, factor: float
) -> None:
    room = play(plan, replies, minutes, factor)
    for question in plan.questions:
        probes = [m for m in room.moves if m.kind == "probe" and m.question_ref == question.ref]
        assert len(probes) <= question.probe_depth


@given(PLAN, REPLIES, FACTOR)
def test_must_asks_are_all_asked_in_order_when_the_time_allows(
    plan: PlanInUse, replies: Replies, factor: float
) -> None:
    """The candidate keeps to the planned minutes; the interview is as long as its must-asks and the closing."""
    needed = sum(q.minutes for q in plan.questions if q.must_ask)
    minutes = max(needed / 0.9, needed + 3)
    must_asks = [question.ref for question in plan.questions if question.must_ask]
    texts = {normalised(question.text) for question in plan.questions}
    by_ref = {q.ref: q for q in plan.questions}
    room = Rehearsal(plan, minutes, factor)
    script = iter(replies)

    def candidate(move: Move) -> Reply:
        entry, _ = next(script, (Answered(THOROUGH), 0.0))
        entry = entry if isinstance(entry, Answered) else Answered(THOROUGH)
        allowed = by_ref[move.question_ref].minutes if move.kind == "ask" else PROBE_MINUTES
        return entry, allowed * 60 * factor

    room.play(candidate)
    asked = [ref for ref in room.asked() if by_ref[ref].must_ask]
    if len(texts) == len(plan.questions):  # doubles may be asked through their twin
        assert asked == must_asks
    said = {normalised(move.text) for move in room.moves}
    assert {normalised(by_ref[ref].text) for ref in must_asks} <= said
