"""Times as exporters write them: hours or none, comma or dot, one digit or two. No pattern matching: linear."""

from interviews.importing.result import LONGEST_MS

MOST_DIGITS = 4


def read_time(text: str) -> int | None:
    """Milliseconds, or None if this is no time."""
    text = text.strip()
    if text.startswith("-"):  # some cutters write times before the new beginning
        return 0 if read_time(text[1:].lstrip("-")) is not None else None
    clock, mark, fraction = text.replace(",", ".").partition(".")
    parts = clock.split(":", 3)
    if len(parts) not in (2, 3) or not all(map(_is_number, parts)):
        return None
    if mark and not (fraction.isascii() and fraction.isdigit()):
        return None
    seconds = 0
    for part in parts:
        seconds = seconds * 60 + int(part)
    milliseconds = int(fraction[:3].ljust(3, "0")) if fraction else 0
    return seconds * 1000 + milliseconds


def read_span(line: str) -> tuple[int, int, str] | None:
    """`start --> end`, with what follows (cue settings; or words, if the span stands in brackets)."""
    before, arrow, after = line.partition("-->")
    if not arrow:
        return None
    before = before.strip()
    bracketed = before.startswith("[")
    if bracketed:
        end_text, _, rest = after.partition("]")
        before = before[1:]
    else:
        end_text, _, rest = after.strip().partition(" ")
        end_text, _, _ = end_text.partition("\t")
    start, end = read_time(before), read_time(end_text)
    if start is None or end is None:
        return None
    return start, end, rest.strip() if bracketed else ""


def is_too_late(milliseconds: int) -> bool:
    return milliseconds > LONGEST_MS


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
