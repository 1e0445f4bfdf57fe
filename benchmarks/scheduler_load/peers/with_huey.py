"""Huey over Redis."""

import os
import time

from huey import RedisHuey
from stamps import stamp

huey = RedisHuey("peer", url=os.environ["REDIS_URL"], results=False)


@huey.task()
def noop(job=""):
    stamp(job)


@huey.task()
def work(job=""):
    stamp(f"{job} work")
    time.sleep(0.2)


def enqueue(count, task=noop):
    for job in range(count):
        task(job)
