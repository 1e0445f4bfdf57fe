"""The mail server is away for a while, under many waiting emails: each is delivered once when it is back."""

import os
import time
from collections import Counter
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from django.test import override_settings
from django.utils import timezone

from interviews.models import Candidate, Interview
from interviews.states import InterviewState
from notifications.outbox import SEND_EMAIL, queue_email
from scheduler.models import Attempt, Job
from scheduler.one_process import Parts
from scheduler.states import JobState
from tests.cast import Cast, make_interview, make_plan
from tests.notifications.smtp import PostOffice
from tests.scheduler.processes import wait_until
from tests.servers import free_port

# Two minutes, as operators know them: SMTP_AWAY_SECONDS=120.
AWAY = float(os.environ.get("SMTP_AWAY_SECONDS", "5"))
EMAILS = 200

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.fault,
    pytest.mark.timeout(int(AWAY) + 180),
]


def invitations(cast: Cast) -> list[str]:
    """As many candidates, each invited. Answers their addresses."""
    plan, now = make_plan(cast.acme), timezone.now()
    addresses = []
    for number in range(EMAILS):
        candidate = Candidate.objects.create(
            organisation=cast.acme, name=f"Candidate {number}", email=f"c{number}@mail.example"
        )
        interview = make_interview(cast, plan=plan, now=now)
        interview.candidate, interview.state = candidate, InterviewState.SCHEDULED
        interview.scheduled_at = now + timedelta(days=1)
        interview.save()
        queue_invitation(interview)
        addresses.append(candidate.email)
    return addresses


def queue_invitation(interview: Interview) -> None:
    queue_email(
        kind="invitation",
        subject_id=str(interview.id),
        recipient_id=str(interview.candidate_id),
        scope=str(interview.organisation_id),
    )


def test_each_email_is_delivered_once_and_none_dies(cast: Cast) -> None:
    office, port = PostOffice(), free_port()
    parts = Parts(slots=4)
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        EMAIL_TIMEOUT=2,
        EMAIL_ABSENT_SECONDS=1,
    ):
        addresses = invitations(cast)
        parts.start()
        controller = Controller(office, hostname="127.0.0.1", port=port)
        try:
            time.sleep(AWAY)  # this long it is away: nothing to wait for
            assert office.mails == []
            assert not Job.objects.filter(state=JobState.DEAD).exists()
            tried = Attempt.objects.count()
            controller.start()
            # Of this kind: a job that recurs by the clock may come in beside them.
            done = Job.objects.filter(kind=SEND_EMAIL, state=JobState.DONE)
            wait_until(lambda: done.count() == EMAILS, seconds=120, what="all are sent")
        finally:
            parts.stop(grace=2)
            if controller.server is not None:
                controller.stop()
    assert Counter(str(mail["To"]).partition("<")[2].rstrip(">") for mail in office.mails) == (
        Counter(addresses)
    )
    assert not Job.objects.filter(failures__gt=0).exists(), "no attempt was spent"
    assert tried < EMAILS, "one looks whether the server is back; the others wait behind it"
