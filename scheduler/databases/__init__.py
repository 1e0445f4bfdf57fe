"""The few statements whose form depends on the database, behind one protocol."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Protocol

from django.db import connection

from scheduler.values import Claimed, Finished, Settled


class Database(Protocol):
    """Call claim and finish inside one transaction, or finish_and_claim and claim_alone outside of any."""

    def claim(
        self,
        *,
        kinds: Sequence[str],
        limit: int,
        worker_id: int | None,
        now: datetime,
        batch_of: str = "",
        suspects: bool = False,
    ) -> list[Claimed]:
        """Takes the first due of the ready jobs; if it is of the kind `batch_of`, up to `limit` of that
        kind. Those that crashed a worker before (suspects) are taken when asked for, and only then."""

    def claim_alone(
        self,
        *,
        kinds: Sequence[str],
        limit: int,
        worker_id: int | None,
        now: datetime,
        batch_of: str = "",
    ) -> tuple[list[Claimed], bool]:
        """A claim that is a transaction of its own, and whether it left any that is ready."""

    def heads(self, kinds: Sequence[str]) -> list[str]:
        """Those of the kinds that have a ready job, the one whose first is due first in front."""

    def finish(self, settled: Sequence[Settled], *, now: datetime) -> list[Finished]:
        """Writes how attempts ended, and releases the children of those that are done.

        What somebody asked to cancel does not go back to wait: it is cancelled, for the reason they gave."""

    def finish_and_claim(
        self,
        settled: Sequence[Settled],
        *,
        kinds: Sequence[str],
        limit: int,
        worker_id: int | None,
        now: datetime,
        batch_of: str = "",
    ) -> tuple[list[Claimed], bool]:
        """Both, as a transaction of its own, of jobs that are still plain in the table. Children it
        releases may be left for the next claim. False: some were not finished, and must be settled the long way."""

    def look_again(self) -> None:
        """Tells the planner that many rows came at once. Call outside of a transaction."""

    def release_due(self, *, now: datetime, limit: int) -> int:
        """Makes waiting jobs ready whose time has come. Answers how many."""


def database() -> Database:
    return _of(connection.vendor)


@cache
def _of(vendor: str) -> Database:
    # Here, because each brings its driver: one process on SQLite loads none of PostgreSQL's.
    if vendor == "postgresql":
        from scheduler.databases.postgresql import PostgreSQL

        return PostgreSQL()
    from scheduler.databases.sqlite import SQLite

    return SQLite()
