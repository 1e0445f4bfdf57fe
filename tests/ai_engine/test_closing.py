"""At the end of a process no connection to a provider is left, whichever loop it was opened on."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator

import pytest
from celery import signals

from ai_engine.engine import Engine, SharedEngine
from ai_engine.engine import engine as the_engine
from meetmind import celery as the_worker
from scheduler.loop_thread import LoopThread
from tests.ai_engine.vendors import NAMES, Vendors, asked, hello, live
from tests.fake_providers.in_thread import fake_in_thread
from tests.fake_providers.server import FakeProviders


@pytest.fixture
def fake() -> Iterator[FakeProviders]:
    with fake_in_thread() as fake:
        yield fake


async def ask_all(engine: Engine) -> None:
    for name in NAMES:
        only = hello(live(deadline=20, only=name))
        for streamed in (False, True):
            assert (await asked(engine, only, streamed=streamed)).result == "ok"


async def none_open(fake: FakeProviders) -> bool:
    for _ in range(500):
        if fake.open_sockets == 0:
            return True
        await asyncio.sleep(0.01)
    return False


def test_the_web_the_commands_and_the_jobs_leave_no_socket(fake: FakeProviders) -> None:
    built = Vendors(fake).engine()
    shared, jobs = SharedEngine(lambda: built), LoopThread()

    async def serve() -> None:
        await ask_all(shared.current)
        await asyncio.to_thread(lambda: shared.run(ask_all(shared.current)))
        await asyncio.wrap_future(jobs.submit(lambda: ask_all(shared.current)))
        assert fake.open_sockets >= 3 * len(NAMES)
        await shared.aclose()
        assert await none_open(fake)

    asyncio.run(serve())
    shared.run(ask_all(built))  # it may be used again, on a loop that begins anew
    shared.close()
    assert asyncio.run(none_open(fake))
    jobs.stop()


@pytest.mark.parametrize("signal", [signals.worker_shutdown, signals.worker_process_shutdown])
def test_a_worker_that_ends_leaves_no_socket(signal: signals.Signal, fake: FakeProviders) -> None:
    assert the_worker.app.main == "meetmind"
    jobs = LoopThread()
    with the_engine.replaced_by(Vendors(fake).engine()) as replaced:
        jobs.submit(lambda: ask_all(replaced)).result(30)
        assert fake.open_sockets >= len(NAMES)
        signal.send(sender=None)
    assert asyncio.run(none_open(fake))
    jobs.stop()


def test_who_waits_for_an_answer_when_all_ends_is_not_left_waiting() -> None:
    shared = SharedEngine(lambda: Engine([]))

    async def wait_for_ever() -> None:
        await asyncio.get_running_loop().create_future()

    async def end_it() -> None:
        waiting = asyncio.create_task(asyncio.to_thread(lambda: shared.run(wait_for_ever())))
        await asyncio.sleep(0.05)
        await shared.aclose()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(waiting, 10)

    asyncio.run(end_it())


FORKING = """
import os, sys
from ai_engine.engine import Engine, Message, Request, SharedEngine, engine
from ai_engine.inputs import CallContext
from ai_engine.providers.scripted import Scripted

request = Request(skill="fork", messages=(Message("user", "Hello"),), context=CallContext(scope="me"))
engine._build = lambda: Engine([Scripted()])
assert engine.run(engine.complete(request)).text == "Yes."
child = os.fork()
if not child:
    os._exit(0 if engine.run(engine.complete(request)).text == "Yes." else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_forked_child_thinks_on_a_loop_of_its_own() -> None:
    done = subprocess.run([sys.executable, "-c", FORKING], timeout=30, check=False)
    assert done.returncode == 0
