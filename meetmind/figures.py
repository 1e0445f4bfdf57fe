"""What Prometheus is told of this installation, gathered when it asks."""

from collections.abc import Callable, Iterator

from django.db import DatabaseError
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from scheduler.counters import live_counts


class HouseFigures(Collector):
    """Jobs by kind and state (the whole installation), sockets and requests (this process)."""

    def __init__(
        self,
        open_sockets: Callable[[], int],
        open_requests: Callable[[], int],
        open_tasks: Callable[[], int],
    ) -> None:
        self._open_sockets = open_sockets
        self._open_requests = open_requests
        self._open_tasks = open_tasks

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "meetmind_open_sockets", "WebSockets open in this process.", self._open_sockets()
        )
        yield GaugeMetricFamily(
            "meetmind_open_requests", "HTTP requests under way.", self._open_requests()
        )
        yield GaugeMetricFamily(
            "meetmind_open_tasks", "Tasks of the event loop that serves.", self._open_tasks()
        )
        jobs = GaugeMetricFamily(
            "meetmind_jobs", "Jobs by kind and state.", labels=["kind", "state"]
        )
        try:
            counts = live_counts()
        except DatabaseError:
            return  # /readyz says so; the figures of this process are still true
        for kind, states in sorted(counts.by_kind.items()):
            for state, count in states.items():
                jobs.add_metric([kind, state], count)
        yield jobs

    def describe(self) -> list[Metric]:
        return []  # registering must not ask the database


def register_figures(
    registry: CollectorRegistry,
    *,
    open_sockets: Callable[[], int],
    open_requests: Callable[[], int],
    open_tasks: Callable[[], int],
) -> None:
    registry.register(HouseFigures(open_sockets, open_requests, open_tasks))
