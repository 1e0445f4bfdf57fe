"""The few statements whose form depends on the database, behind one protocol."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Protocol

from django.db import connection

from scheduler.values import Claimed, Finished, Settled, Wanted


class Database(Protocol):
    """Call claim and finish inside one transaction, or finish_and_claim and claim_alone outside of any."""

    def claim(
        self, wanted: Wanted, kinds: Sequence[str], *, suspects: bool = False
    ) -> list[Claimed]:
        """Takes of these kinds what is wanted. Jobs that crashed a worker before (suspects) are taken when
        asked for, and only then."""

    def claim_alone(self, wanted: Wanted, kinds: Sequence[str]) -> tuple[list[Claimed], bool]:
        """A claim that is a transaction of its own, and whether it left any that is ready."""

    def heads(self, kinds: Sequence[str]) -> list[str]:
        """Those of the kinds that have a ready job, the one whose first is due first in front."""

    def finish(self, settled: Sequence[Settled], *, now: datetime) -> list[Finished]:
        """Writes how attempts ended, and releases the children of those that are done.

        What somebody asked to cancel does not go back to wait: it is cancelled, for the reason they gave."""

    def finish_and_claim(
        self, settled: Sequence[Settled], wanted: Wanted, kinds: Sequence[str]
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
