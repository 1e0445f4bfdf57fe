"""Errors as RFC 9457 problem details: every failure of the API is one JSON object a program can read.

Problem
├── BadRequest 400         the request itself cannot be read
├── NotSignedIn 401        no credential, or one that does not hold
├── NotAllowed 403         known, but not allowed (only inside one's own organisation)
├── NotFound 404           missing, or somebody else's: both look the same
├── Conflict 409           the state of things forbids it, or somebody was faster
├── TooLarge 413
├── UnsupportedMedia 415
├── Unprocessable 422      readable, but a value is wrong; `errors` point at each
├── TooManyRequests 429
└── Unavailable 503        something outside is absent; come back
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar

from django.core.exceptions import (
    NON_FIELD_ERRORS,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.core.exceptions import ValidationError as ModelValidationError
from django.core.signals import got_request_exception
from django.db import DataError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import HttpError
from ninja.errors import ValidationError as RequestValidationError

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one value. `pointer` is a JSON pointer into the body (`/name`), or
    `?name` for a query parameter, `:name` for one of the path."""

    pointer: str
    detail: str
    code: str = "invalid"


class Problem(Exception):
    """Raise one anywhere below an API operation: it becomes the response."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"

    def __init__(
        self,
        detail: str = "",
        *,
        errors: Sequence[FieldError] = (),
        code: str = "",
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.specific_code = code or self.code
        self.retry_after = retry_after


class BadRequest(Problem):
    status, code = 400, "bad_request"


class NotSignedIn(Problem):
    status, code = 401, "not_signed_in"


class NotAllowed(Problem):
    status, code = 403, "not_allowed"


class NotFound(Problem):
    status, code = 404, "not_found"


class Conflict(Problem):
    status, code = 409, "conflict"


class TooLarge(Problem):
    status, code = 413, "too_large"


class UnsupportedMedia(Problem):
    status, code = 415, "unsupported_media"


class Unprocessable(Problem):
    status, code = 422, "invalid"


class TooManyRequests(Problem):
    status, code = 429, "too_many_requests"


class Unavailable(Problem):
    status, code = 503, "unavailable"


DEFAULT_DETAILS = {
    400: "The request cannot be read.",
    401: "Sign in, or send a valid token as “Authorization: Bearer …”.",
    403: "You are not allowed to do this.",
    404: "There is nothing here, or nothing that you may see.",
    405: "This address does not answer that method.",
    409: "This does not fit the present state.",
    413: "The request is too large.",
    415: "This kind of content is not accepted here.",
    422: "A value cannot be accepted.",
    429: "Too many requests. Wait a little.",
    500: "Something went wrong on our side. It has been recorded.",
    503: "Something this needs is not available right now. Try again soon.",
}
_CODES = {kind.status: kind.code for kind in Problem.__subclasses__()} | {
    405: "method_not_allowed",
    500: "internal_error",
}


def problem_response(
    status: int,
    *,
    detail: str = "",
    code: str = "",
    errors: Sequence[FieldError] = (),
    retry_after: int | None = None,
) -> HttpResponse:
    """The response for a failure, whoever noticed it."""
    code = code or _CODES.get(status, "bad_request")
    body: dict[str, object] = {
        "type": f"urn:meetmind:problem:{code.replace('_', '-')}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or DEFAULT_DETAILS.get(status, HTTPStatus(status).phrase),
        "code": code,
    }
    if errors:
        body["errors"] = [
            {"pointer": error.pointer, "detail": error.detail, "code": error.code}
            for error in errors
        ]
    response = HttpResponse(json.dumps(body), status=status, content_type=CONTENT_TYPE)
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def install_handlers(api: NinjaAPI) -> None:
    """Makes `api` answer every failure with a problem."""
    api.add_exception_handler(Problem, _on_problem)
    api.add_exception_handler(Http404, lambda request, exc: problem_response(404))
    api.add_exception_handler(PermissionDenied, lambda request, exc: problem_response(403))
    api.add_exception_handler(RequestDataTooBig, lambda request, exc: problem_response(413))
    api.add_exception_handler(SuspiciousOperation, lambda request, exc: problem_response(400))
    api.add_exception_handler(MultiPartParserError, lambda request, exc: problem_response(400))
    api.add_exception_handler(UnreadablePostError, lambda request, exc: problem_response(400))
    api.add_exception_handler(HttpError, _on_http_error)
    api.add_exception_handler(RequestValidationError, _on_invalid_request)
    api.add_exception_handler(ModelValidationError, _on_invalid_model)
    api.add_exception_handler(DataError, _on_value_out_of_range)
    api.add_exception_handler(OverflowError, _on_value_out_of_range)
    api.add_exception_handler(OperationalError, _on_absent_database)
    api.add_exception_handler(Exception, _on_unexpected)


def _on_problem(request: HttpRequest, exc: Problem | type[Problem]) -> HttpResponse:
    assert isinstance(exc, Problem)
    return problem_response(
        exc.status,
        detail=exc.detail,
        code=exc.specific_code,
        errors=exc.errors,
        retry_after=exc.retry_after,
    )


def _on_http_error(request: HttpRequest, exc: HttpError | type[HttpError]) -> HttpResponse:
    assert isinstance(exc, HttpError)
    detail = ""
    if exc.status_code == 400 and isinstance(exc.__cause__, ValueError):
        detail = f"The body cannot be read as JSON: {exc.__cause__}."
    return problem_response(exc.status_code, detail=detail)


def _on_invalid_request(
    request: HttpRequest, exc: RequestValidationError | type[RequestValidationError]
) -> HttpResponse:
    assert isinstance(exc, RequestValidationError)
    return problem_response(422, errors=[_field_error(error) for error in exc.errors])


def _field_error(error: dict[str, object]) -> FieldError:
    location = error.get("loc")
    parts = [str(part) for part in location] if isinstance(location, list | tuple) else []
    source, names = (parts[0], parts[1:]) if parts else ("body", [])
    if source == "body" and names:
        names = names[1:]  # the name of the handler's parameter means nothing to the caller
    if source in {"query", "path", "header", "cookie"}:
        sign = {"query": "?", "path": ":"}.get(source, f"{source}:")
        pointer = sign + ".".join(names)
    else:
        pointer = "".join(f"/{name.replace('~', '~0').replace('/', '~1')}" for name in names)
    return FieldError(pointer, str(error.get("msg", "")), str(error.get("type", "invalid")))


def _on_invalid_model(
    request: HttpRequest, exc: ModelValidationError | type[ModelValidationError]
) -> HttpResponse:
    assert isinstance(exc, ModelValidationError)
    by_field = exc.message_dict if hasattr(exc, "error_dict") else {NON_FIELD_ERRORS: exc.messages}
    return problem_response(
        422,
        errors=[
            FieldError("" if name == NON_FIELD_ERRORS else f"/{name}", message)
            for name, messages in by_field.items()
            for message in messages
        ],
    )


def _on_value_out_of_range(request: HttpRequest, exc: Exception | type[Exception]) -> HttpResponse:
    # The database's own limits (length, range) are the last check of a value from outside.
    logger.warning("The database refused a value of an API request.")
    return problem_response(422, detail="A value is too long or out of range.")


def _on_absent_database(
    request: HttpRequest, exc: OperationalError | type[OperationalError]
) -> HttpResponse:
    logger.error("The database did not answer an API request.", exc_info=_instance(exc))
    return problem_response(503, retry_after=2)


def _on_unexpected(request: HttpRequest, exc: Exception | type[Exception]) -> HttpResponse:
    got_request_exception.send(sender=None, request=request)
    logger.error("An API operation failed.", exc_info=_instance(exc))
    return problem_response(500)


def _instance(exc: Exception | type[Exception]) -> Exception | None:
    return exc if isinstance(exc, Exception) else None
