"""What every journey starts with: a browser, made-up providers, and a MeetMind that uses them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import open_browser
from tests.journeys.providers import Providers, running_providers
from tests.journeys.rooms import data_with_rooms
from tests.stack import OneProcess


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as started:
        yield started


@pytest.fixture
def providers() -> Iterator[Providers]:
    with running_providers() as running:
        yield running


@pytest.fixture
def stack(tmp_path: Path, providers: Providers) -> Iterator[OneProcess]:
    """With the demo."""
    started = OneProcess(tmp_path, settings=providers.settings())
    started.start()
    yield started
    started.stop()


@pytest.fixture
def stack_with_rooms(tmp_path: Path, providers: Providers) -> Iterator[OneProcess]:
    """Without the demo: Acme's people, and the rooms that `waiting_room` finds."""
    shutil.copytree(data_with_rooms(), tmp_path / "data")
    started = OneProcess(tmp_path, settings=providers.settings())
    started.start()
    yield started
    started.stop()
