"""Nudges through Redis, and what a slot does with more than fits its time."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from redis import Redis

from scheduler.enqueue import enqueue_many
from scheduler.execute import Bench, drain
from scheduler.models import Attempt, Job
from scheduler.runners import ThreadRunner
from scheduler.wakeup import QUEUE, CeleryMessage
from tests.servers import free_port


def test_nudges_are_one_message_while_nobody_took_it_and_expire(
    redis_url: str, settings: Any
) -> None:
    settings.CELERY_BROKER_URL = redis_url.rsplit("/", 1)[0] + "/9"
    redis: Any = Redis.from_url(settings.CELERY_BROKER_URL)
    redis.delete(QUEUE)
    carrier = CeleryMessage()
    assert [carrier.nudge() for _ in range(5)] == [True] * 5
    [message] = redis.lrange(QUEUE, 0, -1)
    expires = datetime.fromisoformat(json.loads(message)["headers"]["expires"])
    assert 0 < (expires - datetime.now(UTC)).total_seconds() <= 30
    redis.delete(QUEUE)
    assert carrier.nudge()
    assert redis.llen(QUEUE) == 1, "once it was taken, the next says so anew"
    redis.delete(QUEUE)


def test_a_broker_that_is_away_is_asked_once_a_second_and_harms_nobody(
    settings: Any,
) -> None:
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
    carrier = CeleryMessage()
    assert [carrier.nudge() for _ in range(3)] == [False] * 3


@pytest.mark.portable
@pytest.mark.django_db(transaction=True)
def test_a_batch_is_written_after_its_time_and_what_did_not_begin_goes_back_unspent() -> None:
    enqueue_many("probe.batched_slow", ({"seconds": 0.15} for _ in range(6)))
    bench = Bench(ThreadRunner(), last_kind="probe.batched_slow")
    bench.learn("probe.batched_slow", 0.001)
    drain(bench)
    connection.close()
    assert set(Job.objects.values_list("state", "failures", "crashes")) == {("done", 0, 0)}
    assert Attempt.objects.count() == 6, "what never began leaves no trace"
    again = Job.objects.filter(attempt__gt=1).count()
    assert 0 < again < 6
