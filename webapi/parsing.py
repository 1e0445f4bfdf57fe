"""Reads bodies and query strings strictly: what no database or template can hold is refused here,
as a 4xx with a sentence, instead of failing somewhere below as a 500."""

import json
from typing import Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser


class StrictParser(Parser):
    """JSON without NaN, bottomless nesting, NUL characters or halves of surrogate pairs."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        try:
            body = json.loads(request.body, parse_constant=_refuse_constant)
        except RecursionError:
            raise ValueError("it is nested too deeply") from None
        except UnicodeDecodeError:
            raise ValueError("it is not UTF-8") from None
        if b"\\u" in request.body or b"\x00" in request.body:
            _refuse_bad_text(body)
        return body  # type: ignore[no-any-return]  # whatever JSON holds; pydantic judges its shape

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        result: dict[str, Any] = super().parse_querydict(data, list_fields, request)
        return result


def is_storable(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _refuse_bad_text(value: object) -> None:
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str) and not is_storable(part):
            raise ValueError("a text holds a NUL character or half of a surrogate pair")
        if isinstance(part, dict):
            waiting.extend(part)
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
