"""The style guide and the shared scripts behind a real server, without a database: no such page needs one."""

import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings
from playwright.sync_api import Browser

from tests.browser import open_browser


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is wsgiref's
        """Says nothing: the test output is for tests."""


@pytest.fixture(scope="package")
def address() -> Iterator[str]:
    with override_settings(
        ROOT_URLCONF="tests.pages.urls", ALLOWED_HOSTS=["127.0.0.1", "testserver"]
    ):
        server = make_server(
            "127.0.0.1", 0, WSGIHandler(), server_class=_Server, handler_class=_Quiet
        )
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser
