"""A stretch of history as bars of an SVG. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from scheduler.figures import Slice

WIDTH: Final = 10
HEIGHT: Final = 80


@dataclass(frozen=True, slots=True)
class Bar:
    at: datetime
    x: int
    ended: int
    failed: int
    top: float
    height: float
    failed_top: float
    failed_height: float


@dataclass(frozen=True, slots=True)
class Bars:
    bars: tuple[Bar, ...]
    width: int
    height: int
    most: int
    total: int
    failed: int


def bars_of(slices: Sequence[Slice]) -> Bars:
    most = max((one.ended for one in slices), default=0)
    scale = HEIGHT / most if most else 0.0
    bars = tuple(
        Bar(
            at=one.at,
            x=place * WIDTH,
            ended=one.ended,
            failed=one.failed,
            top=round(HEIGHT - one.ended * scale, 1),
            height=round(one.ended * scale, 1),
            failed_top=round(HEIGHT - one.failed * scale, 1),
            failed_height=round(one.failed * scale, 1),
        )
        for place, one in enumerate(slices)
    )
    total, failed = sum(one.ended for one in slices), sum(one.failed for one in slices)
    return Bars(bars, len(bars) * WIDTH, HEIGHT, most, total, failed)
