"""Heap and wheel keep the same promises."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.timers import Timers
from scheduler.timers.heap import HeapTimers
from scheduler.timers.wheel import WheelTimers

pytestmark = pytest.mark.portable

START = 1_790_000_000.0
KINDS = [HeapTimers, WheelTimers]
MOMENT = st.one_of(
    st.floats(0, 2), st.floats(0, 120), st.floats(0, 90_000), st.floats(0, 40_000_000)
)
MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 30), MOMENT),
        st.tuples(st.just("cancel"), st.integers(0, 30), st.just(0.0)),
        st.tuples(st.just("pass"), st.just(0), MOMENT),
    ),
    max_size=60,
)


@pytest.mark.parametrize("make", KINDS)
@settings(max_examples=300, deadline=None)
@given(moves=MOVES)
def test_what_is_due_comes_out_once_in_order_and_never_early(
    make: Callable[[], Timers], moves: list[tuple[str, int, float]]
) -> None:
    timers, model, now = make(), dict[int, float](), START
    for move, key, seconds in moves:
        match move:
            case "add":
                timers.add(key, now + seconds)
                model[key] = now + seconds
            case "cancel":
                assert timers.cancel(key) == (model.pop(key, None) is not None)
            case _:
                now += seconds
                due = [key for key, at in model.items() if at <= now]
                popped = timers.pop_due(now)
                assert sorted(popped, key=str) == sorted(due, key=str)
                assert [model[int(key)] for key in popped] == sorted(model[key] for key in due)
                for key in due:
                    del model[key]
        assert len(timers) == len(model)
        wake = timers.next_wake()
        if model:
            assert wake is not None
            assert wake <= min(model.values())
        else:
            assert wake is None


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("start", [0.0, START])
def test_who_sleeps_until_each_wake_gets_every_timer_on_time(
    make: Callable[[], Timers], start: float
) -> None:
    timers = make()
    due = {key: start + key * 7_919.123 for key in range(200)}
    for key, at in due.items():
        timers.add(key, at)
    now, looks, fired = start, 0, dict[int | str, float]()
    while (wake := timers.next_wake()) is not None:
        now, looks = max(now, wake), looks + 1
        fired |= dict.fromkeys(timers.pop_due(now), now)
    assert {key: at for key, at in fired.items() if at - due[int(key)] > 0.01} == {}
    assert looks < 200 * 5, "an empty day must not cost a look for each of its ticks"


@pytest.mark.parametrize("make", KINDS)
def test_timers_that_are_mostly_cancelled_take_no_lasting_room(make: Callable[[], Timers]) -> None:
    timers = make()
    for round_ in range(10_000):
        timers.add(round_ % 3, START + round_)
    assert len(timers) == 3
    assert len(timers.pop_due(START + 20_000)) == 3
