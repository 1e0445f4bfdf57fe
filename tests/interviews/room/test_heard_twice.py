"""Two microphones, one sentence: it stands in the transcript once, by the better source, and nothing else is lost."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews.director import Said
from interviews.hub.reading import seen_by_each
from interviews.models import Event, Interview, Question, Segment
from interviews.queries.director_log import director_log
from interviews.same_words import FEW_WORDS, OWN, Heard, Verdict, judge
from interviews.states import InterviewState, Mode
from tests.cast import Cast
from tests.interviews.room.conftest import NOW, Tab, make_room

SENTENCE = "We lost a day of orders because nobody watched the queue"
CANDIDATE = Heard(SENTENCE, "candidate", "candidate/False", 3, 10_000, 14_000)
TAB = replace(CANDIDATE, feed="ines/True", rank=1, started_ms=10_300, ended_ms=14_400)
INES = Heard(SENTENCE, "interviewer", "ines/False", 2, 10_200, 14_300)
ECHOED = replace(INES, started_ms=9_650, ended_ms=13_600)
PERHAPS = replace(INES, started_ms=9_850, ended_ms=13_800)
SOFTLY = replace(INES, started_ms=10_000, ended_ms=13_600)

WORDS = st.lists(
    st.sampled_from(
        ["we", "lost", "a", "day", "of", "orders", "yes", "not", "3", "queue", "then", "it"]
    )
)
TEXT = WORDS.map(" ".join)
HEARD = st.builds(
    lambda text, who, start, length: Heard(
        text, who[0], who[1], {"candidate/False": 3, "ines/False": 2}.get(who[1], 1), start, start + length
    ),
    TEXT,
    st.sampled_from(
        (
            ("candidate", "candidate/False"),
            ("interviewer", "ines/False"),
            ("candidate", "ines/True"),
            ("interviewer", "jon/True"),
        )
    ),
    st.integers(0, 60_000),
    st.integers(0, 20_000),
)  # fmt: skip


@given(HEARD, HEARD)
def test_what_was_said_at_different_moments_is_never_one(one: Heard, other: Heard) -> None:
    longest = 350 * (len(one.text.split()) + len(other.text.split()))
    later = replace(other, started_ms=one.ended_ms + longest, ended_ms=one.ended_ms + longest + 900)
    assert judge(one, later) is Verdict.APART
    assert judge(later, one) is Verdict.APART


@given(HEARD, HEARD)
def test_words_that_nobody_else_said_are_never_dropped(earlier: Heard, later: Heard) -> None:
    """Beyond a slip in seven words, whatever goes is also in what stays."""
    verdict = judge(earlier, later)
    stays, goes = (earlier, later) if verdict is Verdict.EARLIER_STAYS else (later, earlier)
    if verdict is not Verdict.APART:
        lost = set(goes.text.split()) - set(stays.text.split())
        assert len(lost) <= 0.15 * max(len(stays.text.split()), len(goes.text.split()))
        assert not lost & {"not", "3"}
        is_perhaps_an_echo = goes.speaker != stays.speaker and goes.rank >= OWN
        assert is_perhaps_an_echo or goes.rank <= stays.rank


@given(HEARD, HEARD)
def test_a_short_word_of_two_people_stays_two(one: Heard, other: Heard) -> None:
    short = replace(other, text=" ".join(other.text.split()[: FEW_WORDS - 1]))
    if one.speaker != other.speaker:
        assert judge(one, short) is Verdict.APART


@given(HEARD)
def test_one_microphone_never_doubles_itself(one: Heard) -> None:
    assert judge(one, one) is Verdict.APART


@pytest.mark.parametrize(
    ("earlier", "later", "verdict"),
    [
        (CANDIDATE, TAB, Verdict.EARLIER_STAYS),
        (TAB, CANDIDATE, Verdict.LATER_REPLACES),
        (INES, CANDIDATE, Verdict.LATER_REPLACES),
        # Said by the interviewer, and heard by the candidate's microphone out of a loudspeaker.
        (ECHOED, CANDIDATE, Verdict.EARLIER_STAYS),
        (CANDIDATE, ECHOED, Verdict.LATER_REPLACES),
        # A slower network would look the same: nobody's words are taken.
        (PERHAPS, CANDIDATE, Verdict.APART),
        (CANDIDATE, PERHAPS, Verdict.APART),
        (CANDIDATE, replace(INES, started_ms=8_200, ended_ms=12_200), Verdict.APART),
        # Two microphones in one room: the farther one no longer hears the end.
        (SOFTLY, CANDIDATE, Verdict.LATER_REPLACES),
        (CANDIDATE, SOFTLY, Verdict.EARLIER_STAYS),
        (replace(ECHOED, started_ms=13_700), CANDIDATE, Verdict.LATER_REPLACES),  # who knows when it began?
        (CANDIDATE, replace(TAB, text=SENTENCE.replace("day", "date")), Verdict.EARLIER_STAYS),
        (CANDIDATE, replace(TAB, text="because nobody watched the queue"), Verdict.APART),
        (CANDIDATE, replace(TAB, text="of orders because nobody watched the queue"), Verdict.EARLIER_STAYS),
        # The browser tells only when a sentence was over.
        (CANDIDATE, replace(TAB, started_ms=15_000, ended_ms=15_000), Verdict.EARLIER_STAYS),
        # Said back by the interviewer, after it was said.
        (CANDIDATE, replace(INES, started_ms=14_200, ended_ms=18_000), Verdict.APART),
        (CANDIDATE, replace(TAB, text=SENTENCE.replace("lost", "never lost")), Verdict.APART),
        (replace(CANDIDATE, text="Yes."), replace(INES, text="Yes."), Verdict.APART),
        (replace(CANDIDATE, text="Yes."), replace(TAB, text="Yes!"), Verdict.EARLIER_STAYS),
    ],
)  # fmt: skip
def test_who_heard_it_and_when_decides(earlier: Heard, later: Heard, verdict: Verdict) -> None:
    assert judge(earlier, later) is verdict


@pytest.fixture
def room(cast: Cast) -> Interview:
    return make_room(cast, InterviewState.LIVE, Mode.ASSISTED)


@pytest.fixture
def ines(cast: Cast, room: Interview) -> Tab:
    return Tab(room, cast.ines)


def heard(by: Tab, seg_id: str, text: str = SENTENCE, at: int = 20, **told: object) -> bool:
    times = {"started_ms": at * 1000 - 4000, "ended_ms": at * 1000}
    now = NOW + timedelta(seconds=at + 1)
    told = {"source": "provider", **times, **told}
    return by.say(text, seg_id=seg_id, now=now, **told).duplicate


@pytest.mark.django_db
@pytest.mark.portable
def test_the_tab_repeats_what_the_candidates_own_microphone_said(cem: Tab, ines: Tab) -> None:
    heard(cem, "c1")
    heard(ines, "t1", SENTENCE.lower(), speaker="candidate")
    row = Segment.objects.get()
    assert (row.seg_id, row.fed_by_id, row.text) == ("c1", None, SENTENCE)
    told = Event.objects.get(kind="segment.doubled")
    assert (told.payload["seg_id"], told.payload["twin"]) == ("t1", "c1")
    assert told.member_payload["other"]["text"] == SENTENCE.lower(), "as the other heard it"


@pytest.mark.django_db
@pytest.mark.portable
def test_the_candidates_own_microphone_takes_the_place_of_the_tab(cem: Tab, ines: Tab) -> None:
    heard(ines, "t1", f"{SENTENCE}.", speaker="candidate")
    first = Segment.objects.get()
    heard(cem, "c1")
    row = Segment.objects.get()
    assert (row.id, row.position) == (first.id, first.position), "citations and marks hold"
    assert (row.seg_id, row.fed_by_id, row.text) == ("c1", None, SENTENCE)


@pytest.mark.django_db
@pytest.mark.portable
def test_whatever_is_resent_it_stays_once(cem: Tab, ines: Tab) -> None:
    heard(ines, "t1", speaker="candidate")
    heard(cem, "c1")
    ines.sent = cem.sent = 0
    assert heard(ines, "t1", speaker="candidate")
    assert heard(cem, "c1")
    assert Segment.objects.count() == 1
    assert Event.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.portable
def test_what_was_typed_twice_stays_twice(cem: Tab, ines: Tab) -> None:
    heard(cem, "c1", source="typed")
    heard(ines, "t1", source="typed", speaker="candidate")
    assert Segment.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.portable
def test_a_question_that_the_candidates_microphone_brought_first_counts_as_asked(
    room: Interview, cem: Tab, ines: Tab
) -> None:
    question = Question.objects.filter(plan_version=room.plan_version_id).first()
    assert question is not None
    heard(cem, "c1", question.text, started_ms=16_400, ended_ms=20_400)
    heard(ines, "i1", question.text)
    row = Segment.objects.get()
    assert (row.speaker, row.asked_question_id) == ("interviewer", None)
    said = [entry for entry in director_log(room) if isinstance(entry, Said)]
    assert [(one.text, one.question_ref) for one in said] == [(question.text, str(question.id))]
    words = seen_by_each(Event.objects.get(kind="segment.doubled")).words
    assert words is not None, "the guard looks at them, and the panel shows the question as asked"
    assert (words.seg_id, words.speaker, words.question_ref) == (
        "i1",
        "interviewer",
        str(question.id),
    )


@pytest.mark.django_db
@pytest.mark.portable
def test_after_the_end_nobodys_words_become_anothers(cem: Tab, ines: Tab, room: Interview) -> None:
    heard(ines, "t1", speaker="candidate")
    Interview.objects.filter(id=room.id).update(
        state=InterviewState.ENDED, ended_at=NOW + timedelta(seconds=20)
    )
    heard(cem, "c1")
    assert Segment.objects.get().seg_id == "t1"
    heard(cem, "c2", f"{SENTENCE}, and that was my fault alone")
    assert set(Segment.objects.values_list("seg_id", flat=True)) == {"t1", "c2"}, "more was said"
