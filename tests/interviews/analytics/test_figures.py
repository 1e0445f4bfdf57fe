"""The figures of an interview, checked against small ones that can be counted by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews.analytics import (
    Monologue,
    PlannedItem,
    SpokenSegment,
    measure_interview,
    measure_plan,
)


def ivy(text: str, start: float, end: float) -> SpokenSegment:
    return SpokenSegment("Ivy", "interviewer", text, int(start * 1000), int(end * 1000))


def cem(text: str, start: float, end: float) -> SpokenSegment:
    return SpokenSegment("Cem", "candidate", text, int(start * 1000), int(end * 1000))


def test_talk_ratio() -> None:
    figures = measure_interview([ivy("What did you do?", 0, 10), cem("I did this.", 10, 40)])
    assert figures.candidate_share == pytest.approx(0.75)
    assert [(s.speaker, s.talk_seconds, s.turns) for s in figures.speakers] == [
        ("Cem", 30, 1),
        ("Ivy", 10, 1),
    ]


def test_own_overlapping_segments_count_once() -> None:
    figures = measure_interview([cem("one", 0, 10), cem("two", 5, 12)])
    assert figures.speakers[0].talk_seconds == 12


def test_the_ai_counts_on_the_side_of_the_interviewer() -> None:
    ai = SpokenSegment("AI", "ai", "Why? And how?", 0, 12_000)
    figures = measure_interview([ai, cem("Because.", 12, 18)])
    assert figures.questions_asked == 2
    assert figures.interviewer_pace == pytest.approx(15)
    assert figures.candidate_share == pytest.approx(1 / 3)


def test_questions_of_the_candidate_and_marks_within_addresses_are_not_counted() -> None:
    figures = measure_interview(
        [ivy("See https://x.io/?a=1, will you? “Why?” (How?)", 0, 5), cem("Which one?", 5, 6)]
    )
    assert figures.questions_asked == 3


def test_silence_is_time_in_which_nobody_spoke_for_two_seconds_and_more() -> None:
    figures = measure_interview([ivy("a", 0, 5), cem("b", 6, 10), ivy("c", 8, 9), cem("d", 14, 15)])
    assert figures.silence_seconds == 4
    assert figures.longest_silence_seconds == 4
    assert figures.speaker_switches == 3


def test_a_sign_of_listening_does_not_end_a_monologue() -> None:
    figures = measure_interview(
        [
            ivy("So let me tell you about us.", 0, 30),
            cem("Mm-hm.", 10, 11),
            ivy("And another thing is this.", 31, 60),
            cem("Thank you, that is good to know.", 60, 65),
        ]
    )
    assert figures.longest_interviewer_monologue == Monologue("Ivy", "interviewer", 59, 0)
    assert figures.longest_monologue == figures.longest_interviewer_monologue


def test_pace_is_of_the_interviewer_and_by_five_minutes() -> None:
    words = " ".join(["word"] * 60)
    figures = measure_interview(
        [ivy(words, 0, 30), cem(words, 30, 400), ivy(words, 400, 460), cem("bye", 700, 701)]
    )
    assert figures.interviewer_pace == pytest.approx(80)
    assert [w.words_per_minute for w in figures.pace_windows] == [120, 60, None]
    assert figures.pace_windows[-1].ended_ms == 701_000


def test_the_pace_of_the_candidate_is_nowhere() -> None:
    figures = measure_interview([cem("quick " * 400, 0, 60)])
    assert figures.interviewer_pace is None
    assert not any("pace" in name or "words" in name for name in figures.named())


def test_adherence_to_the_plan() -> None:
    plan = measure_plan(
        [PlannedItem("a", True), PlannedItem("b", True), PlannedItem("c", False)],
        asked={"a", "c"},
        skipped={"c"},
    )
    assert plan.share == pytest.approx(2 / 3)
    assert (plan.must_ask_share, plan.skipped) == (0.5, 1)
    figures = measure_interview([], plan=plan).named()
    assert figures["planned_questions_asked"] == "2 of 3"
    assert figures["must_asks_asked"] == "1 of 2"


def test_nothing_said_gives_zeros() -> None:
    figures = measure_interview([])
    assert figures.duration_seconds == 0
    assert figures.candidate_share == 0
    assert figures.longest_monologue is None
    assert measure_plan([], asked=()).share == 1


SEGMENT = st.builds(
    SpokenSegment,
    speaker=st.sampled_from(["Ivy", "Cem", "AI"]),
    side=st.sampled_from(["interviewer", "candidate", "ai"]),
    text=st.text(max_size=30),
    started_ms=st.integers(0, 4_000_000),
    ended_ms=st.integers(0, 4_000_000),
)


@given(st.lists(SEGMENT, max_size=30))
def test_whatever_was_said_the_figures_are_possible(segments: list[SpokenSegment]) -> None:
    figures = measure_interview(segments)
    assert 0 <= figures.candidate_share <= 1
    assert figures.silence_seconds <= figures.duration_seconds
    assert all(s.talk_seconds <= figures.duration_seconds for s in figures.speakers)
    shares = sum(s.share for s in figures.speakers)
    assert shares == 0 or shares == pytest.approx(1)
    assert measure_interview(reversed(segments)).silence_seconds == figures.silence_seconds
