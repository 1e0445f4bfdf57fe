"""RQ over Redis, with its SimpleWorker (its default forks for each job, and is ten times slower)."""

import os
import time

from redis import Redis
from rq import Queue
from stamps import stamp


def noop(job=""):
    stamp(job)


def work(job=""):
    stamp(f"{job} work")
    time.sleep(0.2)


def enqueue(count, task=noop):
    queue = Queue(connection=Redis.from_url(os.environ["REDIS_URL"]))
    for job in range(count):
        queue.enqueue(f"with_rq.{task.__name__}", job)
