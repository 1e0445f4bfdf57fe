"""What bounds the memory of a room and of a socket, and that pulling by number leaves nothing out."""

from hypothesis import given
from hypothesis import strategies as st

from interviews.hub.ring import MOST_CHARACTERS, MOST_FRAMES, Ring
from interviews.hub.window import MOST_BYTES, MOST_DROPPABLE_BYTES, MOST_EVENTS, Window


def filled(first: int, count: int) -> Ring:
    ring = Ring(first - 1)
    for seq in range(first, first + count):
        ring.append(seq, f"frame {seq}")
    return ring


@given(first=st.integers(1, 50), count=st.integers(0, 60), after=st.integers(0, 120))
def test_a_ring_gives_what_follows_or_says_that_it_cannot(
    first: int, count: int, after: int
) -> None:
    ring = filled(first, count)
    got = ring.after(after, 25)
    if after + 1 < first:
        assert got is None
        return
    last = first + count - 1
    expected = [(seq, f"frame {seq}") for seq in range(after + 1, last + 1)][:25]
    assert got == expected


def test_a_ring_forgets_the_oldest() -> None:
    ring = filled(1, MOST_FRAMES + 10)
    assert ring.after(9, 1) is None
    assert ring.after(10, 1) == [(11, "frame 11")]


def test_a_ring_is_bounded_by_size_too() -> None:
    ring = Ring(0)
    for seq in range(1, 40):
        ring.append(seq, "x" * (MOST_CHARACTERS // 20))
    assert ring.after(10, 1) is None
    assert ring.after(ring.last - 5, 10) is not None


def test_what_is_there_already_is_not_added_again() -> None:
    ring = filled(1, 3)
    ring.append(2, "another")
    assert ring.after(1, 9) == [(2, "frame 2"), (3, "frame 3")]


def test_a_gap_sends_readers_to_the_database() -> None:
    ring = filled(1, 3)
    ring.append(7, "frame 7")
    assert ring.after(3, 9) is None
    assert ring.after(6, 9) == [(7, "frame 7")]


def test_a_window_is_full_by_number_or_by_size() -> None:
    by_number, by_size = Window(), Window()
    for seq in range(1, MOST_EVENTS + 1):
        assert not by_number.is_full
        by_number.sent(seq, "small")
    by_size.sent(1, "x" * MOST_BYTES)
    assert [by_number.is_full, by_size.is_full] == [True, True]
    assert by_number.acknowledge(1)
    assert [by_number.is_full] == [False]
    assert not by_number.acknowledge(1), "an old acknowledgement makes no room"


def test_droppable_frames_stop_for_whoever_is_not_heard() -> None:
    window = Window()
    frame = "x" * 1024
    taken = sum(window.takes_droppable(frame) for _ in range(200))
    assert taken * 1024 <= MOST_DROPPABLE_BYTES + 1024
    window.heard()
    assert window.takes_droppable(frame)
