"""Procrastinate on PostgreSQL."""

import os
import time

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from stamps import stamp

app = App(connector=PsycopgConnector(conninfo=os.environ["DATABASE_URL"]))


@app.task
def noop(job=""):
    stamp(job)


@app.task
def work(job=""):
    stamp(job)
    time.sleep(0.2)


def enqueue(count, task=noop):
    with app.replace_connector(
        SyncPsycopgConnector(conninfo=os.environ["DATABASE_URL"])
    ).open() as opened:
        for job in range(count):
            opened.configure_task(f"with_procrastinate.{task.__name__}").defer(job=job)
