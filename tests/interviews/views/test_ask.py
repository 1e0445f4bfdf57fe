"""Questions about an interview: answered from the transcript alone, or not."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from interviews.models import Answer, Interview
from scheduler.testing import drain_jobs
from tests.cast import Cast
from tests.interviews.ai import ai_that_fails, ai_that_writes, quoted, without_ai
from tests.interviews.told import make_told_interview
from tests.interviews.views.conftest import SignedIn

HTMX = {"hx-request": "true"}


@pytest.fixture(autouse=True)
def no_provider() -> Iterator[None]:
    with without_ai():
        yield


@pytest.fixture
def told(cast: Cast) -> Interview:
    return make_told_interview(cast)


def _ask(told: Interview) -> str:
    return f"/interviews/{told.id}/report/ask/"


def _answer_page(told: Interview) -> str:
    return f"/interviews/{told.id}/report/answers/{Answer.objects.get().id}/"


def test_an_answer_cites_its_moment(cast: Cast, told: Interview, signed_in: SignedIn) -> None:
    rita, moment = signed_in(cast.rita), told.segments.get(position=3)
    asked = rita.post(_ask(told), {"question": "What did they stop first?"}, headers=HTMX)
    assert "Reading the transcript for an answer…" in asked.content.decode()
    assert rita.get(_answer_page(told)).status_code == 204
    claim = {"text": "The consumer.", "quotes": quoted((moment, "First I stopped the consumer"))}
    with ai_that_writes(answer_from_transcript={"says_nothing": False, "claims": [claim]}):
        drain_jobs()
    page = rita.get(_answer_page(told)).content.decode()
    assert "The consumer." in page
    assert f"#segment-{moment.id}" in page
    assert "hx-get" not in page


def test_nothing_that_can_be_shown_is_said_to_be_nothing(
    cast: Cast, told: Interview, signed_in: SignedIn
) -> None:
    rita, moment = signed_in(cast.rita), told.segments.get(position=3)
    rita.post(_ask(told), {"question": "What do they earn?"}, headers=HTMX)
    claim = {"text": "A million.", "quotes": quoted((moment, "I earn a million each year"))}
    with ai_that_writes(answer_from_transcript={"says_nothing": False, "claims": [claim]}):
        drain_jobs()
    page = rita.get(_answer_page(told)).content.decode()
    assert "The transcript does not say." in page
    assert "A million." not in page


def test_without_ai_the_nearest_words_are_quoted(
    cast: Cast, told: Interview, signed_in: SignedIn
) -> None:
    rita = signed_in(cast.rita)
    rita.post(_ask(told), {"question": "What about the billing service?"}, headers=HTMX)
    drain_jobs()
    page = rita.get(_answer_page(told)).content.decode()
    assert "billing service at Northwind" in page
    assert "without AI" in page


def test_when_no_provider_answers_the_asker_is_told_at_once(
    cast: Cast, told: Interview, signed_in: SignedIn
) -> None:
    rita = signed_in(cast.rita)
    rita.post(_ask(told), {"question": "Sauerkraut?"}, headers=HTMX)
    with ai_that_fails():
        drain_jobs()
    page = rita.get(_answer_page(told)).content.decode()
    assert "No AI could be asked" in page
    assert "The transcript does not say." not in page


def test_nobody_waits_for_ever(cast: Cast, told: Interview, signed_in: SignedIn) -> None:
    rita = signed_in(cast.rita)
    rita.post(_ask(told), {"question": "Why?"}, headers=HTMX)
    Answer.objects.update(created_at=timezone.now() - timedelta(minutes=3))
    assert "This took too long" in rita.get(_answer_page(told)).content.decode()


@pytest.mark.parametrize("question", ["", "   ", "x" * 1001, "nul \x00"])
def test_what_is_no_question_is_refused_with_words(
    cast: Cast, told: Interview, signed_in: SignedIn, question: str
) -> None:
    rita = signed_in(cast.rita)
    refused = rita.post(_ask(told), {"question": question}, headers=HTMX)
    assert refused.status_code == 422
    assert 'role="alert"' in refused.content.decode()
    assert rita.post(_ask(told), {"question": question}).status_code == 422
    assert not Answer.objects.exists()


def test_without_script_the_question_leads_back_to_the_report(
    cast: Cast, told: Interview, signed_in: SignedIn
) -> None:
    rita = signed_in(cast.rita)
    page = rita.post(_ask(told), {"question": "Who helped?"}, follow=True).content.decode()
    assert "Who helped?" in page


def test_too_many_questions_at_once_have_to_wait(
    cast: Cast, told: Interview, signed_in: SignedIn
) -> None:
    rita = signed_in(cast.rita)
    codes = {
        rita.post(_ask(told), {"question": "Why?"}, headers=HTMX).status_code for _ in range(45)
    }
    assert codes == {200, 422}
    assert Answer.objects.count() <= 40


def test_an_answer_belongs_to_its_interview_and_its_organisation(
    cast: Cast, told: Interview, signed_in: SignedIn
) -> None:
    signed_in(cast.rita).post(_ask(told), {"question": "Why?"}, headers=HTMX)
    assert signed_in(cast.mallory).get(_answer_page(told)).status_code == 404
    assert signed_in(cast.mallory).post(_ask(told), {"question": "Why?"}).status_code == 404
    other = make_told_interview(cast, plan=told.plan_version)
    answer = Answer.objects.get()
    elsewhere = f"/interviews/{other.id}/report/answers/{answer.id}/"
    assert signed_in(cast.rita).get(elsewhere).status_code == 404
