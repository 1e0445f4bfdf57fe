"""A NinjaAPI whose OpenAPI document tells the whole truth: problems, idempotency keys."""

from typing import Any

from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from webapi.idempotency import HEADER, install_idempotency
from webapi.limits import CallerThrottle
from webapi.parsing import StrictParser
from webapi.problems import CONTENT_TYPE, DEFAULT_DETAILS, install_handlers
from webapi.tokens import BearerAuth, SessionAuth

_ALWAYS = (400, 401, 403, 404, 429, 503)
_WITH_BODY = (409, 413, 415, 422)


class DocumentedApi(NinjaAPI):
    """The API of a site: every operation needs a token or a session unless it says otherwise,
    fails with problems, and takes an Idempotency-Key on POST."""

    def __init__(
        self, *, title: str, version: str, description: str, docs: Any, most_per_minute: int
    ) -> None:
        super().__init__(
            title=title,
            version=version,
            description=description,
            urls_namespace="api",
            auth=[BearerAuth(), SessionAuth()],
            parser=StrictParser(),
            throttle=CallerThrottle(most=most_per_minute),
            docs=docs,
            docs_decorator=require_safe,
        )
        install_handlers(self)
        install_idempotency(self)

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        schema["components"].setdefault("schemas", {})["Problem"] = _PROBLEM_SCHEMA
        for operations in schema["paths"].values():
            for method, operation in operations.items():
                _document(method, operation)
        return schema

    def get_openapi_operation_id(self, operation: Any) -> str:
        # The name of the function is what a generated client calls; modules are our own affair.
        return str(operation.view_func.__name__)


def _document(method: str, operation: dict[str, Any]) -> None:
    statuses = _ALWAYS + (_WITH_BODY if method != "get" else (422,))
    for status in statuses:
        operation["responses"].setdefault(status, _problem(status))
    if method == "post":
        names = {parameter["name"] for parameter in operation.setdefault("parameters", [])}
        if HEADER not in names:
            operation["parameters"] = [*operation["parameters"], _KEY_PARAMETER]


def _problem(status: int) -> dict[str, Any]:
    return {
        "description": DEFAULT_DETAILS[status],
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


_KEY_PARAMETER = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "description": "A value of your own per intent. The same key and body are done once and "
    "answered alike for 24 hours.",
}
_PROBLEM_SCHEMA = {
    "title": "Problem",
    "description": "What went wrong (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail", "code"],
                "properties": {
                    "pointer": {"type": "string"},
                    "detail": {"type": "string"},
                    "code": {"type": "string"},
                },
            },
        },
    },
}
