"""Jobs in the terminal: list, show, replay, discard, cancel, pause, resume, enqueue."""

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from scheduler import clock, dead_letters
from scheduler.dead_letters import NotReplayableError
from scheduler.enqueue import cancel_job, enqueue
from scheduler.figures import look
from scheduler.handlers import HANDLERS, BadPayloadError, UnknownKindError
from scheduler.kinds import pause_kind, resume_kind
from scheduler.models import Attempt, Job
from scheduler.states import JobState


class Command(BaseCommand):
    help = "Look at jobs and act on them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("status", help="how many of each kind are in which state")
        listing = actions.add_parser("list", help="the newest jobs")
        listing.add_argument("--state", choices=JobState.values)
        listing.add_argument("--kind")
        listing.add_argument("--limit", type=int, default=20)
        for action, words in (
            ("show", "one job with its attempts"),
            ("replay", "run a dead letter again"),
            ("cancel", "cancel a job, or ask it to stop"),
        ):
            actions.add_parser(action, help=words).add_argument("job", type=int)
        discard = actions.add_parser("discard", help="take a dead letter off the list")
        discard.add_argument("job", type=int)
        discard.add_argument("reason")
        for action in ("pause", "resume"):
            actions.add_parser(action, help=f"{action} a kind").add_argument("kind")
        asking = actions.add_parser("enqueue", help="ask for a job")
        asking.add_argument("kind")
        asking.add_argument("payload", nargs="?", default="{}", help="a JSON object")

    def handle(self, *args: object, **options: object) -> None:
        try:
            getattr(self, f"_{options['action']}")(options)
        except Job.DoesNotExist:
            raise CommandError(f"There is no job {options['job']}.") from None
        except (NotReplayableError, BadPayloadError, UnknownKindError) as problem:
            raise CommandError(str(problem)) from problem

    def _status(self, options: dict[str, object]) -> None:
        figures = look(now=clock.now())
        self.stdout.write(f"{figures.workers} workers, {figures.slots} slots")
        for kind in figures.kinds:
            counts = ", ".join(f"{count} {state}" for state, count in kind.counts.items() if count)
            note = " (paused)" if kind.is_paused else _note(is_known=kind.is_known)
            self.stdout.write(f"{kind.kind}{note}: {counts or 'none'}")

    def _list(self, options: dict[str, object]) -> None:
        rows = Job.objects.order_by("-pk")
        rows = rows.filter(state=options["state"]) if options["state"] else rows
        rows = rows.filter(kind=options["kind"]) if options["kind"] else rows
        for job in rows[: int(str(options["limit"]))]:
            kind = f"{job.kind}{_note(is_known=job.kind in HANDLERS)}"
            self.stdout.write(f"{job.pk:>8}  {job.state:9}  {kind}  {job.reason[:80]}")

    def _show(self, options: dict[str, object]) -> None:
        job = Job.objects.get(pk=int(str(options["job"])))
        self.stdout.write(f"{job.kind} {job.pk}: {job.state}. {job.reason}")
        self.stdout.write(f"payload {json.dumps(job.payload)}")
        for attempt in Attempt.objects.filter(job_id=job.pk).order_by("number"):
            self.stdout.write(
                f"attempt {attempt.number} at {attempt.started_at:%F %T}, worker {attempt.worker_id}: "
                f"{attempt.get_ended_display()}. {attempt.reason}"
            )
            if attempt.traceback:
                self.stdout.write(attempt.traceback)

    def _replay(self, options: dict[str, object]) -> None:
        job = dead_letters.replay(int(str(options["job"])))
        self.stdout.write(f"Job {job.pk} runs again.")

    def _discard(self, options: dict[str, object]) -> None:
        job = dead_letters.discard(int(str(options["job"])), reason=str(options["reason"]))
        self.stdout.write(f"Job {job.pk} is off the list.")

    def _cancel(self, options: dict[str, object]) -> None:
        job = Job.objects.get(pk=int(str(options["job"])))
        if not cancel_job(job.pk, reason="Cancelled in the terminal."):
            raise CommandError(f"Job {job.pk} had ended already.")
        self.stdout.write(f"Job {job.pk} is cancelled, or was asked to stop.")

    def _pause(self, options: dict[str, object]) -> None:
        pause_kind(str(options["kind"]), by="the terminal")
        self.stdout.write(f"{options['kind']} is paused.")

    def _resume(self, options: dict[str, object]) -> None:
        resume_kind(str(options["kind"]))
        self.stdout.write(f"{options['kind']} goes on.")

    def _enqueue(self, options: dict[str, object]) -> None:
        try:
            payload = json.loads(str(options["payload"]))
        except ValueError as problem:
            raise CommandError(f"The payload is not JSON: {problem}.") from problem
        job = enqueue(str(options["kind"]), payload)
        self.stdout.write(f"Job {job.pk}.")


def _note(*, is_known: bool) -> str:
    return "" if is_known else " (unknown here)"
