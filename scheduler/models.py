"""The tables of the scheduler. What the columns of Job mean together is told in states.py."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from scheduler.priorities import Priority
from scheduler.states import AttemptEnd, EdgeCondition, JobState, WorkflowState

_OPEN = ("waiting", "ready", "running")  # spelled out: these go into index conditions


class WorkflowRun(models.Model):
    """One start of a workflow. Its state is derived from its jobs when a last step settles."""

    name = models.CharField(max_length=100)
    scope = models.CharField(max_length=100, blank=True, default="")
    state = models.CharField(
        max_length=13, choices=WorkflowState.choices, default=WorkflowState.RUNNING
    )
    cancel_reason = models.CharField(max_length=300, blank=True, default="")
    idempotency_key = models.CharField(max_length=200, blank=True, default="")
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["scope", "-id"], name="scheduler_run_scope"),
            models.Index(fields=["finished_at"], name="scheduler_run_finished"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["scope", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="scheduler_run_idempotent",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"


class Job(models.Model):
    """One piece of work.

    `attempt` counts claims and is the fence: whoever writes about a running job names the attempt it
    holds. `failures` counts what the back-off counts, `crashes` the workers it took down with it.
    `due_at` is when it becomes, or became, ready. `unmet` is how many parents are still open.
    """

    kind = models.CharField(max_length=100)
    payload = models.JSONField(default=dict, blank=True)
    scope = models.CharField(max_length=100, blank=True, default="")
    priority = models.SmallIntegerField(default=Priority.NORMAL)
    sort_key = models.BigIntegerField()
    state = models.CharField(max_length=9, choices=JobState.choices)
    due_at = models.DateTimeField(default=timezone.now)
    unmet = models.IntegerField(default=0)
    fan_in = models.IntegerField(default=0)
    is_leaf = models.BooleanField(default=True)
    # Its success neither ends a workflow nor skips a step: all that follows is in the finish statement.
    is_plain = models.BooleanField(default=True)
    attempt = models.IntegerField(default=0)
    failures = models.SmallIntegerField(default=0)
    crashes = models.SmallIntegerField(default=0)
    snoozed_since = models.DateTimeField(null=True, blank=True)
    worker_id = models.BigIntegerField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    progress = models.FloatField(null=True, blank=True)
    progress_note = models.CharField(max_length=200, blank=True, default="")
    cancel_requested = models.BooleanField(default=False)
    result = models.JSONField(null=True, blank=True)
    reason = models.TextField(blank=True, default="")
    is_blocked = models.BooleanField(
        default=False
    )  # cancelled because of a parent; a replay revives
    discarded_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(
        null=True, blank=True
    )  # operators have heard of this dead letter
    workflow = models.ForeignKey(
        WorkflowRun, models.CASCADE, related_name="jobs", null=True, blank=True, db_index=False
    )
    step = models.CharField(max_length=100, blank=True, default="")
    recurring = models.CharField(max_length=100, blank=True, default="")
    unique_key = models.CharField(max_length=200, blank=True, default="")
    idempotency_key = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # Few and partial: each move of a job writes one entry into every index that matches it.
        indexes: ClassVar = [
            models.Index(
                fields=["sort_key", "id"], name="scheduler_job_ready", condition=Q(state="ready")
            ),
            models.Index(
                fields=["kind", "sort_key", "id"],
                name="scheduler_job_ready_kind",
                condition=Q(state="ready"),
            ),
            models.Index(
                fields=["due_at"],
                name="scheduler_job_timers",
                condition=Q(state="waiting", unmet=0),
            ),
            models.Index(
                fields=["worker_id"], name="scheduler_job_running", condition=Q(state="running")
            ),
            models.Index(
                fields=["id"],
                name="scheduler_job_suspects",
                condition=Q(state__in=("ready", "running"), crashes__gt=0),
            ),
            models.Index(fields=["id"], name="scheduler_job_dead", condition=Q(state="dead")),
            models.Index(fields=["scope", "id"], name="scheduler_job_scope"),
            models.Index(
                fields=["workflow", "id"],
                name="scheduler_job_workflow",
                condition=Q(workflow__isnull=False),
            ),
            models.Index(
                fields=["workflow"],
                name="scheduler_job_open_steps",
                condition=Q(workflow__isnull=False, state__in=_OPEN),
            ),
            models.Index(
                fields=["state", "finished_at"],
                name="scheduler_job_finished",
                condition=Q(finished_at__isnull=False),
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "unique_key"],
                condition=~Q(unique_key="") & Q(state__in=_OPEN),
                name="scheduler_job_unique",
            ),
            models.UniqueConstraint(
                fields=["scope", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="scheduler_job_idempotent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Edge(models.Model):
    """The child waits for the parent. Ids grow along edges, so locks taken in id order cannot cross."""

    pk = models.CompositePrimaryKey("parent_id", "child_id")
    parent = models.ForeignKey(Job, models.CASCADE, related_name="edges_out", db_index=False)
    child = models.ForeignKey(Job, models.CASCADE, related_name="edges_in")
    condition = models.CharField(max_length=9, choices=EdgeCondition.choices)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(child_id__gt=F("parent_id")), name="scheduler_edge_points_to_newer"
            )
        ]

    def __str__(self) -> str:
        return f"{self.parent_id} → {self.child_id}"


class Attempt(models.Model):
    """One run of a job, written when it ends. Never changed; pruned with its job."""

    pk = models.CompositePrimaryKey("job_id", "number")
    # No constraint in the database: it would lock the job's row once more for each attempt.
    job = models.ForeignKey(
        Job, models.CASCADE, related_name="attempts", db_index=False, db_constraint=False
    )
    number = models.IntegerField()
    ended = models.CharField(max_length=11, choices=AttemptEnd.choices)
    reason = models.TextField(blank=True, default="")
    traceback = models.TextField(blank=True, default="")
    worker_id = models.BigIntegerField(null=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    waited_ms = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"attempt {self.number} at job {self.job_id}"


class Kind(models.Model):
    """What is in force for a kind at the moment. A kind without a row is simply open."""

    name = models.CharField(max_length=100, primary_key=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_by = models.CharField(max_length=200, blank=True, default="")
    snoozed_until = models.DateTimeField(null=True, blank=True)
    snooze_reason = models.CharField(max_length=300, blank=True, default="")
    tokens = models.FloatField(default=0)
    tokens_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Worker(models.Model):
    """One start of one worker process. An id is never used again, so a rescue cannot hit a successor."""

    host = models.CharField(max_length=200)
    pid = models.IntegerField()
    slots = models.IntegerField()
    carrier = models.CharField(max_length=10)  # celery or threads
    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()
    lease_until = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)
    was_lost = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["lease_until"],
                name="scheduler_worker_alive",
                condition=Q(stopped_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.host} {self.pid}"


class LeaderLease(models.Model):
    """Who leads. A row with a term, not a session lock: it also works behind a connection pooler."""

    name = models.CharField(max_length=50, primary_key=True)
    holder = models.CharField(max_length=100)
    until = models.DateTimeField()
    term = models.BigIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.name}: {self.holder}"


class RecurringJob(models.Model):
    """A job enqueued again and again by the clock. Missed times are caught up as the policy says."""

    class CatchUp(models.TextChoices):
        SKIP = "skip", "Skip what was missed"
        ONCE = "once", "Run once for all that was missed"
        ALL = "all", "Run each that was missed"

    name = models.CharField(max_length=100, primary_key=True)
    kind = models.CharField(max_length=100)
    payload = models.JSONField(default=dict, blank=True)
    scope = models.CharField(max_length=100, blank=True, default="")
    priority = models.SmallIntegerField(default=Priority.NORMAL)
    cron = models.CharField(max_length=100)
    time_zone = models.CharField(max_length=60, default="UTC")
    catch_up = models.CharField(max_length=4, choices=CatchUp.choices, default=CatchUp.ONCE)
    is_paused = models.BooleanField(default=False)
    next_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["next_at"], name="scheduler_recurring_next", condition=Q(is_paused=False)
            )
        ]

    def __str__(self) -> str:
        return self.name


class Delta(models.Model):
    """One change of the live counts, appended by the transaction that made it; folded every second.

    Appending, not adding up in place: two workers adding to one row would wait for each other's commit.
    """

    at = models.DateTimeField()
    kind = models.CharField(max_length=100)
    scope = models.CharField(max_length=100, default="")
    waiting = models.IntegerField(default=0)
    ready = models.IntegerField(default=0)
    running = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    dead = models.IntegerField(default=0)
    cancelled = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)  # attempts that failed, retried or not
    bucket = models.SmallIntegerField(
        default=-1
    )  # of the wait of the attempts that ended, see counters
    ended = models.IntegerField(default=0)  # attempts that ended
    ran_ms = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%X}"


class Total(models.Model):
    """How many jobs of a kind and scope are in each state: this row plus the deltas not yet folded."""

    pk = models.CompositePrimaryKey("kind", "scope")
    kind = models.CharField(max_length=100)
    scope = models.CharField(max_length=100, default="")
    waiting = models.BigIntegerField(default=0)
    ready = models.BigIntegerField(default=0)
    running = models.BigIntegerField(default=0)
    done = models.BigIntegerField(default=0)
    dead = models.BigIntegerField(default=0)
    cancelled = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.kind} {self.scope}"


class Minute(models.Model):
    """What ended in one minute, by how long it had waited."""

    pk = models.CompositePrimaryKey("at", "kind", "scope", "bucket")
    at = models.DateTimeField()
    kind = models.CharField(max_length=100)
    scope = models.CharField(max_length=100, default="")
    bucket = models.SmallIntegerField()
    ended = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    dead = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    ran_ms = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%F %R}"
