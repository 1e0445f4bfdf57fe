"""Text that people can read: `Name: words`, with or without times, and headings as Otter, Zoom and Meet write them.

Only the beginning of a line is ever matched against a pattern, so that a long line costs no more than its length.
"""

import re
from dataclasses import dataclass

from interviews.importing.names import choose_names, clean_name, looks_like_name, split_prefix
from interviews.importing.result import LONGEST_NAME, MOST_CUES, ImportRefused, Piece, Reading
from interviews.importing.times import is_too_late, read_time

TIME = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
HALF_OF_DAY = r"(?: ?[AaPp]\.?[Mm]\.?)?"
NAME = rf"[^:\[\]()|]{{1,{LONGEST_NAME}}}?"
# Jane Doe  0:03 · Jane Doe (0:03) · Jane Doe | 0:03 · [Jane Doe] 10:02:33
NAME_THEN_TIME = re.compile(
    rf"\[?(?P<name>{NAME})\]?\s{{0,9}}[-–—|,]?\s{{0,9}}[(\[]?(?P<time>{TIME}){HALF_OF_DAY}[)\]]?:?"
)
# 0:03 · [00:00:03] · 0:03 Jane Doe · [0:03] Jane Doe:
TIME_THEN_NAME = re.compile(
    rf"[(\[]?(?P<time>{TIME}){HALF_OF_DAY}[)\]]?\s{{0,9}}[-–—|]?\s{{0,9}}(?P<name>{NAME})?:?"
)
# [0:03] Jane Doe: words · 0:03 - Jane Doe: words
TIME_BEFORE_TURN = re.compile(
    rf"(?P<bracket>[(\[])?(?P<time>{TIME}){HALF_OF_DAY}[)\]]?\s{{0,9}}[-–—|]?\s{{0,9}}"
)
# Jane Doe (0:03): words · Jane Doe [0:03] words
TIME_AFTER_NAME = re.compile(
    rf"(?P<name>{NAME})\s{{0,9}}[(\[](?P<time>{TIME}){HALF_OF_DAY}[)\]]\s{{0,9}}[:-]?"
)
LONGEST_HEADING = 120
FOOTER = re.compile(
    r"(?:(?:transcribed|transcript generated|generated) by|meeting ended after"
    r"|this (?:editable )?transcript was)\b.{0,100}",
    re.IGNORECASE,
)
A_DAY_MS = 24 * 60 * 60 * 1000
HALF_A_DAY_MS = A_DAY_MS // 2
CLOCK_OF_THE_DAY_MS = (
    4 * 60 * 60 * 1000
)  # recordings do not begin four hours in: that is a wall clock
HOW_TO = "Write each turn on a line of its own, as “Name: what was said”."


@dataclass(slots=True)
class _Turn:
    line: int
    name: str | None
    started_ms: int | None
    lines: list[str]


def read_plain(lines: list[str]) -> Reading:
    bare = [_without_emphasis(" ".join(line.split())) for line in lines]
    names = choose_names(
        [_without_time(line) for line in bare if line], of_turns=sum(map(bool, bare))
    )
    turns: list[_Turn] = []
    left_out = 0
    for number, line in enumerate(bare, 1):
        if not line:
            continue
        turn = _turn_in(number, line, names)
        if turn is not None:
            turns.append(turn)
        elif turns and not FOOTER.fullmatch(line[:LONGEST_HEADING]):
            turns[-1].lines.append(line)
        else:
            left_out += 1
        if len(turns) > MOST_CUES:
            raise ImportRefused(number, f"The file has more than {MOST_CUES:,} turns.")
    _refuse_without_names(turns, bare)
    notes = (f"Lines that nobody said were left out: {left_out}.",) if left_out else ()
    return Reading(tuple(_pieces(turns)), None, notes)


def _turn_in(number: int, line: str, names: frozenset[str]) -> _Turn | None:
    """The turn that begins in this line, if one does."""
    started = TIME_BEFORE_TURN.match(line)
    rest = line[started.end() :] if started else line
    prefix = split_prefix(rest)
    if prefix is not None and prefix[0].casefold() in names:
        time = read_time(started.group("time")) if started else None
        return _new_turn(number, prefix[0], time, prefix[1])
    after_name = TIME_AFTER_NAME.match(line[:LONGEST_HEADING])
    if after_name and looks_like_name(after_name.group("name").strip()):
        time = read_time(after_name.group("time"))
        return _new_turn(number, after_name.group("name"), time, line[after_name.end() :])
    heading = _heading(line)
    if heading is not None:
        return _new_turn(number, heading.group("name"), read_time(heading.group("time")), "")
    if started and started.group("bracket") and rest:
        return _new_turn(number, None, read_time(started.group("time")), rest)
    return None


def _heading(line: str) -> re.Match[str] | None:
    if len(line) > LONGEST_HEADING or not any(map(str.isdigit, line)):
        return None
    for pattern in (TIME_THEN_NAME, NAME_THEN_TIME):
        found = pattern.fullmatch(line)
        if found and (found.group("name") is None or looks_like_name(found.group("name").strip())):
            return found
    return None


def _new_turn(number: int, name: str | None, started_ms: int | None, words: str) -> _Turn:
    if started_ms is not None and is_too_late(started_ms):
        raise ImportRefused(number, "This time is more than 24 hours after the beginning.")
    words = words.strip()
    return _Turn(number, clean_name(name) if name else None, started_ms, [words] if words else [])


def _without_emphasis(line: str) -> str:
    """Markdown: **Jane:** hello · - Jane: hello · ### Jane 0:03."""
    line = line.lstrip("#").lstrip()
    if line.startswith(("**", "__")):
        return line.replace(line[:2], "", 2)
    return line


def _without_time(line: str) -> str:
    started = TIME_BEFORE_TURN.match(line)
    return line[started.end() :] if started else line


def _refuse_without_names(turns: list[_Turn], lines: list[str]) -> None:
    if not any(turn.lines for turn in turns):
        first = next(number for number, line in enumerate([*lines, "end"], 1) if line)
        raise ImportRefused(first, f"No line says who speaks. {HOW_TO}")


def _pieces(turns: list[_Turn]) -> list[Piece]:
    """Times of day become times from the beginning. A mark without words (Meet) is passed on to the next turn."""
    times = [turn.started_ms for turn in turns if turn.started_ms is not None]
    zero = times[0] if times and times[0] >= CLOCK_OF_THE_DAY_MS else 0
    pieces: list[Piece] = []
    mark: int | None = None
    for turn in turns:
        started_ms = turn.started_ms
        if started_ms is not None and zero:
            passed = started_ms - zero
            started_ms = passed + A_DAY_MS if passed < -HALF_A_DAY_MS else max(0, passed)
        if not turn.lines:
            mark = started_ms if started_ms is not None else mark
            if turn.name is None:
                continue
        elif started_ms is None:
            started_ms = mark
        pieces.append(Piece(turn.line, turn.name, tuple(turn.lines), started_ms, None))
        mark = None if turn.lines else mark
    return pieces
