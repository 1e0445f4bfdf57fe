"""Two transactions at once: what somebody else does meanwhile, on a connection of their own."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager

from django.db import connection

_PATIENCE = 30.0


@contextmanager
def meanwhile(act: Callable[[], object]) -> Iterator[Future[object]]:
    """Starts `act` in a thread. Inside the block it is done, or waits for a lock (PostgreSQL only).

    Leaving the block joins the thread, so whatever it waits for must be given up by then.
    """
    backend: Future[int] = Future()
    result: Future[object] = Future()

    def run() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("select pg_backend_pid()")
                backend.set_result(cursor.fetchone()[0])
            result.set_result(act())
        except BaseException as problem:  # handed to who asks for the result
            result.set_exception(problem)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        _until_done_or_waiting(result, backend.result(_PATIENCE))
        yield result
    finally:
        thread.join(_PATIENCE)
    assert not thread.is_alive(), "it still waits for a lock"


def _until_done_or_waiting(result: Future[object], pid: int) -> None:
    give_up_at = time.monotonic() + _PATIENCE
    while not result.done() and not _is_waiting(pid):
        assert time.monotonic() < give_up_at, "neither done nor waiting"
        time.sleep(0.01)


def _is_waiting(pid: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select cardinality(pg_blocking_pids(%s)) > 0", [pid])
        return bool(cursor.fetchone()[0])
