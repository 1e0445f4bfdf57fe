"""What every test may use: the cast, and the private Redis."""

import os

import pytest

from tests.cast import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    """Acme's people, a rival's administrator, an operator and a candidate."""
    return make_cast()


@pytest.fixture(scope="session")
def redis_url() -> str:
    """The private Redis. Tests that flush or kill it start one of their own."""
    return os.environ["REDIS_URL"]
