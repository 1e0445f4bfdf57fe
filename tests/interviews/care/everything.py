"""A candidate of whom everything is held that can be held, with a canary in every text column.

The tables come from the models themselves: a new one with a path to Candidate has no row here, and the
tests that use this fail until it has.
"""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.apps import apps
from django.core.files.base import ContentFile
from django.db import models, transaction

from interviews.models import (
    Answer,
    Candidate,
    CompetencyLevel,
    Consent,
    Decision,
    Evidence,
    Interview,
    Moment,
    Note,
    Recording,
    RecordingChunk,
    Review,
    ReviewLevel,
    Segment,
    Suggestion,
    TranscriptImport,
)
from interviews.services.invite_candidate import queue_invitation
from interviews.services.room_log import append_event, lock_room
from interviews.states import ConsentState, LevelStatus, Outcome, PartKind, RecordingState
from scheduler.models import Attempt, Job
from scheduler.testing import drain_jobs
from tests.cast import Cast, make_interview
from tests.interviews.told import make_debrief, make_told_interview
from webapi.models import IdempotentRequest

CANARY = "canary-9f31"

# Columns of rows that stay, whose values we wrote ourselves: no word of a candidate can get there.
OURS = {
    ("Interview", "ended_by"),
    ("Interview", "epoch"),
    ("Interview", "turn_owner"),
    ("Interview", "language"),
    ("Consent", "notice_version"),
}
TEXTS = (models.CharField, models.TextField, models.JSONField, models.FileField)


def make_everything(cast: Cast) -> Interview:
    """Cem was interviewed, summed up, reviewed and decided about, and is invited again."""
    told = make_told_interview(cast)
    make_debrief(told)
    drain_jobs()
    _judge(told, cast)
    with transaction.atomic():
        again = make_interview(cast, plan=told.plan_version)
        queue_invitation(again)
    drain_jobs()
    cast.cem.resume_file.save("cem.txt", ContentFile(CANARY.encode()))
    return told


def _judge(told: Interview, cast: Cast) -> None:
    segment = Segment.objects.filter(interview=told).first()
    competency = told.plan_version.rubric_version.competencies.first()
    scorecard = told.debriefs.get().parts.get(kind=PartKind.SCORECARD)
    assert segment
    assert competency
    level = CompetencyLevel.objects.filter(
        part=scorecard
    ).first() or CompetencyLevel.objects.create(
        part=scorecard, competency=competency, status=LevelStatus.NOT_ASKED
    )
    Evidence.objects.create(competency_level=level, segment=segment, quote="x", start=0, end=1)
    Answer.objects.create(interview=told, asked_by=cast.rita, question="How big was the team?")
    review = Review.objects.create(interview=told, reviewer=cast.theo, note="Good.")
    ReviewLevel.objects.create(review=review, competency=competency, level=3, note="Clear.")
    Decision.objects.create(
        interview=told, decided_by=cast.theo, outcome=Outcome.REJECT, reason="Too far away."
    )
    Consent.objects.create(interview=told, answer=ConsentState.GIVEN, notice_version="1")
    Suggestion.objects.create(interview=told, text="How large was it?", because=[["s1", "x"]])
    Note.objects.create(interview=told, member=cast.ines, text="Nervous at first.")
    Moment.objects.create(interview=told, member=cast.ines, segment=segment, label="The outage")
    _record(told)
    TranscriptImport.objects.create(
        interview=told, file_name="cem.vtt", format="vtt", candidate_speaker="Cem"
    )
    with transaction.atomic():
        append_event(
            lock_room(told.id),
            kind="note.added",
            at=datetime.now(UTC),
            payload={},
            member_payload={"text": "Nervous at first."},
            for_candidate=False,
        )


def _record(told: Interview) -> None:
    """One recording that is ready, and one whose chunks still arrive."""
    ready = Recording(interview=told, mime=Recording.Mime.WEBM, state=RecordingState.JOINED)
    ready.file.save("joined", ContentFile(CANARY.encode()))
    coming = Recording.objects.create(interview=told, mime=Recording.Mime.WEBM)
    chunk = RecordingChunk(recording=coming, number=0)
    chunk.file.save("chunk", ContentFile(CANARY.encode()))


def tables_about_candidates() -> set[type[models.Model]]:
    """Every table from whose rows foreign keys lead to Candidate, however far."""
    found: set[type[models.Model]] = {Candidate}
    while True:
        more = {
            model
            for model in apps.get_models(include_auto_created=True)
            for field in model._meta.concrete_fields
            if field.is_relation and field.related_model in found
        } - found
        if not more:
            return found
        found |= more


def plant_canaries() -> None:
    """In every text column of those tables, of their jobs and emails, and of stored answers."""
    for model in tables_about_candidates():
        for field in _text_columns(model):
            if (model.__name__, field.name) not in OURS:
                _plant(model, field)
    Job.objects.update(reason=CANARY, progress_note=CANARY, result={"said": CANARY})
    for job in Job.objects.all():
        Attempt.objects.filter(job=job).update(reason=CANARY, traceback=CANARY)
    mails = apps.get_app_config("notifications").get_models()
    for mail in (model for model in mails if model.__name__ in {"Email", "MailboxMessage"}):
        for name in {"address", "problem", "to", "subject", "text", "html", "attachment"} & {
            field.name for field in mail._meta.concrete_fields
        }:
            mail._default_manager.update(**{name: CANARY})


def store_an_answer_about(candidate: Candidate) -> None:
    IdempotentRequest.objects.create(
        caller="x",
        key=str(uuid.uuid4()),
        fingerprint="x",
        created_at=datetime.now(UTC) - timedelta(minutes=5),
        status=201,
        body=f'{{"id": "{candidate.id}", "name": "{CANARY}"}}'.encode(),
    )


def where_canaries_are() -> list[str]:
    """Every column of every table of the database, of any app, that still holds one."""
    return sorted(
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if any(
            CANARY in str(bytes(value) if isinstance(value, memoryview) else value)
            for value in model._default_manager.values_list(field.attname, flat=True)
        )
    )


def _text_columns(model: type[models.Model]) -> Iterator[models.Field]:  # type: ignore[type-arg]  # any
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, TEXTS) and not field.is_relation
        if is_text and not field.choices and not isinstance(field, models.FileField):
            yield field


def _plant(model: type[models.Model], field: models.Field) -> None:  # type: ignore[type-arg]  # any
    """One row at a time: some columns hold a value once for each interview."""
    for place, pk in enumerate(model._default_manager.values_list("pk", flat=True)):
        value: object = f"{CANARY}{place}"
        if isinstance(field, models.JSONField):
            value = [CANARY] if isinstance(field.get_default(), list) else {"said": CANARY}
        elif field.max_length is not None:
            value = str(value)[: field.max_length]
        model._default_manager.filter(pk=pk).update(**{field.name: value})
