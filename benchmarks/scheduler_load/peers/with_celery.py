"""Celery over Redis, as its documentation sets it up. PEER_RESULTS keeps results in Redis too."""

import os
import time
from pathlib import Path

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
    stamp(job)
    time.sleep(0.2)


def enqueue(count, task=noop):
    for job in range(count):
        task.delay(job)


def one_by_one(count):
    """For the calibration of latencies: asks, waits until it started, asks again. Prints milliseconds."""
    stamps = Path(os.environ["STAMPS"])
    for job in range(count + 20):
        asked = time.time()
        noop.delay(job)
        while not stamps.exists() or stamps.read_text().count("\n") <= job:
            time.sleep(0.001)
        started = float(stamps.read_text().split("\n")[job].split()[0])
        if job >= 20:
            print((started - asked) * 1000)
        time.sleep(0.02)
