"""Answers that are data: the schema a provider is given, and what is done with the text that returns."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Annotated, TypeVar, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from ai_engine.inputs import JsonValue
from ai_engine.untrusted import clean

M = TypeVar("M", bound="Structured")
_TAG = re.compile(r"<[^<>]{1,400}>")
_LINK = re.compile(
    r"!?\[([^\]]{0,300})\]\([^)]{0,2000}\)|https?://\S+|=HYPERLINK\([^)]{0,2000}\)", re.I
)


class Structured(BaseModel):
    """The form of an answer. Fields without bounds would let a model answer without end."""

    model_config = ConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True)


def _plain(text: str) -> str:
    """A model's words as words: no markup, no address to click or to load."""
    return _LINK.sub(lambda link: link.group(1) or "", _TAG.sub("", clean(text))).strip()


PlainText = Annotated[str, AfterValidator(_plain)]


def schema_of(model: type[BaseModel]) -> Mapping[str, JsonValue]:
    """The JSON schema in the form that all providers take: no references, nothing optional."""
    schema = model.model_json_schema()
    definitions = schema.pop("$defs", {})
    return cast("Mapping[str, JsonValue]", _inlined(schema, definitions))


def reader(model: type[M], check: Callable[[M], None] | None = None) -> Callable[[str], M]:
    """Turns an answer's text into the model, or raises ValueError with what is wrong with it."""

    def read(text: str) -> M:
        found = first_object(text)
        try:
            value = model.model_validate(found)
        except ValidationError as problem:
            faults = problem.errors(include_url=False, include_input=False, include_context=False)
            said = "; ".join(
                f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
                for fault in faults[:8]
            )
            raise ValueError(f"The JSON does not fit the schema: {said}") from problem
        if check is not None:
            check(value)
        return value

    return read


def first_object(text: str) -> dict[str, object]:
    """The first JSON object in a text: models put fences and pleasantries around it."""
    start = text.find("{")
    while start >= 0:
        try:
            value, _ = json.JSONDecoder(strict=False).raw_decode(text, start)
        except (ValueError, RecursionError):
            value = _without_trailing_commas(text[start:])
        if isinstance(value, dict):
            return value
        start = text.find("{", start + 1) if text.count("{", start + 1) < 50 else -1
    raise ValueError("There is no JSON object in the answer.")


def _without_trailing_commas(text: str) -> object:
    try:
        value: object = json.JSONDecoder(strict=False).raw_decode(
            re.sub(r",\s*([}\]])", r"\1", text)
        )[0]
    except (ValueError, RecursionError):
        return None
    return value


def _inlined(node: object, definitions: Mapping[str, object]) -> object:
    if isinstance(node, list):
        return [_inlined(part, definitions) for part in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _inlined(definitions[str(node["$ref"]).rsplit("/", 1)[-1]], definitions)
    plain = {
        key: {name: _inlined(part, definitions) for name, part in value.items()}
        if key == "properties" and isinstance(value, dict)
        else _inlined(value, definitions)
        for key, value in node.items()
        if key not in {"title", "default", "description"}
    }
    if plain.get("type") == "object":
        properties = plain.get("properties")
        plain["additionalProperties"] = False
        plain["required"] = list(properties) if isinstance(properties, dict) else []
    return plain
