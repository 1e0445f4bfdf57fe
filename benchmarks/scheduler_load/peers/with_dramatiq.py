"""Dramatiq over Redis."""

import os
import time

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from stamps import stamp

dramatiq.set_broker(RedisBroker(url=os.environ["REDIS_URL"]))


@dramatiq.actor
def noop(job=""):
    stamp(job)


@dramatiq.actor
def work(job=""):
    stamp(f"{job} work")
    time.sleep(0.2)


def ask(job):
    noop.send(job)


def enqueue(count, task=noop):
    for job in range(count):
        task.send(job)
