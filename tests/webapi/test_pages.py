"""Lists in pages: nothing twice, nothing lost, and only our own cursors."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model
from django.core import signing

from webapi.models import ApiToken
from webapi.pages import PageQuery, page_of
from webapi.problems import BadRequest
from webapi.tokens import issue_token

pytestmark = [pytest.mark.django_db, pytest.mark.portable]
ORDER = ("-created_at", "-pk")


@pytest.fixture
def tokens() -> list[ApiToken]:
    user = get_user_model().objects.create_user("rita@acme.example", "correct horse battery")
    made = [issue_token(user=user, name=f"number {i}").token for i in range(7)]
    # Three of the same moment: the primary key must break the tie.
    ApiToken.objects.filter(pk__in=[token.pk for token in made[2:5]]).update(
        created_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    return list(ApiToken.objects.order_by(*ORDER))


def walk(limit: int) -> list[int]:
    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page = page_of(ApiToken.objects.all(), PageQuery(cursor=cursor, limit=limit), order=ORDER)
        seen += [token.pk for token in page.items]
        cursor = page.next
    return seen


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
def test_pages_together_are_the_list(tokens: list[ApiToken], limit: int) -> None:
    assert walk(limit) == [token.pk for token in tokens]


def test_a_row_that_goes_meanwhile_moves_no_other(tokens: list[ApiToken]) -> None:
    page = page_of(ApiToken.objects.all(), PageQuery(cursor="", limit=3), order=ORDER)
    tokens[0].delete()
    rest = page_of(ApiToken.objects.all(), PageQuery(cursor=page.next or "", limit=50), order=ORDER)
    assert [token.pk for token in rest.items] == [token.pk for token in tokens[3:]]


@pytest.mark.parametrize(
    "cursor",
    ["nonsense", "a:b:c", "é", signing.dumps([["-pk"], ["1"]])],
    ids=["words", "colons", "not ascii", "signed for something else"],
)
def test_a_cursor_that_is_not_ours_is_refused(cursor: str) -> None:
    with pytest.raises(BadRequest):
        page_of(ApiToken.objects.all(), PageQuery(cursor=cursor, limit=3), order=ORDER)


def test_a_cursor_of_another_list_is_refused(tokens: list[ApiToken]) -> None:
    page = page_of(ApiToken.objects.all(), PageQuery(cursor="", limit=3), order=ORDER)
    with pytest.raises(BadRequest):
        page_of(ApiToken.objects.all(), PageQuery(cursor=page.next or "", limit=3), order=("name",))
