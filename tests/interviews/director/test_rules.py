"""How an AI-led interview goes, move by move."""

import pytest

from interviews.director import (
    PlanInUse,
    PlannedQuestion,
    Requested,
    Said,
    Unasked,
    Whispered,
    next_move,
    says_the_same,
    unasked,
    weaknesses_of,
)
from tests.interviews.director.rehearsal import THOROUGH, Rehearsal, question


def rehearsal(
    *questions: PlannedQuestion, total_minutes: float = 60, time_factor: float = 1
) -> Rehearsal:
    return Rehearsal(PlanInUse(questions, "Hello.", "Goodbye."), total_minutes, time_factor)


def test_opens_asks_in_order_wraps_up_invites_and_closes() -> None:
    room = rehearsal(question("a"), question("b"))
    room.speak()
    room.answer()
    room.answer()
    room.answer("What does the team look like?")
    room.answer("No, thank you.")
    assert room.kinds() == [
        "open", "ask", "ask", "wrap_up", "invite_questions", "answer_candidate",
        "invite_questions", "close",
    ]  # fmt: skip
    assert room.moves[0].text == "Hello."
    assert room.moves[-1].text == "Goodbye."
    assert room.move() is None


def test_waits_while_the_candidate_thinks() -> None:
    room = rehearsal(question("a"))
    room.speak()
    assert room.move() is None
    assert room.move(silent=20) is None


def test_a_long_silence_is_met_with_an_offer_of_help_twice_at_most() -> None:
    room = rehearsal(question("a"))
    room.speak()
    first, second = room.next(silent=30), room.next(silent=30)
    assert (first.kind, first.reason) == ("clarify", "silence")
    assert first.text != second.text
    assert room.move(silent=300) is None


def test_extra_time_stretches_patience_too() -> None:
    room = rehearsal(question("a"), time_factor=2.0)
    room.speak()
    assert room.move(silent=40) is None
    assert room.move(silent=51) is not None


def test_a_thin_answer_is_probed_no_deeper_than_the_plan_says() -> None:
    room = rehearsal(question("a", probe_depth=2), question("b"))
    room.speak()
    room.answer("It was fine.")
    room.answer("Quite fine.")
    room.answer("As I said, fine.")
    assert room.kinds() == ["open", "ask", "probe", "probe", "ask"]
    assert room.moves[2].reason != room.moves[3].reason


def test_a_full_answer_is_not_probed() -> None:
    room = rehearsal(question("a", probe_depth=3), question("b"))
    room.speak()
    room.answer(THOROUGH)
    assert room.asked() == ["a", "b"]


@pytest.mark.parametrize(
    "words", ["I don't know.", "I'd rather not answer that.", "Next question please"]
)
def test_whoever_has_no_answer_is_not_pressed(words: str) -> None:
    room = rehearsal(question("a", probe_depth=3), question("b"))
    room.speak()
    assert room.answer(words).question_ref == "b"


def test_probe_asks_for_what_is_missing() -> None:
    assert weaknesses_of("We did it together.")[0] == "short"
    team = " ".join(["we migrated the whole system in 2021 and it resulted in fewer outages"] * 3)
    assert weaknesses_of(team) == ("no_own_part",)
    assert weaknesses_of("short", "de") == ("short", "no_example")


def test_repeat_says_the_question_again_and_clarify_says_it_differently() -> None:
    room = rehearsal(question("a", "What is a queue?"))
    room.speak()
    assert room.request("repeat").text == "What is a queue?"
    clarified = room.request("clarify")
    assert clarified.kind == "clarify"
    assert "What is a queue?" in clarified.text
    assert room.request("repeat").text == clarified.text
    assert room.move() is None


def test_repeat_after_an_offer_of_help_repeats_the_question_not_the_offer() -> None:
    room = rehearsal(question("a", "What is a queue?"))
    room.speak()
    room.move(silent=30)
    assert room.request("repeat").text == "What is a queue?"


def test_a_skipped_question_is_left_and_reported() -> None:
    room = rehearsal(question("a", probe_depth=3), question("b"))
    room.speak()
    assert room.request("skip").question_ref == "b"
    assert unasked(room.plan, room.state) == (
        Unasked("a", "What did you learn about a?", must_ask=True, reason="skipped"),
    )


def test_skipping_a_probe_does_not_undo_the_answer_before_it() -> None:
    room = rehearsal(question("a", probe_depth=1), question("b"))
    room.speak()
    assert room.answer("Too short.").kind == "probe"
    room.request("skip")
    assert unasked(room.plan, room.state) == ()
    assert not room.state.asked["a"].skipped


def test_help_changes_nothing_about_the_question_that_stands() -> None:
    room = rehearsal(question("a"))
    room.speak()
    room.log.append(Requested("help"))
    assert room.move() is None
    assert room.state.awaiting_answer


def test_when_time_is_short_adaptive_questions_go_first() -> None:
    room = rehearsal(
        question("a", minutes=5), question("extra", must_ask=False, minutes=5),
        question("b", minutes=5), total_minutes=15,
    )  # fmt: skip
    room.speak()
    room.answer(seconds=300)
    room.answer(seconds=300)
    assert room.asked() == ["a", "b"]
    assert [(u.ref, u.reason) for u in unasked(room.plan, room.state)] == [("extra", "no_time")]


def test_then_probes_are_dropped() -> None:
    room = rehearsal(
        question("a", minutes=5, probe_depth=3), question("b", minutes=5), total_minutes=12
    )
    room.speak()
    room.answer("Too short.", seconds=300)
    assert room.kinds() == ["open", "ask", "ask"]


