"""The database threads of the live rooms: bounded, and not the one thread that all other async code shares.

On that one thread a slow page would make every room wait behind it.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.db import close_old_connections, connection

P = ParamSpec("P")
T = TypeVar("T")
_MOST = 8
_threads: ThreadPoolExecutor | None = None
_under_way: set["asyncio.Future[Any]"] = set()  # of whatever type each function returns


def _executor() -> ThreadPoolExecutor:
    global _threads
    if _threads is None:
        most = max(1, min(_MOST, settings.DATABASE_POOL // 2))
        _threads = ThreadPoolExecutor(most, thread_name_prefix="room")
    return _threads


async def in_database(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs a function that uses the database. It runs to its end even if the caller is cancelled."""

    def run() -> T:
        close_old_connections()
        try:
            return function(*args, **kwargs)
        finally:
            # Back to the pool (or closed): a thread that rests must not hold one of few connections.
            connection.close()

    work = asyncio.get_running_loop().run_in_executor(_executor(), run)
    _under_way.add(work)
    work.add_done_callback(_under_way.discard)
    return await asyncio.shield(work)


async def finish_database_work(seconds: float | None = None) -> None:
    """Waits for what is under way, or for so long: a stopping process breaks off no transaction."""
    loop = asyncio.get_running_loop()
    here = [work for work in _under_way if work.get_loop() is loop]
    if here:
        await asyncio.wait(here, timeout=seconds)
