"""What happens along the edges when a job ends other than well, and what that makes of its workflow.

The common case, a parent that succeeded, is part of the finish statement. Here are the others:
children that can no longer run, children that run because of a death, replays, and the workflow's state.
Call everything here in the transaction that changed the jobs.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Count, F, Q, Value
from django.db.models.functions import Greatest

from scheduler.counters import Move, count_moves
from scheduler.models import Edge, Job, WorkflowRun
from scheduler.priorities import sort_key
from scheduler.states import FINAL, OPEN, EdgeCondition, JobState, WorkflowState
from scheduler.values import Finished

_REACHED: Final = """
with recursive passed (id) as (
    select id from scheduler_job where id in ({seeds})
    union
    select child.id from passed join scheduler_edge edge on edge.parent_id = passed.id
    join scheduler_job child on child.id = edge.child_id where {through})
select child.id, max(case when {through} then 1 else 0 end)
from passed join scheduler_edge edge on edge.parent_id = passed.id
join scheduler_job child on child.id = edge.child_id group by child.id
"""
_GIVE_REASONS: Final = """
with given (id, reason) as (values {rows})
update scheduler_job set reason = given.reason from given where scheduler_job.id = given.id
"""
_CANCELLED_ALONG: Final = "child.state = 'waiting' and edge.condition <> 'settled'"
_REVIVED_ALONG: Final = "child.is_blocked"
_ROWS_AT_ONCE: Final = 2_000


def follow(finished: Iterable[Finished], *, now: datetime) -> None:
    """Settles the edges that the finish statement left, then the workflows concerned."""
    final = [one for one in finished if one.state.is_final and one.workflow_id is not None]
    died = [one.id for one in final if one.state is not JobState.DONE]
    done_inner = [one.id for one in final if one.state is JobState.DONE and not one.is_leaf]
    moves: list[Move] = []
    touched = {
        one.workflow_id for one in final if not one.is_plain or one.state is not JobState.DONE
    }
    if done_inner:
        touched |= _skip_what_waited_for_a_death(done_inner, moves, now=now)
    if died:
        touched |= _settle_children(died, moves, now=now)
        _let_open_parents_end_it(died)
    if moves:
        count_moves(moves, now=now)
    if touched:
        settle_workflows({run for run in touched if run is not None}, now=now)


def hold_around(jobs: Sequence[int], *, done: Sequence[int] = ()) -> None:
    """Locks what changes when these end other than well: themselves, their children, the children of those that
    are cancelled with them, and the open parents of all that is cancelled. Of those that are `done`, only what waits
    for their death is cancelled: the rest of what follows them is not searched.

    In id order and at once. Two that end at the same time, each taking these locks as it came to them, would
    wait for each other. So would a replay, which opens children that were cancelled: those are locked too.
    """
    if not jobs and not done:
        return
    below = Edge.objects.filter(parent_id__in=done)
    in_vain = below.filter(condition=EdgeCondition.DIED, child__state=JobState.WAITING)
    skipped = set(in_vain.values_list("child_id", flat=True))
    children, cancelled = _reached(skipped.union(jobs), through=_CANCELLED_ALONG)
    cancelled |= skipped
    children |= {*done, *below.values_list("child_id", flat=True)}
    concerned = children.union(jobs, _plain_parents(cancelled.union(jobs)))
    held = Job.objects.select_for_update(no_key=True).filter(pk__in=concerned)
    list(held.order_by("pk").values_list("pk"))


def cancel_jobs(jobs: Iterable[int], *, reason: str, now: datetime) -> int:
    """Cancels what waits or is ready, and asks what runs to stop. Answers how many it concerned."""
    ids = list(jobs)
    hold_around(ids)
    held = [job for job in _locked(ids) if job.state in OPEN]
    running = [job.pk for job in held if job.state == JobState.RUNNING]
    Job.objects.filter(pk__in=running).update(cancel_requested=True, reason=reason)
    moves: list[Move] = []
    stopped = [job for job in held if job.state != JobState.RUNNING]
    _cancel(stopped, moves, reason=reason, is_blocked=False, now=now)
    count_moves(moves, now=now)
    ended = [
        Finished(job.pk, JobState.CANCELLED, job.workflow_id, job.is_leaf, job.is_plain)
        for job in stopped
    ]
    follow(ended, now=now)
    return len(held)


def _let_open_parents_end_it(cancelled: Iterable[int]) -> None:
    """Who still runs above a cancelled step may now be the last of the workflow, and must look."""
    Job.objects.filter(pk__in=_plain_parents(cancelled)).update(is_plain=False)


def _plain_parents(jobs: Iterable[int]) -> list[int]:
    """Those still open, which would end without a look at the workflow."""
    edges = Edge.objects.filter(
        child_id__in=list(jobs), parent__state__in=OPEN, parent__is_plain=True
    )
    return list(edges.values_list("parent_id", flat=True))


def revive(job: Job, *, now: datetime) -> None:
    """Opens a dead job again, and with it the descendants that were cancelled because of it alone.

    The caller holds the job's lock. Descendants that ran all the same (they waited for it to settle) stay; so
    any job opened again may be the last of its workflow to end, and must look.
    """
    _locked(_reached([job.pk], through=_REVIVED_ALONG)[0])  # all at once, in id order
    moves: list[Move] = []
    reopened = [job]
    while reopened:
        _reopen(reopened, moves, now=now)
        children = Edge.objects.filter(parent__in=reopened).values_list("child_id", flat=True)
        held = _locked(children)
        _wait_again([child for child in held if child.state in OPEN], moves)
        broken = _broken(held)
        reopened = [child for child in held if child.is_blocked and child.pk not in broken]
    count_moves(moves, now=now)
    if job.workflow_id is not None:
        WorkflowRun.objects.filter(pk=job.workflow_id).update(
            state=WorkflowState.RUNNING, finished_at=None
        )


def _wait_again(children: Sequence[Job], moves: list[Move]) -> None:
    """Counts their open parents anew; what was ready, and had not begun, waits for the replayed one. What runs
    goes on, and waits for it should it have to run once more."""
    unmet = _open_parents(children)
    alike: dict[tuple[int, str], list[int]] = defaultdict(list)
    for child in children:
        state = child.state
        if unmet[child.pk] and state == JobState.READY:
            moves.append(Move(child.kind, child.scope, JobState.READY, JobState.WAITING))
            state = JobState.WAITING
        alike[unmet[child.pk], state].append(child.pk)
    for (count, state), ids in alike.items():
        Job.objects.filter(pk__in=ids).update(unmet=count, state=state)


def _open_parents(jobs: Sequence[Job]) -> Counter[int]:
    edges = Edge.objects.filter(child__in=jobs, parent__state__in=OPEN)
    return Counter(edges.values_list("child_id", flat=True))


def _broken(jobs: Sequence[Job]) -> set[int]:
    """Those that a parent which has ended keeps from running."""
    edges = Edge.objects.filter(child__in=jobs, parent__state__in=FINAL)
    ended = edges.values_list("child_id", "condition", "parent__state")
    return {
        child
        for child, condition, state in ended
        if not EdgeCondition(condition).is_met_by(JobState(state))
    }


def settle_workflows(runs: Iterable[int], *, now: datetime) -> None:
    """Derives the state of each of these workflows, if nothing of it is open any more.

    The row is locked first: of two last steps that end at once, the later then sees the earlier.
    """
    perhaps_over = [run for run in sorted(runs) if not _goes_on(run)]
    held = WorkflowRun.objects.select_for_update(no_key=True).filter(pk__in=perhaps_over)
    for run in list(held.order_by("pk")):
        if Job.objects.filter(workflow_id=run.pk, state__in=OPEN).exists():
            continue
        run.state = _state_of(run)
        run.finished_at = now
        run.save(update_fields=["state", "finished_at"])


def _goes_on(run: int) -> bool:
    """Whether a step is still to begin. It is held until the commit, so that whoever ends it later sees what
    is being written here, and looks in our stead: many last steps do not queue up for the workflow's row.
    Nobody is waited for; and none that waits for its time, which the timers would pass over.
    """
    to_begin = Q(state=JobState.READY) | Q(state=JobState.WAITING, unmet__gt=0)
    steps = Job.objects.filter(to_begin, workflow_id=run, state__in=OPEN)
    held = steps.select_for_update(no_key=True, skip_locked=True)
    return bool(held.values_list("pk")[:1])


def _state_of(run: WorkflowRun) -> WorkflowState:
    tally = Job.objects.filter(workflow_id=run.pk).aggregate(
        dead=Count("pk", filter=Q(state=JobState.DEAD)),
        stopped=Count("pk", filter=Q(state=JobState.CANCELLED, is_blocked=False)),
        last_steps_done=Count("pk", filter=Q(state=JobState.DONE, is_leaf=True)),
    )
    if tally["dead"]:
        return WorkflowState.PARTLY_FAILED if tally["last_steps_done"] else WorkflowState.FAILED
    if run.cancel_reason or (tally["stopped"] and not tally["last_steps_done"]):
        return WorkflowState.CANCELLED
    return WorkflowState.DONE


def _skip_what_waited_for_a_death(
    parents: Sequence[int], moves: list[Move], *, now: datetime
) -> set[int | None]:
    edges = Edge.objects.filter(parent_id__in=parents, condition=EdgeCondition.DIED)
    children = Counter(edges.values_list("child_id", flat=True))
    if not children:
        return set()
    held = _locked(children)
    skipped = [child for child in held if child.state == JobState.WAITING]
    running = [child for child in held if child.state == JobState.RUNNING]
    meet(running, children, moves, now=now)
    reason = "What it was to make good went well."
    _cancel(skipped, moves, reason=reason, is_blocked=True, now=now)
    _let_open_parents_end_it([child.pk for child in skipped])
    deeper = _settle_children([child.pk for child in skipped], moves, now=now)
    return {child.workflow_id for child in skipped} | deeper


def _settle_children(
    parents: Sequence[int], moves: list[Move], *, now: datetime
) -> set[int | None]:
    """Settles the edges below parents that ended without success. All that may follow is read at once and written
    at once: a chain of a thousand is settled by as many statements as one step."""
    held, within = _held_below(parents)
    jobs = held | {job.pk: job for job in Job.objects.filter(pk__in=parents)}
    below: dict[int, list[tuple[int, EdgeCondition]]] = defaultdict(list)
    edges = Edge.objects.filter(parent_id__in=within.union(parents))
    for parent, child, condition in edges.values_list("parent_id", "child_id", "condition"):
        below[parent].append((child, EdgeCondition(condition)))
    ended = {job: JobState(jobs[job].state) for job in parents}
    why: dict[int, str] = {}
    met: Counter[int] = Counter()
    to_follow = list(parents)
    for parent in to_follow:  # grows as steps are cancelled
        for child, condition in below[parent]:
            state = held[child].state
            if state == JobState.WAITING and not condition.is_met_by(ended[parent]):
                if child not in ended:
                    ended[child], why[child] = JobState.CANCELLED, _why(jobs[parent], ended[parent])
                    to_follow.append(child)
            elif state in (JobState.WAITING, JobState.RUNNING):  # runs: a parent was replayed
                met[child] += 1
    meet([held[child] for child in met if child not in ended], met, moves, now=now)
    _cancel([held[child] for child in why], moves, reason="", is_blocked=True, now=now)
    if why:
        _give_reasons(why)
        _let_open_parents_end_it(why)
    return {held[child].workflow_id for child in why}


def _held_below(parents: Sequence[int]) -> tuple[dict[int, Job], set[int]]:
    """Their children and all that may be cancelled with these, locked; and which of it may be cancelled.

    Looked for again once it is held: a replay that was waited for has opened more.
    """
    held: dict[int, Job] = {}
    while True:
        children, within = _reached(parents, through=_CANCELLED_ALONG)
        if children <= held.keys():
            return held, within
        held |= {child.pk: child for child in _locked(children - held.keys())}


def _why(parent: Job, state: JobState) -> str:
    return f"{parent.step or parent.kind} is {state.label.lower()}."


def _give_reasons(reasons: Mapping[int, str]) -> None:
    """Each job its own, by one statement for many."""
    rows = list(reasons.items())
    for begin in range(0, len(rows), _ROWS_AT_ONCE):
        some = rows[begin : begin + _ROWS_AT_ONCE]
        with connection.cursor() as cursor:
            cursor.execute(
                _GIVE_REASONS.format(rows=", ".join(["(%s, %s)"] * len(some))),
                [value for row in some for value in row],
            )


def meet(
    children: Sequence[Job], met: Mapping[int, int], moves: list[Move], *, now: datetime
) -> None:
    """Takes off so many of the parents that each of them waits for. The caller holds their locks.

    Those that are alike together: of a wide workflow, ten thousand may follow one.
    """
    alike: dict[tuple[int, bool, int], list[int]] = defaultdict(list)
    for child in children:
        count = met[child.pk]
        is_last = child.state == JobState.WAITING and child.unmet == count
        is_ready = is_last and (child.attempt == 0 or child.due_at <= now)
        if is_ready:
            moves.append(Move(child.kind, child.scope, JobState.WAITING, JobState.READY))
        alike[count, is_ready, child.priority].append(child.pk)
    for (count, is_ready, priority), ids in alike.items():
        rows = Job.objects.filter(pk__in=ids)
        if not is_ready:
            rows.update(unmet=F("unmet") - count)
            continue
        rows.update(
            unmet=F("unmet") - count,
            state=JobState.READY,
            due_at=now,
            sort_key=Greatest("sort_key", Value(sort_key(due_at=now, priority=priority))),
        )


def _cancel(
    jobs: Sequence[Job], moves: list[Move], *, reason: str, is_blocked: bool, now: datetime
) -> None:
    moves += (Move(job.kind, job.scope, JobState(job.state), JobState.CANCELLED) for job in jobs)
    Job.objects.filter(pk__in=[job.pk for job in jobs]).update(
        state=JobState.CANCELLED, is_blocked=is_blocked, reason=reason, finished_at=now
    )


def _reopen(jobs: Sequence[Job], moves: list[Move], *, now: datetime) -> None:
    """Waiting for their open parents, or ready where there are none."""
    unmet = _open_parents(jobs)
    alike: dict[tuple[int, int], list[int]] = defaultdict(list)
    for job in jobs:
        state = JobState.WAITING if unmet[job.pk] else JobState.READY
        moves.append(Move(job.kind, job.scope, JobState(job.state), state))
        alike[unmet[job.pk], job.priority].append(job.pk)
    for (count, priority), ids in alike.items():
        Job.objects.filter(pk__in=ids).update(
            unmet=count,
            state=JobState.WAITING if count else JobState.READY,
            due_at=now,
            sort_key=sort_key(due_at=now, priority=priority),
            failures=0,
            crashes=0,
            snoozed_since=None,
            finished_at=None,
            told_at=None,
            discarded_at=None,
            is_blocked=False,
            cancel_requested=False,
            is_plain=False,
        )


def _reached(jobs: Iterable[int], *, through: str) -> tuple[set[int], set[int]]:
    """Their children, the children of those that are as said, and so on; and which of them are as said."""
    seeds = list(jobs)
    if not seeds:
        return set(), set()
    with connection.cursor() as cursor:
        cursor.execute(
            _REACHED.format(seeds=", ".join(["%s"] * len(seeds)), through=through), seeds
        )
        found = dict(cursor.fetchall())
    return set(found), {child for child, is_passed in found.items() if is_passed}


def _locked(jobs: Iterable[int]) -> list[Job]:
    """In id order, which is also the order along edges: whoever locks several, locks them so."""
    held = Job.objects.select_for_update(no_key=True).filter(pk__in=sorted(set(jobs)))
    return list(held.order_by("pk"))
