"""Celery over Redis, as its documentation sets it up. PEER_RESULTS keeps results in Redis too."""

import os
import time

from celery import Celery  # runs in the peers' own environment
from stamps import stamp

url = os.environ["REDIS_URL"]
app = Celery("peer", broker=url, backend=url if os.environ.get("PEER_RESULTS") else None)
app.conf.update(task_ignore_result=not os.environ.get("PEER_RESULTS"))


@app.task
def noop(job=""):
    stamp(job)


@app.task
def work(job=""):
    stamp(f"{job} work")
    time.sleep(0.2)


def enqueue(count, task=noop):
    for job in range(count):
        task.delay(job)


def ask(job):
    noop.delay(job)
