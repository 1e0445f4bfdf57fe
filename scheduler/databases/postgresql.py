"""PostgreSQL: claim and finish are one statement each."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Final

import psycopg
from django.conf import settings
from django.db import connection
from psycopg.rows import tuple_row

from scheduler.counters import bucket_of
from scheduler.priorities import HANDICAP, Priority, sort_key
from scheduler.states import JobState
from scheduler.values import Claimed, Finished, Settled, Wanted

_BATCH_AT_MOST: Final = 50  # one form of the statement for all ordinary batches

# The CTE fences the rows in: as a sub-select of the update, the planner may run it more than once and
# take more than the limit. Of several rows, those of the first one's kind are kept; and only the first, if
# the limit is that of another kind.
_CLAIM: Final = """
head as materialized (
    select id, kind, sort_key from scheduler_job
    where state = 'ready' and {chosen} and {fate}
    order by sort_key, id limit %(limit)s
    for no key update skip locked),
pick as (
    select id from (select id, kind, first_value(kind) over (order by sort_key, id) as first_kind,
                           row_number() over (order by sort_key, id) as place
                    from head) ranked
    where kind = first_kind and (place = 1 or kind = %(batch_of)s)),
taken as (
    update scheduler_job job
    set state = 'running', attempt = attempt + 1, worker_id = %(worker_id)s, started_at = %(now)s
    from pick where job.id = pick.id
    returning job.id, attempt, kind, payload::text, scope, priority, failures, crashes, snoozed_since,
              workflow_id, step, fan_in, is_leaf, is_plain, due_at, started_at, sort_key),
counted_taken as (
    insert into scheduler_delta (at, kind, scope, waiting, ready, running, done, dead, cancelled,
                                 failed, bucket, ended, ran_ms)
    select %(now)s, kind, scope, 0, -count(*), count(*), 0, 0, 0, 0, -1, 0, 0 from taken
    group by kind, scope)"""
_TAKEN: Final = "select * from taken order by sort_key, id"
_TAKEN_AND_MORE: Final = (
    "select exists (select from scheduler_job where state = 'ready' and id not in (select id from pick)), taken.* "
    "from taken order by sort_key, id"
)
_TAKEN_AND_ENDED: Final = (
    "select (select count(*)::int from ended), taken.* from (select 1) once left join taken on true "
    "order by sort_key, id"
)

# A look at the head of each kind's own queue: what is ready of a paused kind is not walked over.
_HEADS: Final = """
select chosen.kind from unnest(%(kinds)s::text[]) chosen(kind) cross join lateral (
    select sort_key from scheduler_job where state = 'ready' and kind = chosen.kind
    order by sort_key limit 1) head
order by head.sort_key
"""

# The limit is for the planner, which takes a function to answer a hundred rows and would read whole tables.
# Children are locked in id order, and several parents in one batch are counted: no deadlock, no
# lost decrement. What each child is by now is asked in the assignments, which see the row as locked; a condition
# would see it as it was when the statement began. Only the success of parents is settled here; what else may happen to
# an edge is rare, and told in graph.py.
_FINISH: Final = """
given as materialized (
    select * from json_to_recordset(%(settled)s::json) as given (
        id bigint, attempt int, state text, ended text, started_at timestamptz,
        finished_at timestamptz, waited_ms int, bucket int, ran_ms bigint, reason text,
        traceback text, result jsonb, due_at timestamptz, sort_key bigint, spent int, crashed int,
        snoozed_since timestamptz, final boolean)
    limit {at_most}),{own}
ended as (
    update scheduler_job job
    set state = case when given.state in ('waiting', 'ready') and job.cancel_requested
                          then 'cancelled'
                     when given.state = 'ready' and job.unmet > 0 then 'waiting'
                     else given.state end,
        due_at = coalesce(given.due_at, job.due_at),
        sort_key = coalesce(given.sort_key, job.sort_key), failures = job.failures + given.spent,
        crashes = job.crashes + given.crashed, snoozed_since = given.snoozed_since,
        result = given.result,
        reason = case when given.state in ('waiting', 'ready', 'cancelled') and job.cancel_requested
                      then job.reason else given.reason end,
        finished_at = case when given.final or job.cancel_requested then given.finished_at end
    from given{joined}
    where job.id = given.id and job.attempt = given.attempt and job.state = 'running' {which}
    returning job.id, job.kind, job.scope, job.state, job.workflow_id, job.is_leaf, job.is_plain,
              job.worker_id),
