"""The engine's tests need no database: real SDKs against the fake providers, or scripted ones."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.ai_engine.vendors import Vendors
from tests.fake_providers.server import FakeProviders


@pytest.fixture
async def fake() -> AsyncIterator[FakeProviders]:
    """All three providers on a free port."""
    server = FakeProviders()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def vendors(fake: FakeProviders) -> AsyncIterator[Vendors]:
    """The three real SDKs, pointed at the fake."""
    made = Vendors(fake, clock=asyncio.get_running_loop().time)
    yield made
    await made.aclose()
