"""What the database refuses must not keep a job running for ever, nor take its batch along."""

from dataclasses import replace

import pytest

from scheduler import clock
from scheduler.enqueue import enqueue
from scheduler.execute import Bench, finish_and_claim
from scheduler.models import Attempt, Job
from scheduler.outcomes import Done
from scheduler.runners import ThreadRunner
from scheduler.verdict import Ending, settle

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_refused_result_is_a_dead_letter_that_says_so() -> None:
    job = enqueue("probe.noop", {})
    bench = Bench(ThreadRunner())
    [claimed] = finish_and_claim(bench, [])
    settled = settle(Ending(claimed, Done(), clock.now()), backoff=(), chance=0.5)
    finish_and_claim(bench, [replace(settled, result="\x00")])
    job = Job.objects.get(pk=job.pk)
    assert (job.state, job.reason) == ("dead", "What it answered could not be stored.")
    assert Attempt.objects.get(job_id=job.pk).ended == "dead"
