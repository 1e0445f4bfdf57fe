"""The rubric editor: anchors for four levels, buttons that lose nothing, two writers who meet."""

import pytest
from django.test import Client

from interviews.models import Rubric
from interviews.services.write_rubric import content_of, newest_version, revision_of
from tests.cast import Cast, make_plan
from tests.interviews.views.conftest import SignedIn


def filled(name: str = "Bakers", **changes: str) -> dict[str, str]:
    data = {"name": name, "based_on": "new", "competencies": "2", "action": "save"}
    for place, text in enumerate(("Dough", "Heat")):
        data |= {f"c{place}-text": text, f"c{place}-description": "", f"c{place}-key": ""}
        data |= {f"c{place}-level_{number}": f"{text} {number}" for number in range(1, 5)}
    return data | changes


@pytest.fixture
def rita(cast: Cast, signed_in: SignedIn) -> Client:
    return signed_in(cast.rita)


def test_rita_writes_a_rubric(cast: Cast, rita: Client) -> None:
    assert rita.post("/rubrics/new/", filled()).status_code == 302
    rubric = Rubric.objects.get(name="Bakers")
    assert rubric.organisation == cast.acme
    competencies = content_of(newest_version(rubric)).competencies
    assert [entry.key for entry in competencies] == ["dough", "heat"]
    assert competencies[1].levels[3] == "Heat 4"


def test_a_level_without_words_is_refused_and_nothing_is_lost(rita: Client) -> None:
    response = rita.post("/rubrics/new/", filled(**{"c1-level_3": ""}))
    assert response.status_code == 422
    page = response.content.decode()
    assert "This field is required." in page
    assert "Dough 2" in page
    assert not Rubric.objects.exists()


def test_buttons_add_and_remove_without_saving(rita: Client) -> None:
    more = rita.post("/rubrics/new/", filled(action="add"))
    assert len(more.context["competencies"]) == 3
    fewer = rita.post("/rubrics/new/", filled(action="remove-0"))
    assert [form["text"].value() for form in fewer.context["competencies"]] == ["Heat"]
    assert not Rubric.objects.exists()


def test_the_second_of_two_writers_sees_both_texts(
    cast: Cast, rita: Client, signed_in: SignedIn
) -> None:
    rita.post("/rubrics/new/", filled())
    rubric = Rubric.objects.get()
    page, read = f"/rubrics/{rubric.id}/edit/", revision_of(newest_version(rubric))
    signed_in(cast.theo).post(page, filled("Theo's bakers", based_on=read))
    response = rita.post(page, filled("Rita's bakers", based_on=read))
    assert response.status_code == 409
    assert b"Theo&#x27;s bakers" in response.content
    assert b"Rita&#x27;s bakers" in response.content
    rubric.refresh_from_db()
    assert rubric.name == "Theo's bakers"


def test_the_guard_asks_for_behaviour_instead_of_feelings(rita: Client) -> None:
    words = {"c0-level_4": "Shows great enthusiasm and a confident tone.", "action": "check"}
    assert "is no behaviour" in rita.post("/rubrics/new/", filled(**words)).content.decode()


def test_a_ready_made_rubric_is_copied(cast: Cast, rita: Client) -> None:
    assert rita.post("/rubrics/start/", {"role": "backend"}).status_code == 302
    assert Rubric.objects.get().library_role == "backend"
    page = rita.post("/rubrics/start/", {"role": "wizard"}, follow=True)
    assert b"Choose one of the roles." in page.content
    assert Rubric.objects.count() == 1


def test_an_archived_rubric_leaves_the_list(cast: Cast, rita: Client) -> None:
    rubric = make_plan(cast.acme).rubric_version.rubric
    assert rubric.name.encode() in rita.get("/rubrics/").content
    rita.post(f"/rubrics/{rubric.id}/archive/")
    assert f"/rubrics/{rubric.id}/".encode() not in rita.get("/rubrics/").content
    assert rita.get(f"/rubrics/{rubric.id}/").status_code == 200
