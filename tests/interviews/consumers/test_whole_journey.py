"""From the invitation to the report in one process, on whichever database: pages, API, socket, jobs, mail.

No AI is configured, no Celery, no Redis: the shape that a first `make run` has.
"""

import json
import re
import threading
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client as Browser

from interviews.candidate_link import cookie_name
from scheduler.one_process import Parts
from tests.cast import Cast, make_plan
from tests.interviews.consumers.conftest import HOST, Client, Opener
from tests.interviews.consumers.test_candidate_room import ANSWER, interview_to_the_end
from webapi.tokens import issue_token

pytestmark = pytest.mark.portable
PATIENCE = 30.0


async def test_from_an_invitation_to_the_report(
    transactional_db: None, cast: Cast, opener: Opener
) -> None:
    jobs = Parts(slots=2)
    await sync_to_async(jobs.start)()
    try:
        interview_id = await sync_to_async(rita_invites_cem)(cast)
        cookie = await sync_to_async(cem_agrees)()
        await be_interviewed(opener, interview_id, cookie)
        report = await sync_to_async(rita_reads_the_report)(cast)
    finally:
        await sync_to_async(jobs.stop)(grace=2)
    assert ANSWER in report


def rita_invites_cem(cast: Cast) -> str:
    token = issue_token(user=cast.rita.user, name="test", scope=str(cast.acme.id))
    wanted = {
        "candidate_id": str(cast.cem.id),
        "position_id": str(make_plan(cast.acme).position_id),
        "scheduled_at": datetime.now(UTC).isoformat(),
    }
    made: Any = Browser(headers={"host": HOST}).post(
        "/api/v1/interviews",
        json.dumps(wanted),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token.secret}"},
    )
    assert made.status_code == 201
    return str(made.json()["id"])


def cem_agrees() -> str:
    """By the link in his mail; the answer is his cookie."""
    link = address_in(the_mail("cem@mail.example", "interview"), r"/join/\S+")
    browser = Browser(headers={"host": HOST})
    assert "Backend engineer" in browser.get(link).content.decode()
    browser.post(link)
    page = browser.post(
        "/room/consent/", {"answer": "given", "time_factor": "1", "silence_factor": "1"}
    )
    assert page.status_code == 302
    return browser.cookies[cookie_name()].value


async def be_interviewed(opener: Opener, interview_id: str, cookie: str) -> None:
    cem: Client = await opener(interview_id, {cookie_name(): cookie}).connect()
    await cem.hello()
    await interview_to_the_end(cem)


def rita_reads_the_report(cast: Cast) -> str:
    letter = the_mail(cast.rita.user.email, "Debrief ready")
    browser = Browser(headers={"host": HOST})
    browser.force_login(cast.rita.user)
    page = browser.get(address_in(letter, r"/interviews/\S+/report/"))
    found = re.search(r'id="summary".*?</section>', page.content.decode(), re.DOTALL)
    assert found
    return found.group()


def the_mail(to: str, about: str) -> EmailMessage:
    """Waits for it: it is a job's work."""
    give_up_at = time.monotonic() + PATIENCE
    while time.monotonic() < give_up_at:
        for letter in mail.outbox:
            if to in letter.to[0] and about in letter.subject:
                return letter
        threading.Event().wait(0.05)
    raise AssertionError(f"no mail to {to} about {about}: {[each.subject for each in mail.outbox]}")


def address_in(letter: EmailMessage, path: str) -> str:
    found = re.search(path, str(letter.body))
    assert found, letter.body
    return found.group()
