"""What a database can store, and how much of it a row should hold. Pure."""

import json
import re
from typing import Final

from scheduler.outcomes import JsonValue

_NUL: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""As JSON writes it, also without ensure_ascii; behind a backslash of its own it is only its name."""


def storable(text: str) -> str:
    """Without what PostgreSQL (NUL) or no database (halves of surrogate pairs) stores."""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()


def why_unstorable(value: JsonValue, *, at_most: int) -> str:
    """What is wrong with it, to follow "The result": empty when it can be stored."""
    if value is None:
        return ""
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False)
        text.encode()
    except (TypeError, ValueError, RecursionError) as problem:
        return f"is not JSON: {problem}"
    if _NUL.search(text):
        return "holds a NUL character, which no database stores."
    if len(text) > at_most:
        return f"is longer than {at_most} characters: store it, and hand on its id."
    return ""
