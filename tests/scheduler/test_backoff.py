"""The delays before retries, as a table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.backoff import delay_before_retry

pytestmark = pytest.mark.portable


@pytest.mark.parametrize(
    ("failures", "chance", "wanted", "delay"),
    [
        (1, 0.5, None, 1.0),
        (2, 0.5, None, 5.0),
        (3, 0.5, None, 25.0),
        (4, 0.5, None, None),
        (1, 0.0, None, 0.8),
        (1, 1.0, None, 1.2),
        (3, 0.0, None, 20.0),
        (3, 1.0, None, 30.0),
        (1, 0.5, 90, 90.0),
        (1, 0.5, -1, 0.0),
        (4, 0.5, 90, None),
    ],
)
def test_the_delay(failures: int, chance: float, wanted: float | None, delay: float | None) -> None:
    got = delay_before_retry(
        failures=failures, backoff=(1.0, 5.0, 25.0), chance=chance, wanted=wanted
    )
    assert got == (delay if delay is None else pytest.approx(delay))


@given(chance=st.floats(0, 1), failures=st.integers(1, 3))
def test_it_stays_within_a_fifth_of_the_plan(chance: float, failures: int) -> None:
    plan = (1.0, 5.0, 25.0)
    delay = delay_before_retry(failures=failures, backoff=plan, chance=chance)
    assert delay is not None
    assert plan[failures - 1] * 0.8 <= delay <= plan[failures - 1] * 1.2 + 1e-9
