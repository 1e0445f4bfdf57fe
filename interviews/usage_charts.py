"""Charts of the AI's cost, speed and outages, drawn on the server; they say in words what they show.

Only shapes are SVG, stretched to the width of the page; names and dates are text beside them, as large on a phone as
anywhere.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ai_engine.usage import HourOfAnswers, OutageSeen
from interviews.queries.ai_figures import DayOfCost

# Units of the drawings, which are stretched: only the proportions count.
WIDTH, HEIGHT, LANE = 640, 120, 24


class Bar(NamedTuple):
    kind: str
    left: float
    top: float
    width: float
    height: float
    said: str


def cost_chart(days: Sequence[DayOfCost], *, chart_id: str) -> SafeString:
    """A bar for each day."""
    top = max([day.cost for day in days], default=Decimal(0))
    step = WIDTH / max(1, len(days))
    bars = _bars(
        _column(
            number * step, step, HEIGHT,
            max(float(day.cost / (top or 1)) * HEIGHT, 1 if day.calls else 0),
            f"{day.day.isoformat()}: {day.cost:.4f} US$, {day.calls} calls",
        )
        for number, day in enumerate(days)
    )  # fmt: skip
    total = sum((day.cost for day in days), Decimal(0))
    said = f"{total:.2f} US dollars in {len(days)} days, at most {top:.2f} on one."
    drawing = _svg(chart_id, HEIGHT, "Cost by day", said, bars)
    span = [days[0].day.isoformat(), days[-1].day.isoformat()] if days else ["", ""]
    return format_html(
        '<div class="usage-chart" id="{}"><p class="usage-top">{} US$</p>{}{}</div>',
        chart_id, f"{top:.2f}", drawing, _span(*span),
    )  # fmt: skip


def outage_chart(
    outages: Sequence[OutageSeen], *, until: datetime, span: timedelta, chart_id: str
) -> SafeString:
    """A lane for each provider, filled where it was not asked because it had failed."""
    first = until - span
    seen = [outage for outage in outages if (outage.ended or until) > first]
    scale = WIDTH / span.total_seconds()
    lanes = []
    for name in sorted({outage.provider for outage in seen}):
        own = [outage for outage in seen if outage.provider == name]
        bars = _bars(
            Bar(
                "usage-outage",
                max(0.0, (outage.began - first).total_seconds()) * scale,
                4,
                max(2.0, _seconds(outage, first, until) * scale),
                LANE - 8,
                outage.reason.replace("_", " "),
            )
            for outage in own
        )
        lanes.append((name, f"{_times(len(own), 'outage')} in the last {_hours(span)}.", bars))
    return _lanes(chart_id, LANE, "Outages", lanes, first, until)


def latency_chart(
    answers: Sequence[HourOfAnswers], *, until: datetime, hours: int, chart_id: str
) -> SafeString:
    """A lane for each provider, with a bar for each hour: the time of its usual answer."""
    top = max((hour.average_ms for hour in answers), default=0) or 1
    first = until.replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours)
    step = WIDTH / (hours + 1)
    lanes = []
    for name in sorted({hour.provider for hour in answers}):
        own = [hour for hour in answers if hour.provider == name]
        bars = _bars(
            _column(
                (hour.hour - first) / timedelta(hours=1) * step, step, LANE * 2,
                max(1.0, hour.average_ms / top * LANE * 2),
                f"{hour.hour:%H:%M} UTC: {hour.average_ms} ms, {_times(hour.answers, 'answer')}",
            )
            for hour in own
        )  # fmt: skip
        times = [hour.average_ms for hour in own]
        lanes.append((name, f"{min(times)} to {max(times)} ms.", bars))
    return _lanes(chart_id, LANE * 2, "Time of an answer", lanes, first, until)


def _column(left: float, room: float, height: float, tall: float, said: str) -> Bar:
    """A bar that stands on the ground of a drawing of this height, with a little air on both sides."""
    return Bar("usage-bar", left + 1, height - tall, room - 2, tall, said)


def _bars(bars: Iterable[Bar]) -> SafeString:
    return format_html_join(
        "",
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>',
        ((bar.kind, *(round(number, 1) for number in bar[1:5]), bar.said) for bar in bars),
    )


def _lanes(
    chart_id: str,
    height: int,
    title: str,
    lanes: Sequence[tuple[str, str, SafeString]],
    first: datetime,
    until: datetime,
) -> SafeString:
    """A drawing for each name, under one another, and one line of times below them. Nothing for no lanes."""
    if not lanes:
        return SafeString("")
    rows = format_html_join(
        "",
        '<div class="usage-lane"><span>{}</span>{}</div>',
        (
            (name, _svg(f"{chart_id}-{number}", height, f"{title}: {name}", said, bars))
            for number, (name, said, bars) in enumerate(lanes)
        ),
    )
    span = _span(f"{first:%d %b, %H:%M} UTC", f"{until:%d %b, %H:%M} UTC")
    return format_html(
        '<div class="usage-chart usage-lanes" id="{}">{}{}</div>', chart_id, rows, span
    )


def _span(first: str, last: str) -> SafeString:
    return format_html('<p class="usage-span"><span>{}</span><span>{}</span></p>', first, last)


def _times(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _hours(span: timedelta) -> str:
    return _times(round(span / timedelta(hours=1)), "hour")


def _seconds(outage: OutageSeen, first: datetime, until: datetime) -> float:
    return ((outage.ended or until) - max(outage.began, first)).total_seconds()


def _svg(drawing_id: str, height: int, title: str, said: str, shapes: SafeString) -> SafeString:
    return format_html(
        '<svg role="img" aria-labelledby="{id}-title {id}-desc" preserveAspectRatio="none" '
        'viewBox="0 0 {width} {height}"><title id="{id}-title">{title}</title>'
        '<desc id="{id}-desc">{said}</desc>{shapes}</svg>',
        id=drawing_id, width=WIDTH, height=height, title=title, said=said, shapes=shapes,
    )  # fmt: skip
