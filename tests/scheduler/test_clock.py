"""Whose clock counts."""

import time
from datetime import timedelta

import pytest
from django.db import connection

from scheduler import clock
from scheduler.enqueue import enqueue

pytestmark = pytest.mark.django_db


def test_who_asks_on_a_machine_that_slept_for_an_hour_queues_up_behind_nobody_and_before_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A web server has no heartbeat that would tell it the time, and monotonic clocks sleep, too."""
    clock.synchronise()
    before = clock.now()
    monkeypatch.setattr(
        clock, "_epoch_minus_monotonic", before.timestamp() - time.monotonic() - 3600
    )
    monkeypatch.setattr(clock, "_measured_at", time.monotonic() - 60)
    job = enqueue("probe.noop", {})
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        (after,) = cursor.fetchone()
    a_few_round_trips = timedelta(minutes=1)  # each measurement is off by up to half a round trip
    assert before - a_few_round_trips <= job.due_at <= after + a_few_round_trips