def test_a_spare_adaptive_question_goes_to_the_competency_that_was_not_covered() -> None:
    room = rehearsal(
        question("a", minutes=5, competency_ref="x"),
        question("extra_x", must_ask=False, minutes=5, competency_ref="x"),
        question("extra_y", must_ask=False, minutes=5, competency_ref="y"),
        total_minutes=13,
    )
    room.speak()
    room.answer(" ".join([THOROUGH] * 2), seconds=300)
    assert room.asked() == ["a", "extra_y"]


def test_warns_once_and_softly_near_the_end() -> None:
    room = rehearsal(question("a", minutes=8), question("b", minutes=4), question("c", minutes=3),
                     total_minutes=20)  # fmt: skip
    room.speak()
    for _ in range(3):
        room.answer(seconds=430)
    assert room.kinds().count("hint_time") == 1
    assert room.kinds().index("hint_time") < len(room.kinds()) - 2


def test_a_question_without_time_for_an_answer_is_not_asked_but_reported() -> None:
    room = rehearsal(question("a", minutes=5), question("b", minutes=5), total_minutes=12)
    room.speak()
    room.answer(seconds=11 * 60)
    assert room.asked() == ["a"]
    assert unasked(room.plan, room.state)[0].reason == "no_time"
    assert room.moves[-1].kind == "invite_questions"


def test_an_answer_past_the_end_is_not_cut_off_and_then_the_interview_closes() -> None:
    room = rehearsal(question("a"), question("b"), total_minutes=10)
    room.speak()
    room.elapsed = 700
    assert room.move(silent=3) is None
    room.answer(seconds=10)
    assert room.kinds()[-2:] == ["wrap_up", "close"]


def test_silence_past_the_end_wraps_up() -> None:
    room = rehearsal(question("a"), total_minutes=10)
    room.speak()
    room.elapsed = 700
    assert room.next(silent=30).kind == "wrap_up"
    assert room.next().kind == "close"


def test_extra_time_keeps_questions_that_would_not_fit_otherwise() -> None:
    for factor, asked in ((1.0, ["a"]), (2.0, ["a", "b"])):
        room = rehearsal(question("a"), question("b"), total_minutes=10, time_factor=factor)
        room.speak()
        room.answer(seconds=9 * 60)
        assert room.asked() == asked


def test_a_whispered_question_comes_next_and_only_once() -> None:
    room = rehearsal(question("a"), question("b"))
    room.speak()
    room.log.append(Whispered("How large was the team?"))
    assert room.answer().text == "How large was the team?"
    assert room.answer().question_ref == "b"


def test_a_whisper_said_in_other_words_is_not_asked_again() -> None:
    room = rehearsal(question("a"), question("b"))
    room.speak()
    room.log.append(Whispered("team size?"))
    room.elapsed += 30
    room.log.append(Said("ask", "May I ask how large the team was?", "", "whispered"))
    assert room.answer().question_ref == "b"


def test_a_planned_question_already_asked_in_the_same_words_is_not_asked_again() -> None:
    room = rehearsal(question("a", "Why queues?"), question("b", "why  QUEUES"), question("c"))
    room.speak()
    assert room.answer().question_ref == "c"
    room.answer()
    assert unasked(room.plan, room.state) == ()


def test_a_broken_off_interview_reports_what_it_did_not_reach() -> None:
    room = rehearsal(question("a"), question("b", must_ask=False))
    room.speak()
    assert [(u.ref, u.must_ask, u.reason) for u in unasked(room.plan, room.state)] == [
        ("b", False, "not_reached")
    ]


def test_the_candidate_gets_three_questions_at_most() -> None:
    room = rehearsal(question("a"))
    room.speak()
    room.answer()
    for number in range(3):
        room.answer(f"And what about thing number {number}?", seconds=5)
    assert room.kinds().count("answer_candidate") == 3
    assert room.kinds()[-1] == "close"


def test_a_plan_without_questions_or_time_still_opens_and_closes() -> None:
    room = rehearsal(total_minutes=0)
    room.speak()
    assert room.kinds() == ["open", "wrap_up", "close"]


def test_the_same_log_always_gives_the_same_move() -> None:
    room = rehearsal(question("a", probe_depth=2), question("b"))
    room.speak()
    room.answer("Short.")
    again = [next_move(room.plan, room.state, room.clock(30)) for _ in range(3)]
    assert len(set(again)) == 1


@pytest.mark.parametrize(
    ("text", "earlier", "same"),
    [
        ("What did YOU do?", "what did you do", True),
        ("Could you please describe a project that failed badly?", "Describe a project that failed badly", True),
        ("Tell me about a project that failed.", "Tell me about a project that succeeded.", False),
        ("Why?", "How?", False),
    ],
)  # fmt: skip
def test_sameness(text: str, earlier: str, same: bool) -> None:
    assert says_the_same(text, [earlier]) is same


def test_after_a_members_remark_that_nobody_answers_the_plan_goes_on() -> None:
    room = rehearsal(question("a"), question("b"))
    room.speak()
    room.log.append(Said("ask", "Sorry, that was my microphone.", "", "member"))
    assert room.move(silent=20) is None
    assert room.next(silent=30).question_ref == "b"


def test_who_says_nothing_when_invited_to_ask_is_given_time_and_then_released() -> None:
    room = rehearsal(question("a"))
    room.speak()
    assert room.answer().kind == "invite_questions"
    assert room.move(silent=60) is None
    assert room.next(silent=75).kind == "close"


def test_a_whispered_question_is_given_more_time() -> None:
    room = rehearsal(question("a"), question("b"))
    room.speak()
    room.log.append(Whispered("How large was the team?"))
    room.answer()
    assert room.move(silent=60) is None
    assert room.next(silent=75).question_ref == "b"
