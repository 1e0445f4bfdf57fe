"""Made-up requests to every operation of the API: whatever comes, never a 5xx.

20 for each operation; `make fuzz` sends 500, and those that schemathesis thinks out to cover the schema.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from meetmind.api import api
from tests.cast import Cast, make_interview
from webapi.tokens import issue_token

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "20"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
schema = schemathesis.openapi.from_dict(dict(api.get_openapi_schema()))
schema.app = get_wsgi_application()
schema.config.phases.coverage.enabled = EXAMPLES > 20


@pytest.fixture
def widest_token(cast: Cast) -> Iterator[str]:
    """Of Acme's administrator, with something there to be found."""
    make_interview(cast)
    # At the end of each request Django would close the connection that holds this test's rows.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield issue_token(user=cast.ada.user, name="fuzz").secret
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    # Rows of earlier examples may stay: they make later ones more interesting.
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
    derandomize=EXAMPLES <= 20,
    database=None,
)
def test_no_request_breaks_it(case: Case[Any], widest_token: str) -> None:
    headers = {"Authorization": f"Bearer {widest_token}", "Host": "127.0.0.1"}
    response = case.call(headers=headers)
    case.validate_response(response, checks=CHECKS)
