"""Gets an installation ready to serve, and says what it is: for people at a terminal."""

from collections.abc import Generator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

_MIGRATING = 0x4D4D_4D49  # any number of our own, the same in every process


def bring_database_up_to_date() -> None:
    """Applies what migrations are missing. Several processes may start at once: one does it."""
    with _one_migrates():
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def _one_migrates() -> Generator[None, None, None]:
    if connection.vendor != "postgresql":
        yield  # one process: its lock file has already kept others away
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATING])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATING])


def providers_in_words() -> str:
    """Which AI providers have a key, in the order in which they are asked."""
    named = [
        name for name in settings.AI_PROVIDERS if settings.AI_PROVIDER_SETTINGS[name]["api_key"]
    ]
    if named:
        return ", then ".join(named)
    return "none configured: plans ask their own questions (set GEMINI_API_KEY, OPENROUTER_API_KEY or GROQ_API_KEY)"


def data_in_words() -> str:
    """Where the installation keeps everything."""
    database = settings.DATABASES["default"]
    if not settings.DATABASE_URL:
        return str(database["NAME"])
    return f"PostgreSQL, {database['NAME']} on {database['HOST'] or 'this machine'}"
