"""Whether this process is up, whether it can work, and figures for Prometheus."""

import logging

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

logger = logging.getLogger(__name__)

BROKER_TIMEOUT = 2.0
_migrated = False


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. It asks nothing else: a lost database must not get it killed."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Every thing this process needs, each as "ok" or in a word what is wrong; 503 if one is."""
    parts = {"database": _database(), "migrations": "unknown", "broker": _broker()}
    if parts["database"] == "ok":
        parts["migrations"] = _migrations()
    ready = all(state in {"ok", "not used"} for state in parts.values())
    return JsonResponse({"ready": ready, **parts}, status=200 if ready else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format. A proxy must not show it outside (deploy/nginx does not)."""
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


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
