"""Starts what the tests need before Django reads its settings, and shares the cast with every test."""

import os
from collections.abc import Iterator

import pytest

from tests.servers import PrivateServers, ServerMissing, start_private_servers

_servers: PrivateServers | None = None


def pytest_configure(config: pytest.Config) -> None:
    """The controller of an xdist run starts the servers once; workers inherit the environment.

    With MEETMIND_TEST_SQLITE set the run is the portable one: SQLite, and no server at all.
    """
    global _servers
    if hasattr(config, "workerinput") or os.environ.get("MEETMIND_TEST_SQLITE"):
        return
    try:
        _servers = start_private_servers()
    except ServerMissing as missing:
        pytest.exit(str(missing), returncode=3)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _servers is not None and not hasattr(config, "workerinput"):
        _servers.stop()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The private Redis. Tests that flush or kill it start one of their own."""
    yield os.environ["REDIS_URL"]
