"""Pages of a list: a cursor in the address, filters kept from page to page."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from webapi.pages import PageQuery, page_of
from webapi.problems import BadRequest

Row = TypeVar("Row", bound=Model)
PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class PageInfo:
    """What components/pagination.html shows."""

    previous_url: str
    next_url: str
    summary: str


@dataclass(frozen=True, slots=True)
class ListPage(Generic[Row]):
    items: list[Row]
    info: PageInfo
    is_first: bool


def read_page(
    request: HttpRequest, rows: QuerySet[Row], *, order: tuple[str, ...]
) -> ListPage[Row]:
    """The page the address asks for. A cursor that is none of ours answers 404."""
    cursor = request.GET.get("cursor", "")
    try:
        page = page_of(rows, PageQuery(cursor=cursor[:2000], limit=PER_PAGE), order=order)
    except BadRequest as problem:
        raise Http404(problem.detail) from problem
    next_url = _address(request, page.next) if page.next else ""
    first_url = _address(request, None) if cursor else ""
    return ListPage(page.items, PageInfo(first_url, next_url, ""), is_first=not cursor)


def _address(request: HttpRequest, cursor: str | None) -> str:
    query = request.GET.copy()
    query.pop("cursor", None)
    if cursor:
        query["cursor"] = cursor
    return f"{request.path}?{query.urlencode()}"
