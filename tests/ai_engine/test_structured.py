"""JSON from models: repaired where that is safe, refused with a reason where it is not."""

from typing import Annotated

import pytest
from pydantic import Field

from ai_engine.structured import PlainText, Structured, first_object, reader, schema_of


class Part(Structured):
    title: PlainText
    number: Annotated[int, Field(ge=1, le=4)] | None


class Whole(Structured):
    parts: list[Part]


GOOD = '{"parts": [{"title": "One", "number": 1}]}'


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"```json\n{GOOD}\n```",
        f"Sure! Here it is:\n{GOOD}\nAnything else?",
        GOOD.replace("}]}", "},]}"),
        GOOD + GOOD,
        "{oops} " + GOOD,
    ],
)
def test_what_surrounds_the_json_does_no_harm(text: str) -> None:
    assert reader(Whole)(text).parts[0].title == "One"


@pytest.mark.parametrize(
    "text",
    ["", "no", "[1, 2]", '{"parts": 1}', '{"parts": [{"title": "x", "number": 9}]}', "{" * 9000],
)
def test_what_does_not_fit_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(ValueError, match=r"JSON"):
        reader(Whole)(text)


def test_markup_and_links_are_words_only() -> None:
    raw = '{"title": "<b>See</b> [here](https://x.example/a) ![i](http://y) https://z.example", "number": null}'
    assert reader(Part)(raw).title == "See here i"


def test_the_schema_is_in_the_form_that_all_providers_take() -> None:
    schema = schema_of(Whole)
    assert "$ref" not in str(schema)
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["parts"]
    assert "title" in str(schema["properties"]), "a field may be called title"


def test_the_first_object_wins() -> None:
    assert first_object('x {"a": 1} {"b": 2}') == {"a": 1}