kept as (
    insert into scheduler_attempt (job_id, number, ended, reason, traceback, worker_id, started_at,
                                   finished_at, waited_ms)
    select id, given.attempt,
           case when ended.state = 'cancelled' then 'cancelled' else given.ended end,
           given.reason, given.traceback, ended.worker_id,
           given.started_at, given.finished_at, given.waited_ms
    from ended join given using (id) where given.ended is not null),
hit as materialized (
    select edge.child_id, count(*)::int as met
    from scheduler_edge edge join ended on ended.id = edge.parent_id
    where ended.state = 'done' and edge.condition <> 'died'
    group by edge.child_id order by edge.child_id),
held as materialized (
    select job.id, hit.met from hit cross join lateral (
        select id from scheduler_job where id = hit.child_id for no key update) job),
released as (
    update scheduler_job job
    set unmet = case when job.state in ('waiting', 'running') then job.unmet - held.met
                     else job.unmet end,
        state = case when {is_last} then 'ready' else job.state end,
        due_at = case when {is_last} then %(now)s else job.due_at end,
        sort_key = case when {is_last}
                        then greatest(job.sort_key, %(now_key)s + job.priority * {handicap}) + {scatter}
                        else job.sort_key end
    from held where job.id = held.id
    returning job.id, job.kind, job.scope, job.state, job.unmet),
counted as (
    insert into scheduler_delta (at, kind, scope, waiting, ready, running, done, dead, cancelled,
                                 failed, bucket, ended, ran_ms)
    select %(now)s, kind, scope, sum(waiting), sum(ready), sum(running), sum(done), sum(dead),
           sum(cancelled), sum(failed), bucket, sum(ended), sum(ran_ms)
    from (
        select ended.kind, ended.scope, (ended.state = 'waiting')::int as waiting,
               (ended.state = 'ready')::int as ready, -1 as running,
               (ended.state = 'done')::int as done, (ended.state = 'dead')::int as dead,
               (ended.state = 'cancelled')::int as cancelled,
               (given.spent + given.crashed > 0)::int as failed, given.bucket,
               (given.ended is not null)::int as ended, given.ran_ms
        from ended join given using (id)
        union all
        select kind, scope, -1, 1, 0, 0, 0, 0, 0, -1, 0, 0 from released
        where state = 'ready' and unmet = 0) moves
    group by kind, scope, bucket)"""
# Of several, each locks its row in id order before it is changed: to join the two, the planner may read the table in
# its own order, and a cancellation that has the first of them would be waited for with the second in hand.
_OWN: Final = """
own as materialized (
    select given.id from given cross join lateral (
        select id from scheduler_job where id = given.id for no key update) job),"""
# Only the last parent moves when the child is due: were the first to, then the last, which may have looked at the clock
# before it waited for the lock, would take the child for one of the future, and leave it to the timers. One that
# never ran is due whatever the clock says: set back by an hour, it would hold up the step for that long.
_IS_LAST: Final = (
    "job.state = 'waiting' and job.unmet = held.met and (job.attempt = 0 or job.due_at <= %(now)s)"
)
# Neighbours in a layer have children in common. Two slots that ran them side by side would wait for each other's
# commit at every job; so those that become ready one by one line up as if shuffled, by less than a person
# notices. Of a batch it is the other way round: the more children its jobs have in common, the less is written.
_SCATTER: Final = "job.id * 41 %% 64 * 1000"
_ENDED: Final = "select id, state, workflow_id, is_leaf, is_plain from ended"

_RELEASE_DUE: Final = """
with due as materialized (
    select id from scheduler_job
    where state = 'waiting' and unmet = 0 and due_at <= %(now)s
    order by due_at limit %(limit)s for no key update skip locked),
released as (
    update scheduler_job job set state = 'ready' from due where job.id = due.id
    returning kind, scope),
counted as (
    insert into scheduler_delta (at, kind, scope, waiting, ready, running, done, dead, cancelled,
                                 failed, bucket, ended, ran_ms)
    select %(now)s, kind, scope, -count(*), count(*), 0, 0, 0, 0, 0, -1, 0, 0
    from released group by kind, scope)
