"""The pytest plugin that starts the private servers before Django reads its settings.

The controller of an xdist run starts them once; its workers find both addresses in the environment.
With MEETMIND_TEST_SQLITE set the run is the portable one: SQLite, and no server at all.
"""

import os
from collections.abc import Generator

import pytest

from tests.servers import PrivateServers, ServerMissing, start_private_servers

_started: list[PrivateServers] = []


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    # A wrapper runs before every plain hook, so before pytest-django loads the settings.
    if not os.environ.get("MEETMIND_TEST_SQLITE"):
        try:
            _started.append(start_private_servers())
        except ServerMissing as missing:
            raise pytest.UsageError(str(missing)) from missing
    return (yield)


def pytest_unconfigure() -> None:
    while _started:
        _started.pop().stop()
