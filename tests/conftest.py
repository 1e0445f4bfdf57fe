"""What every test may use: the cast, and the private Redis."""

import gc
import os

import pytest
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from tests.cast import Cast, make_cast
from tests.tables import tables_in_postgres

# A busy machine is no fault of the code under test: time is measured by the tests that are about time.
hypothesis_settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("house")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The test database of each worker begins as a copy of one that was migrated once."""
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = tables_in_postgres()


_KEEP_NO_STATISTICS = """
DO $$ DECLARE its_table regclass; BEGIN
    FOR its_table IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
        EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = false)', its_table);
    END LOOP;
END $$
"""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Statistics gathered while a test runs say that a table is empty, for nothing is committed yet. The planner then
    takes any index for as good as another, and reads the whole of one for each row, with all that earlier tests
    rolled back still in it: a test of half a second took a minute."""
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(_KEEP_NO_STATISTICS)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys take the longest: begun last, one of them would keep all other workers waiting."""
    items.sort(key=lambda item: "tests/journeys" not in item.nodeid)


def pytest_collection_finish() -> None:
    """Whatever is loaded now stays: the collector need not look at three thousand tests again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture
def cast(db: None) -> Cast:
    """Acme's people, a rival's administrator, an operator and a candidate."""
    return make_cast()


@pytest.fixture(scope="session")
def redis_url() -> str:
    """The private Redis. Tests that flush or kill it start one of their own."""
    return os.environ["REDIS_URL"]
