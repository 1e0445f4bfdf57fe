"""Idempotency-Key: a POST that is sent again is answered again, not done again.

The first request reserves (caller, key) before it does anything, and stores its response if it
succeeded; a failure gives the key back. A second one with the same key and content gets the stored
response; with other content 422; while the first still works 409. If a process died between doing
and storing, the key stays reserved and answers 409: nobody may guess whether the work was done.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, ParamSpec, TypeVar, cast

from asgiref.sync import sync_to_async
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from ninja import NinjaAPI

from webapi.callers import Caller
from webapi.models import IdempotentRequest
from webapi.problems import BadRequest, Conflict, Unprocessable

P = ParamSpec("P")
R = TypeVar("R")

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
TAKES_AT_MOST = timedelta(minutes=2)  # longer, and its process is taken for dead
LARGEST_BODY = 256 * 1024
_ATTRIBUTE = "_idempotent_request"


def install_idempotency(api: NinjaAPI) -> None:
    """Makes every POST of `api` take the header: an operation cannot forget it."""
    # Inside, the caller is known and the body has proved valid; outside, the response exists.
    api.add_decorator(_reserving, mode="operation")
    api.add_decorator(_settling, mode="view")


def forget_answers(*, about: Collection[str]) -> int:
    """Empties the stored answers that hold any of these ids: their subject was erased.

    The keys stay taken: a request that comes again is told that its answer is gone, not done again.
    """
    wanted = [part.encode() for part in about]
    emptied = 0
    for row in IdempotentRequest.objects.exclude(body=b"").iterator():
        body = bytes(row.body)
        if any(part in body for part in wanted):
            row.body, row.status, row.location = b"", 410, ""
            row.save(update_fields=["body", "status", "location"])
            emptied += 1
    return emptied


def _reserving(operation: Callable[..., Any]) -> Callable[..., Any]:
    if iscoroutinefunction(operation):

        @wraps(operation)
        async def reserve_then_run(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            stored = await sync_to_async(_reserve)(request)
            return stored or await operation(request, *args, **kwargs)

        return reserve_then_run

    @wraps(operation)
    def reserve_and_run(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return _reserve(request) or operation(request, *args, **kwargs)

    return reserve_and_run


def _settling(run: Callable[..., Any]) -> Callable[..., Any]:
    if iscoroutinefunction(run):

        @wraps(run)
        async def run_then_settle(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            response = await cast("Awaitable[HttpResponseBase]", run(request, **kwargs))
            await sync_to_async(_settle)(request, response)
            return response

        return run_then_settle

    @wraps(run)
    def run_and_settle(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = run(request, **kwargs)
        _settle(request, response)
        return response

    return run_and_settle


def _reserve(request: HttpRequest) -> HttpResponse | None:
    """Reserves the request's key; returns the stored response if it was answered before."""
    key = request.headers.get(HEADER, "")
    if request.method != "POST" or not key:
        return None
    if len(key) > 255 or not key.isprintable():
        raise BadRequest(f"{HEADER} must be 1 to 255 printable characters.", code="bad_key")
    now = timezone.now()
    IdempotentRequest.objects.filter(created_at__lt=now - KEPT).delete()
    caller = getattr(request, "auth", None)
    name = caller.key if isinstance(caller, Caller) else "anyone"
    fingerprint = _fingerprint(request)
    try:
        with transaction.atomic():
            mine = IdempotentRequest.objects.create(
                caller=name, key=key, fingerprint=fingerprint, created_at=now
            )
    except IntegrityError:
        earlier = IdempotentRequest.objects.filter(caller=name, key=key).first()
        return _answer_again(earlier, fingerprint)
    setattr(request, _ATTRIBUTE, mine)
    return None


def _answer_again(earlier: IdempotentRequest | None, fingerprint: str) -> HttpResponse:
    if earlier is None:  # given back between our attempt and our look
        raise Conflict("The first request with this key has just failed. Send it again.")
    if earlier.fingerprint != fingerprint:
        raise Unprocessable(
            f"This {HEADER} was used for a different request. Use a new one.", code="key_reused"
        )
    if earlier.status is None:
        if timezone.now() - earlier.created_at > TAKES_AT_MOST:
            raise Conflict(
                "The first request with this key never finished. Look whether its work was done, "
                "then use a new key.",
                code="outcome_unknown",
            )
        raise Conflict(
            "The first request with this key is still being answered.",
            code="still_working",
            retry_after=1,
        )
    response = HttpResponse(
        bytes(earlier.body), status=earlier.status, content_type=earlier.content_type
    )
    if earlier.location:
        response["Location"] = earlier.location
    response["Idempotent-Replayed"] = "true"
    return response


def _settle(request: HttpRequest, response: HttpResponseBase) -> None:
    """Stores a success, gives the key of a failure back."""
    mine = getattr(request, _ATTRIBUTE, None)
    if not isinstance(mine, IdempotentRequest):
        return
    storable = isinstance(response, HttpResponse) and len(response.content) <= LARGEST_BODY
    if not 200 <= response.status_code < 300 or not storable:
        mine.delete()
        return
    assert isinstance(response, HttpResponse)
    mine.status = response.status_code
    mine.content_type = response.get("Content-Type", "")
    mine.location = response.get("Location", "")
    mine.body = response.content
    mine.save(update_fields=["status", "content_type", "location", "body"])


def _fingerprint(request: HttpRequest) -> str:
    content_type = request.content_type or ""
    if content_type.startswith("multipart/"):
        # The boundary differs at each sending, so the parts are taken, not the bytes around them.
        files = [
            (name, file.name, file.size, _digest_of(file.chunks()))
            for name in sorted(request.FILES)
            for file in request.FILES.getlist(name)
        ]
        content = json.dumps([sorted(request.POST.lists()), files]).encode()
    else:
        content = request.body
    head = f"{request.method} {request.get_full_path()} {content_type}\n".encode()
    return hashlib.sha256(head + content).hexdigest()


def _digest_of(chunks: Any) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()
