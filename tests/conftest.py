"""What every test may use: the cast, and the private Redis."""

import os

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.cast import Cast, make_cast

# A busy machine is no fault of the code under test: time is measured by the tests that are about time.
hypothesis_settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("house")


@pytest.fixture
def cast(db: None) -> Cast:
    """Acme's people, a rival's administrator, an operator and a candidate."""
    return make_cast()


@pytest.fixture(scope="session")
def redis_url() -> str:
    """The private Redis. Tests that flush or kill it start one of their own."""
    return os.environ["REDIS_URL"]