select count(*) from released
"""


@dataclass(frozen=True)
class PostgreSQL:
    """See the protocol in this package's face."""

    def claim(
        self, wanted: Wanted, kinds: Sequence[str], *, suspects: bool = False
    ) -> list[Claimed]:
        sql, params = _claim_of(wanted, kinds, suspects=suspects)
        return [_claimed(row) for row in _rows(f"with {sql} {_TAKEN}", params)]

    def claim_alone(self, wanted: Wanted, kinds: Sequence[str]) -> tuple[list[Claimed], bool]:
        """One statement, which is its own transaction: one way to the server and back."""
        sql, params = _claim_of(wanted, kinds)
        rows = _rows(f"with {sql} {_TAKEN_AND_MORE}", params)
        return [_claimed(row[1:]) for row in rows], bool(rows) and bool(rows[0][0])

    def finish_and_claim(
        self, settled: Sequence[Settled], wanted: Wanted, kinds: Sequence[str]
    ) -> tuple[list[Claimed], bool]:
        """Both in one statement, which is its own transaction: one way to the server and back."""
        sql, params = _claim_of(wanted, kinds)
        params |= _finish_params(settled, now=wanted.now)
        finish = _finish_of(settled, plain_only=True)
        rows = _rows(f"with {finish}, {sql} {_TAKEN_AND_ENDED}", params)
        claimed = [_claimed(row[1:]) for row in rows if row[1] is not None]
        return claimed, rows[0][0] == len(settled)

    def heads(self, kinds: Sequence[str]) -> list[str]:
        return [kind for (kind,) in _rows(_HEADS, {"kinds": list(kinds)})]

    def finish(self, settled: Sequence[Settled], *, now: datetime) -> list[Finished]:
        params = _finish_params(settled, now=now)
        rows = _rows(f"with {_finish_of(settled)} {_ENDED}", params)
        return [Finished(id_, JobState(state), *others) for id_, state, *others in rows]

    def look_again(self) -> None:
        """After many rows came at once: the planner still believes what it knew before, and would
        read the whole table for each job."""
        with connection.cursor() as cursor:
            cursor.execute("analyze scheduler_job, scheduler_edge")

    def release_due(self, *, now: datetime, limit: int) -> int:
        [(count,)] = _rows(_RELEASE_DUE, {"now": now, "limit": limit})
        return int(count)


def _claim_of(
    wanted: Wanted, kinds: Sequence[str], *, suspects: bool = False
) -> tuple[str, dict[str, Any]]:
    """One kind has an index of its own queue."""
    one = len(kinds) == 1
    sql = _CLAIM.format(
        chosen="kind = %(kinds)s" if one else "kind = any(%(kinds)s)",
        fate="crashes > 0" if suspects else "crashes = 0",
    )
    return sql, {
        "kinds": kinds[0] if one else list(kinds),
        "limit": wanted.limit,
        "batch_of": wanted.batch_of,
        "worker_id": wanted.worker_id,
        "now": wanted.now,
    }


def _finish_of(settled: Sequence[Settled], *, plain_only: bool = False) -> str:
    is_one = len(settled) == 1
    return _FINISH.format(
        at_most=1 if is_one else max(_BATCH_AT_MOST, len(settled)),
        scatter=_SCATTER if is_one else "0",
        own="" if is_one else _OWN,
        joined="" if is_one else " join own using (id)",
        which="and job.is_plain" if plain_only else "",
        handicap=HANDICAP // timedelta(microseconds=1),
        is_last=_IS_LAST,
    )


def _finish_params(settled: Sequence[Settled], *, now: datetime) -> dict[str, Any]:
    return {
        "settled": json.dumps([_as_record(one) for one in sorted(settled, key=attrgetter("id"))]),
        "now": now,
        "now_key": sort_key(due_at=now, priority=Priority.NORMAL),
    }


def _rows(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Prepared on the server: planning these statements takes longer than carrying them out."""
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    is_prepared = getattr(settings, "SCHEDULER_PREPARED_STATEMENTS", True)
    if is_prepared and raw.prepare_threshold is None:
        raw.prepare_threshold = 5  # Django's own cursors bind on the client and never prepare
    with connection.wrap_database_errors, psycopg.Cursor(raw, row_factory=tuple_row) as cursor:
        return cursor.execute(sql, params, prepare=is_prepared).fetchall()


def _claimed(row: tuple[Any, ...]) -> Claimed:
    id_, attempt, kind, payload, *others = row
    return Claimed(id_, attempt, kind, json.loads(payload), *others[:12])


def _as_record(one: Settled) -> dict[str, object]:
    return {
        "id": one.id,
        "attempt": one.attempt,
        "state": one.state.value,
        "ended": one.ended.value if one.ended else None,
        "started_at": one.started_at.isoformat(),
        "finished_at": one.finished_at.isoformat(),
        "waited_ms": one.waited_ms,
        "bucket": bucket_of(one.waited_ms) if one.ended else -1,
        "ran_ms": one.ran_ms,
        "reason": one.reason,
        "traceback": one.traceback,
        "result": one.result,
        "due_at": one.due_at.isoformat() if one.due_at else None,
        "sort_key": one.sort_key,
        "spent": one.spent,
        "crashed": one.crashed,
        "snoozed_since": one.snoozed_since.isoformat() if one.snoozed_since else None,
        "final": one.state.is_final,
    }
