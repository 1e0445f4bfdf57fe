"""Words as a provider sent them, made fit to be shown, stored and sent on."""

import re

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""JSON can spell a nought and half of a character; no database takes either, and UTF-8 has no halves."""


def text_of(value: object) -> str:
    """The text, or nothing where something else stands in its place."""
    return _UNSTORABLE.sub("", value) if isinstance(value, str) else ""
