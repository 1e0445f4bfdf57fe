"""Forms with rows: buttons that add, move and remove a row answer with the form anew, nothing saved.

They work without script; with it, htmx swaps the form in place. What was typed is carried along.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Row = Mapping[str, object]
MOST_ROWS = 60
SAVE = "save"


@dataclass(frozen=True, slots=True)
class RowAction:
    """What a button asks for: `add`, `up-2`, `down-2`, `remove-2`; anything else changes no row."""

    kind: str
    place: int = -1


def read_action(text: str) -> RowAction:
    kind, _, place = text.partition("-")
    return RowAction(kind, int(place) if place.isascii() and place.isdigit() else -1)


def read_count(text: str) -> int:
    """How many rows the form says it holds."""
    return min(int(text), MOST_ROWS) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def apply_action(action: RowAction, rows: list[Row], *, blank: Row) -> tuple[list[Row], str]:
    """The rows afterwards, and which button of theirs has the focus next (`up-1`)."""
    place, last = action.place, len(rows) - 1
    rows = list(rows)
    if action.kind == "add" and len(rows) < MOST_ROWS:
        return [*rows, blank], f"text-{len(rows)}"
    if action.kind == "up" and 0 < place <= last:
        rows[place - 1], rows[place] = rows[place], rows[place - 1]
        return rows, f"up-{place - 1}" if place > 1 else "down-0"
    if action.kind == "down" and 0 <= place < last:
        rows[place], rows[place + 1] = rows[place + 1], rows[place]
        return rows, f"down-{place + 1}" if place + 1 < last else f"up-{place + 1}"
    if action.kind == "remove" and 0 <= place <= last:
        del rows[place]
        return rows, f"remove-{min(place, last - 1)}" if rows else "add"
    return rows, ""
