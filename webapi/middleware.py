"""What holds for every request before an operation or a page sees it."""

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from webapi.problems import CONTENT_TYPE, problem_response

API_PREFIX = "/api/"
Answer = HttpResponseBase | Awaitable[HttpResponseBase]


@sync_and_async_middleware
def plain_failures(get_response: Callable[[HttpRequest], Answer]) -> Callable[..., Answer]:
    """Refuses NUL characters in an address, which PostgreSQL cannot take, with 400; and turns every
    failure under /api/ that is not yet a problem (unknown path, wrong method, bad host) into one."""
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponseBase:
            refused = _refuse_nul(request)
            if refused is not None:
                return _as_problem(request, refused)
            coming = get_response(request)
            assert isinstance(coming, Awaitable)
            return _as_problem(request, await coming)

        return answer_async

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = _refuse_nul(request) or get_response(request)
        assert isinstance(response, HttpResponseBase)
        return _as_problem(request, response)

    return answer


def _refuse_nul(request: HttpRequest) -> HttpResponseBase | None:
    if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
        return HttpResponseBadRequest("The address holds a character that cannot be used.\n")
    return None


def _as_problem(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if response.status_code < 400 or not request.path.startswith(API_PREFIX):
        return response
    if response.get("Content-Type", "").startswith(CONTENT_TYPE):
        return response
    problem = problem_response(response.status_code)
    for name in ("Allow", "Retry-After"):
        if name in response:
            problem[name] = response[name]
    response.close()
    return problem
