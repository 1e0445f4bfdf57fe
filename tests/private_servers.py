"""The pytest plugin that starts the private servers before Django reads its settings.

The controller of an xdist run starts them once; its workers find both addresses in the environment.
With MEETMIND_TEST_SQLITE set the run is the portable one: SQLite, and no server at all.

What this machine lacks is said in one line at the end, and its tests are left out; with CI=true the run
fails at once instead.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.servers import INSTALL_HINT, PrivateServers, ServerMissing, start_private_servers

_started: list[PrivateServers] = []
_data_folders: list[str] = []
_ADDRESSES = ("DATABASE_URL", "REDIS_URL")
_SQLITE = "MEETMIND_TEST_SQLITE"
_NO_SERVERS = "MEETMIND_TEST_NO_SERVERS"  # why, told by the controller to its workers


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    # A wrapper runs before every plain hook, so before pytest-django loads the settings.
    if "DATA_DIR" not in os.environ:
        os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="mm-")
        _data_folders.append(os.environ["DATA_DIR"])  # of all workers, removed by who made it
    if not os.environ.get(_SQLITE):
        given = {name: os.environ[name] for name in _ADDRESSES if name in os.environ}
        try:
            _started.append(start_private_servers())
        except ServerMissing as missing:
            os.environ[_NO_SERVERS] = str(missing)
            os.environ[_SQLITE] = "1"
            for name in set(_ADDRESSES) - set(given):
                os.environ.pop(name, None)  # of the one server that did start, and is gone again
    missing_here = _left_out()
    if missing_here and os.environ.get("CI") == "true":
        raise pytest.UsageError(" ".join(missing_here.values()))
    return (yield)


def pytest_unconfigure() -> None:
    while _started:
        _started.pop().stop()
    while _data_folders:
        shutil.rmtree(_data_folders.pop(), ignore_errors=True)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A run of portable tests alone reads the files alone that name one: collecting takes longer than running them."""
    is_portable_run = config.option.markexpr == "portable" and collection_path.suffix == ".py"
    return True if is_portable_run and "portable" not in collection_path.read_text() else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = _left_out()
    kept: list[pytest.Item] = []
    dropped: list[pytest.Item] = []
    for item in items:
        needs_more_than_sqlite = "servers" in left_out and not item.get_closest_marker("portable")
        needs_browser = "browser" in left_out and item.get_closest_marker("browser") is not None
        (dropped if needs_more_than_sqlite or needs_browser else kept).append(item)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    left_out = _left_out()
    if left_out:
        terminalreporter.write_line(
            f"Could not run everything: {' '.join(left_out.values())}", yellow=True
        )


def _left_out() -> dict[str, str]:
    """What cannot run on this machine, and why."""
    reasons = {}
    if os.environ.get(_NO_SERVERS):
        reasons["servers"] = f"only portable tests ran, on SQLite. {os.environ[_NO_SERVERS]}"
    if not shutil.which("chromium") and not shutil.which("chromium-browser"):
        reasons["browser"] = f"No Chromium for the browser tests. {INSTALL_HINT} chromium"
    return reasons
