"""Providers that hang cost no time here: see tests/hurried_time.py."""

from collections.abc import Callable, Mapping

from tests.hurried_time import HurriedLoop


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], HurriedLoop]]:
    return {"hurried": HurriedLoop}
