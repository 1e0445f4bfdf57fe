"""The API at /api/v1: each app brings its routers, here they get their places."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from interviews.access import Forbidden, Missing
from interviews.api import router as interviews_router
from interviews.services.change_team import LastAdministrator
from interviews.services.write_plan import StalePlan
from interviews.services.write_rubric import StaleRubric
from interviews.states import IllegalMove
from meetmind.api_docs import LocalDocs
from scheduler.api import router as scheduler_router
from webapi.documented import DocumentedApi
from webapi.problems import problem_response

api = DocumentedApi(
    title="MeetMind",
    version="1",
    description=(
        "Everything the pages do, for programs. Sign in with a bearer token. Lists come in pages "
        "(`cursor`, `next`); errors are problem details (RFC 9457); what belongs to another "
        "organisation answers exactly as what does not exist."
    ),
    docs=LocalDocs(),
    most_per_minute=settings.API_REQUESTS_PER_MINUTE,
)


@api.exception_handler(Missing)
def _missing(request: HttpRequest, exc: Exception) -> HttpResponse:
    return problem_response(404)


@api.exception_handler(StalePlan)
@api.exception_handler(StaleRubric)
def _stale(request: HttpRequest, exc: Exception) -> HttpResponse:
    detail = "Somebody changed it since that revision. Read it again, then decide."
    return problem_response(409, detail=detail, code="stale")


@api.exception_handler(IllegalMove)
@api.exception_handler(LastAdministrator)
def _not_now(request: HttpRequest, exc: Exception) -> HttpResponse:
    return problem_response(409, detail=str(exc))


@api.exception_handler(Forbidden)
def _forbidden(request: HttpRequest, exc: Exception) -> HttpResponse:
    return problem_response(403, detail=str(exc))


api.add_router("", interviews_router)
api.add_router("", scheduler_router)
