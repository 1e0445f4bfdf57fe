"""Whether this process is up, whether it can work, and figures for Prometheus."""

import logging
from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

logger = logging.getLogger(__name__)

BROKER_TIMEOUT = 2.0
_migrated = False


Answer = HttpResponseBase | Awaitable[HttpResponseBase]


@sync_and_async_middleware
def answer_probes(get_response: Callable[[HttpRequest], Answer]) -> Callable[..., Answer]:
    """The outermost middleware: probes come from inside the host, under any name and without TLS,
    so neither ALLOWED_HOSTS nor the redirect to https may stand in their way."""
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponseBase:
            probe = PROBES.get(request.path)
            if probe is not None:
                return await sync_to_async(probe)(request)
            coming = get_response(request)
            assert isinstance(coming, Awaitable)
            response = await coming
            assert isinstance(response, HttpResponseBase)
            return response

        return answer_async

    def answer(request: HttpRequest) -> Answer:
        probe = PROBES.get(request.path)
        return get_response(request) if probe is None else probe(request)

    return answer


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. It asks nothing else: a lost database must not get it killed."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Every thing this process needs, each as "ok" or in a word what is wrong; 503 if one is."""
    parts = {"database": _database(), "migrations": "unknown", "broker": _broker()}
    if parts["database"] == "ok":
        parts["migrations"] = _migrations()
    ready = all(state in {"ok", "not used"} for state in parts.values())
    return JsonResponse({"ready": ready, **parts}, status=200 if ready else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format. A proxy must not show it outside (deploy/nginx does not)."""
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


PROBES: dict[str, Callable[[HttpRequest], HttpResponseBase]] = {
    "/healthz": healthz,
    "/readyz": readyz,
    "/metrics": metrics,
}


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.warning("The database does not answer.")
        return "does not answer"
    return "ok"


def _migrations() -> str:
    global _migrated
    if not _migrated:  # once applied they stay applied while this process lives
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "ok" if _migrated else "not all applied: run python manage.py migrate"


def _broker() -> str:
    if not settings.MANY_PROCESSES:
        return "not used"
    import redis  # only where there is a broker to ask

    try:
        with redis.Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=BROKER_TIMEOUT,
            socket_connect_timeout=BROKER_TIMEOUT,
        ) as client:
            client.ping()
    except redis.RedisError:
        logger.warning("The broker does not answer.")
        return "does not answer"
    return "ok"
