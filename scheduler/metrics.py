"""The scheduler's figures for Prometheus, read from the counters when somebody asks."""

from collections.abc import Iterator

from django.db import DatabaseError
from prometheus_client.core import REGISTRY, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from scheduler import clock
from scheduler.figures import look


class SchedulerCollector(Collector):
    """A few small queries per scrape; nothing is kept in the process."""

    def collect(self) -> Iterator[Metric]:
        try:
            figures = look(now=clock.now())
        except DatabaseError:
            return  # other metrics must still be read while the database is away
        jobs = GaugeMetricFamily(
            "scheduler_jobs", "Jobs by kind and state", labels=["kind", "state"]
        )
        for kind in figures.kinds:
            for state, count in kind.counts.items():
                jobs.add_metric([kind.kind, state], count)
        yield jobs
        waits = GaugeMetricFamily(
            "scheduler_wait_seconds", "Wait until start, the last five minutes", labels=["quantile"]
        )
        for name, milliseconds in figures.waits_ms.items():
            waits.add_metric([name], milliseconds / 1000)
        yield waits
        oldest = figures.oldest_ready
        age = max(0.0, (figures.at - oldest).total_seconds()) if oldest else 0.0
        for name, help_text, value in (
            ("scheduler_oldest_ready_seconds", "Age of the first ready job", age),
            ("scheduler_attempts_per_second", "The last five minutes", figures.per_second),
            ("scheduler_workers", "Workers alive", figures.workers),
            ("scheduler_slots", "Their slots", figures.slots),
            ("scheduler_starving", "1 when a job waited past its bound", figures.is_starving),
        ):
            yield GaugeMetricFamily(name, help_text, value=float(value))

    def describe(self) -> list[Metric]:
        return []  # without it, registering would ask the database at start-up


def register_metrics() -> None:
    REGISTRY.register(SchedulerCollector())
