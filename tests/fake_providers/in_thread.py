"""The fake providers on a loop of their own, for tests that are not async, or use several loops."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.fake_providers.server import FakeProviders


@contextmanager
def fake_in_thread() -> Iterator[FakeProviders]:
    """Serving until the end of the block."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="fake-providers", daemon=True)
    thread.start()
    fake = FakeProviders()
    asyncio.run_coroutine_threadsafe(fake.start(), loop).result(10)
    try:
        yield fake
    finally:
        asyncio.run_coroutine_threadsafe(fake.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
