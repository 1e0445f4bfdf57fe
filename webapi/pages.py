"""Lists in pages behind opaque cursors.

A cursor names the last row that was given, not a number of rows to skip: rows that come or go
meanwhile make nothing appear twice or get lost, and page one thousand costs what page one costs.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet
from ninja import Field, Schema

from webapi.problems import BadRequest

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")

MOST = 200
_SALT = "webapi.pages"


class PageQuery(Schema):
    """The query parameters of a list: `page: Query[PageQuery]`."""

    cursor: str = Field("", max_length=2000, description="`next` of the page before.")
    limit: int = Field(50, ge=1, le=MOST, description="How many rows at most.")


class PageOf(Schema, Generic[Item]):
    """The response of a list: `response=PageOf[PositionOut]`."""

    items: list[Item]
    next: str | None = Field(description="Cursor of the next page; null on the last one.")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    items: list[Row]
    next: str | None


def page_of(
    rows: QuerySet[Row], query: PageQuery, *, order: tuple[str, ...] = ("-pk",)
) -> Page[Row]:
    """One page of `rows` in `order` (field names, "-" for descending; the primary key is added
    as the last one, which makes the order total). The fields must not be null."""
    if order[-1].lstrip("-") not in {"pk", "id"}:
        order = (*order, "-pk" if order[-1].startswith("-") else "pk")
    if query.cursor:
        rows = rows.filter(_after(rows.model, order, query.cursor))
    found = list(rows.order_by(*order)[: query.limit + 1])
    more = len(found) > query.limit
    items = found[: query.limit]
    return Page(items, _cursor(items[-1], order) if more else None)


def _cursor(row: Model, order: tuple[str, ...]) -> str:
    values = []
    for name in order:
        field = _field(type(row), name)
        values.append(field.value_to_string(row))
    # Signed, so that what comes back is what we gave: its values go straight into a query.
    return signing.dumps([list(order), values], salt=_SALT)


def _after(model: type[Model], order: tuple[str, ...], cursor: str) -> Q:
    try:
        made_for, texts = signing.loads(cursor, salt=_SALT)
    except signing.BadSignature:
        raise BadRequest("The cursor is not one of ours.", code="bad_cursor") from None
    if made_for != list(order):
        raise BadRequest("The cursor belongs to another list.", code="bad_cursor")
    condition, equal = Q(), Q()
    for name, text in zip(order, texts, strict=True):
        plain = name.lstrip("-")
        value = _field(model, name).to_python(text)
        comparison = "lt" if name.startswith("-") else "gt"
        condition |= equal & Q(**{f"{plain}__{comparison}": value})
        equal &= Q(**{plain: value})
    return condition


def _field(model: type[Model], name: str):  # type: ignore[no-untyped-def]  # one of Django's many
    plain = name.lstrip("-")
    return model._meta.pk if plain == "pk" else model._meta.get_field(plain)
