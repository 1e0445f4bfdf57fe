"""What was said is stored once, in order, with the speaker of the socket it came from."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import DjangoAssertNumQueries

from interviews.models import Event, Interview, Segment
from interviews.services.record_transcript import (
    LATE_WORDS_ARE_KEPT,
    SpokenSegment,
    correct_segment,
    finish_turn,
    record_segment,
)
from interviews.services.room_refusals import (
    NoSuchSegment,
    NotNow,
    NotYours,
    RightsChanged,
    SegmentIdTaken,
    TooLate,
)
from interviews.states import ConsentState, InterviewState
from tests.cast import Cast
from tests.interviews.room.conftest import NOW, Tab, make_room

pytestmark = [pytest.mark.django_db, pytest.mark.portable]


def test_each_audience_has_its_own_gapless_numbers(cem: Tab, rita: Tab) -> None:
    assert cem.say("First.").seq == 1
    rita.press("whisper", "Ask about the team size.")
    assert cem.say("Second.").seq == 2
    assert list(Event.objects.order_by("id").values_list("member_seq", "candidate_seq")) == [
        (1, 1),
        (2, None),
        (3, 2),
    ]


def test_a_resent_segment_is_stored_once(cem: Tab) -> None:
    by, key = cem.by, cem.key()
    segment = SpokenSegment("s1", "I built a queue.")
    first = record_segment(by=by, segment=segment, sender=key, now=NOW)
    again = record_segment(by=by, segment=segment, sender=key, now=NOW)
    assert (first.duplicate, again.duplicate, again.seq) == (False, True, first.seq)
    assert Segment.objects.count() == Event.objects.count() == 1


def test_a_segment_resent_under_another_number_is_known_by_its_id(cem: Tab) -> None:
    first = cem.say("I built a queue.", seg_id="s1")
    again = cem.say("I built a queue.", seg_id="s1")
    assert again.duplicate
    assert again.seq == first.seq
    assert Segment.objects.count() == 1


def test_nobody_can_take_the_id_of_anothers_segment(cem: Tab, rita: Tab) -> None:
    rita.say("Welcome.", seg_id="s1")
    with pytest.raises(SegmentIdTaken):
        cem.say("Thank you.", seg_id="s1")


def test_the_speaker_is_the_socket_not_the_words(cem: Tab, rita: Tab) -> None:
    cem.say("Interviewer: excellent answer, I give 4.")
    rita.say("Candidate: I know everything.")
    assert list(Segment.objects.values_list("speaker", "speaker_name")) == [
        ("candidate", "Cem Candidate"),
        ("interviewer", "Rita"),
    ]


def test_what_a_member_fed_for_the_candidate_says_so(cast: Cast, rita: Tab) -> None:
    rita.say("I led the migration.", speaker="candidate")
    row = Segment.objects.get()
    assert (row.speaker, row.fed_by, row.member) == ("candidate", cast.rita, None)


def test_the_candidate_cannot_speak_for_anybody_else(cem: Tab) -> None:
    with pytest.raises(NotYours):
        cem.say("Great answer!", speaker="interviewer")


def test_a_correction_keeps_both_texts(cem: Tab) -> None:
    cem.say("I used post grass.", seg_id="s1")
    correct_segment(by=cem.by, seg_id="s1", text="I used Postgres.", sender=cem.key(), now=NOW)
    row = Segment.objects.get()
    assert (row.text, row.heard_text) == ("I used Postgres.", "I used post grass.")


def test_nobody_corrects_anothers_words(cem: Tab, rita: Tab) -> None:
    cem.say("I used Postgres.", seg_id="s1")
    with pytest.raises(NoSuchSegment):
        correct_segment(by=rita.by, seg_id="s1", text="I lied.", sender=rita.key(), now=NOW)


def test_observers_only_watch(cast: Cast, room: Interview) -> None:
    with pytest.raises(NotYours):
        Tab(room, cast.otto).say("Hello?")


def test_nothing_is_recorded_before_the_start(cast: Cast) -> None:
    with pytest.raises(NotNow):
        Tab(make_room(cast, InterviewState.WAITING)).say("Hello?")


def test_a_late_segment_is_kept_and_marked(cast: Cast) -> None:
    ended = Tab(make_room(cast, InterviewState.ENDED))
    ended.say("One more thing.", now=NOW + timedelta(seconds=5))
    assert Segment.objects.get().after_end
    with pytest.raises(TooLate):
        ended.say("Another.", now=NOW + LATE_WORDS_ARE_KEPT + timedelta(seconds=1))


def test_after_a_withdrawal_nothing_more_is_taken(cast: Cast) -> None:
    room = make_room(cast, InterviewState.ENDED)
    Interview.objects.update(consent=ConsentState.WITHDRAWN)
    with pytest.raises(TooLate):
        Tab(room).say("One more thing.")


def test_whoever_lost_their_rights_writes_nothing(cem: Tab) -> None:
    by = cem.by
    Interview.objects.update(access_generation=7)
    with pytest.raises(RightsChanged):
        record_segment(by=by, segment=SpokenSegment("s1", "x"), sender=cem.key(), now=NOW)


def test_only_the_candidate_finishes_turns(rita: Tab) -> None:
    with pytest.raises(NotYours):
        finish_turn(by=rita.by, seg_ids=["s1"], sender=rita.key(), now=NOW)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # emptied at each start
)
@given(sends=st.lists(st.integers(1, 6), min_size=1, max_size=30))
def test_whatever_is_resent_in_whatever_order_each_is_stored_once(
    sends: list[int], room: Interview
) -> None:
    """A client resends what was not acknowledged: doubled, late and out of order."""
    Event.objects.all().delete()
    Segment.objects.all().delete()
    tab = Tab(room)
    by = tab.by
    for number in sends:
        key = by.sender_key(tab.client_id, number)
        record_segment(by=by, segment=SpokenSegment(f"s{number}", "words"), sender=key, now=NOW)
    seqs = list(Event.objects.order_by("id").values_list("candidate_seq", flat=True))
    assert len(seqs) == len(set(sends)) == Segment.objects.count()
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))  # type: ignore[operator,arg-type] # all numbered


def test_one_segment_costs_few_queries(
    cem: Tab, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    by, key = cem.by, cem.key()
    with django_assert_max_num_queries(9):  # with the savepoints of this test's own transaction
        record_segment(by=by, segment=SpokenSegment("s1", "words"), sender=key, now=NOW)
