"""One email, sent by its job: what the mail server does decides what the job does next."""

from collections.abc import Iterator

import pytest
from django.test import override_settings
from django.utils import timezone
from icalendar import Calendar, Event

from interviews.models import Interview
from interviews.states import InterviewState
from notifications import delivery
from notifications.models import Email, MailboxMessage
from scheduler.outcomes import Cancel, Done, Fail, Outcome, Retry, Snooze
from tests.cast import Cast, make_interview
from tests.notifications.smtp import PostOffice, running_post_office
from tests.servers import free_port


@pytest.fixture
def office() -> Iterator[PostOffice]:
    post_office = PostOffice()
    with running_post_office(post_office):
        yield post_office


@pytest.fixture
def interview(cast: Cast) -> Interview:
    return make_interview(cast)


def send(interview: Interview, *, job_id: str = "1", chance: float = 1.0) -> Outcome:
    return delivery.send_email(
        job_id=job_id,
        scope=str(interview.organisation_id),
        kind="invitation",
        subject_id=str(interview.id),
        recipient_id=str(interview.candidate_id),
        now=timezone.now(),
        chance=lambda: chance,
    )


def test_an_invitation_reaches_the_candidate_with_link_and_calendar_entry(
    interview: Interview, office: PostOffice
) -> None:
    assert isinstance(send(interview), Done)
    (mail,) = office.mails
    assert mail["To"] == "Cem Candidate <cem@mail.example>"
    assert "Backend engineer at Acme" in mail["Subject"]
    body = mail.get_body(("plain",))
    assert body is not None
    assert "/join/" in body.get_content()
    (attachment,) = list(mail.iter_attachments())
    assert "method=REQUEST" in attachment["Content-Type"].replace(chr(34), "")
    calendar = Calendar.from_ical(attachment.get_content())
    (event,) = calendar.walk("VEVENT")
    assert isinstance(event, Event)
    assert interview.scheduled_at is not None
    assert event.start == interview.scheduled_at.replace(microsecond=0)


def test_a_second_run_of_the_same_job_sends_nothing(
    interview: Interview, office: PostOffice
) -> None:
    send(interview)
    assert isinstance(send(interview), Done)
    assert len(office.mails) == 1


def test_a_line_cut_after_the_mail_was_taken_doubles_it_under_one_message_id(
    interview: Interview, office: PostOffice
) -> None:
    office.cut_after_data = 1
    assert isinstance(send(interview), Snooze)
    assert isinstance(send(interview), Done)
    first, second = office.mails
    assert first["Message-ID"] == second["Message-ID"]


@pytest.mark.parametrize(
    ("at", "answer", "expected"),
    [
        ("recipient_answer", "450 busy", Retry),
        ("recipient_answer", "550 no such person", Fail),
        ("data_answer", "451 try later", Retry),
        ("data_answer", "554 refused", Fail),
    ],
)
def test_a_refusal_for_now_is_tried_again_and_one_for_ever_is_not(
    interview: Interview, office: PostOffice, at: str, answer: str, expected: type[Retry | Fail]
) -> None:
    setattr(office, at, answer)
    outcome = send(interview)
    assert isinstance(outcome, expected)
    assert isinstance(outcome, Retry | Fail)
    assert answer.partition(" ")[2] in outcome.reason
    assert office.mails == []


def test_an_absent_server_spends_no_attempt(interview: Interview) -> None:
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=free_port(),
    ):
        assert isinstance(send(interview), Snooze)


def test_an_email_whose_reason_has_gone_is_not_sent(
    interview: Interview, office: PostOffice
) -> None:
    interview.state = InterviewState.EXPIRED
    interview.save()
    assert isinstance(send(interview), Cancel)
    assert office.mails == []
    assert Email.objects.get().state == Email.State.DROPPED


def test_a_failure_on_purpose_is_tried_again(interview: Interview, office: PostOffice) -> None:
    with override_settings(EMAIL_FAILURE_RATE=0.5):
        assert isinstance(send(interview, chance=0.4), Retry)
        assert isinstance(send(interview, chance=0.6), Done)
    assert len(office.mails) == 1


def test_a_name_from_outside_adds_no_header_and_no_recipient(
    interview: Interview, office: PostOffice
) -> None:
    interview.candidate.name = "Eve\r\nBcc: spy@evil.example, x <a@b.example>"
    interview.candidate.save()
    send(interview)
    (mail,) = office.mails
    assert mail["Bcc"] is None
    assert [address.addr_spec for address in mail["To"].addresses] == ["cem@mail.example"]


def test_without_a_mail_server_the_mail_is_kept_and_shown(interview: Interview) -> None:
    with override_settings(EMAIL_BACKEND="notifications.mailbox.MailboxBackend"):
        send(interview)
    kept = MailboxMessage.objects.get()
    assert kept.scope == str(interview.organisation_id)
    assert "/join/" in kept.text
    assert kept.attachment.startswith("BEGIN:VCALENDAR")
