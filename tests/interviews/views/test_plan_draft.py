"""The AI drafts a plan into the form; a person reads it and saves it, or does not."""

import pytest
from django.test import Client

from interviews.models import PlanVersion, Position
from interviews.services.write_plan import newest_version
from tests.cast import Cast
from tests.interviews.ai import ai_that_fails, ai_that_writes, without_ai
from tests.interviews.views.conftest import SignedIn

DRAFT = {
    "opening": "Welcome to the bakery.",
    "closing": "Thank you.",
    "competencies": [
        {
            "ref": "dough",
            "name": "Dough",
            "description": "Knows what it needs.",
            "levels": ["Names it.", "Kneads it.", "Explains it.", "Teaches it."],
        }
    ],
    "questions": [
        {
            "text": "Tell me about a bread that went wrong and what you changed.",
            "competency": "dough",
            "must_ask": True,
            "probe_depth": 2,
            "minutes": 6,
        }
    ],
}
EMPTY_FORM = {"based_on": "none", "rubric": "new", "questions": "0", "company_context": "Ours."}


@pytest.fixture
def position(cast: Cast) -> Position:
    return Position.objects.create(
        organisation=cast.acme, title="Baker", description="You bake bread at night."
    )


@pytest.fixture
def rita(cast: Cast, signed_in: SignedIn) -> Client:
    return signed_in(cast.rita)


def test_a_draft_fills_the_form_and_saves_no_plan(rita: Client, position: Position) -> None:
    address = f"/positions/{position.id}/plan/"
    with ai_that_writes(draft_plan=DRAFT) as provider:
        response = rita.post(address, {**EMPTY_FORM, "action": "draft"})
    assert "You bake bread at night." in str(provider.asked[0])
    assert not PlanVersion.objects.exists()
    page = response.content.decode()
    assert "Tell me about a bread" in page
    assert "AI draft" in page
    assert response.context["form"]["company_context"].value() == "Ours."
    form = response.context["form"]
    question = response.context["questions"][0]
    data = {name: form[name].value() for name in form.fields}
    data |= {f"q0-{name}": question[name].value() for name in question.fields}
    assert rita.post(address, {**data, "questions": "1", "action": "save"}).status_code == 302
    plan = newest_version(position)
    assert plan and plan.questions.get().competency
    assert plan.rubric_version.rubric.name == "Baker (AI draft)"


def test_an_absent_ai_changes_nothing_and_says_so(rita: Client, position: Position) -> None:
    typed = {**EMPTY_FORM, "opening_words": "Typed by hand.", "action": "draft"}
    with ai_that_fails():
        page = rita.post(f"/positions/{position.id}/plan/", typed).content.decode()
    assert "The AI could not write a draft now" in page
    assert "Typed by hand." in page


def test_without_a_provider_the_form_works_and_offers_no_draft(
    rita: Client, position: Position
) -> None:
    with without_ai():
        page = rita.get(f"/positions/{position.id}/plan/").content.decode()
        again = rita.post(f"/positions/{position.id}/plan/", {**EMPTY_FORM, "action": "draft"})
    assert "Have the AI draft a plan" not in page
    assert again.status_code == 200


def test_where_all_providers_are_switched_off_no_draft_is_offered(
    cast: Cast, rita: Client, position: Position
) -> None:
    with ai_that_writes(draft_plan=DRAFT):
        assert (
            "Have the AI draft a plan"
            in rita.get(f"/positions/{position.id}/plan/").content.decode()
        )
        cast.acme.ai_providers_off = ["gemini", "groq", "openrouter"]
        cast.acme.save()
        page = rita.get(f"/positions/{position.id}/plan/").content.decode()
    assert "Have the AI draft a plan" not in page
