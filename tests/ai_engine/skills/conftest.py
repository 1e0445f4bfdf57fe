"""Skills are tested through the real SDKs, against a fake that reads what it is sent."""

from collections.abc import Iterator

import pytest

from ai_engine.engine import Engine, engine
from ai_engine.limits import Limits
from tests.ai_engine.vendors import Vendors


@pytest.fixture
def thinking(vendors: Vendors) -> Iterator[Engine]:
    """The shared engine, over Groq and OpenRouter."""
    with engine.replaced_by(vendors.engine("groq", "openrouter", limits=Limits())) as replaced:
        yield replaced


@pytest.fixture
def without_ai() -> Iterator[Engine]:
    """An installation without a key."""
    with engine.replaced_by(Engine([])) as replaced:
        yield replaced
