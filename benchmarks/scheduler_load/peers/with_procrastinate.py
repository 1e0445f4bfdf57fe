"""Procrastinate on PostgreSQL."""

import os
import time

from procrastinate import App, PsycopgConnector
from stamps import stamp

app = App(connector=PsycopgConnector(conninfo=os.environ["DATABASE_URL"]))


@app.task
def noop(job=""):
    stamp(job)


@app.task
def work(job=""):
    stamp(f"{job} work")
    time.sleep(0.2)


def ask(job):
    noop.defer(job=job)


def enqueue(count, task=noop):
    with app.open():
        for job in range(count):
            task.defer(job=job)
