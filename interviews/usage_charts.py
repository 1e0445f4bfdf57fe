"""Charts of the AI's cost and outages as SVG, drawn on the server; they say in words what they show."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ai_engine.usage import HourOfAnswers, OutageSeen
from interviews.queries.ai_figures import DayOfCost

WIDTH, HEIGHT, FOOT = 640, 120, 20
LANE, LABEL, TALL_LANE = 24, 150, 48


def cost_chart(days: Sequence[DayOfCost], *, chart_id: str) -> SafeString:
    """A bar for each day."""
    top = max([day.cost for day in days], default=Decimal(0)) or Decimal(1)
    step = WIDTH / max(1, len(days))
    bars = format_html_join(
        "",
        '<rect class="usage-bar" x="{}" y="{}" width="{}" height="{}"><title>{}: {} US$, {} calls</title></rect>',
        (
            (
                round(number * step + 1, 1),
                round(HEIGHT - float(day.cost / top) * (HEIGHT - 16), 1),
                round(step - 2, 1),
                round(max(float(day.cost / top) * (HEIGHT - 16), 1 if day.calls else 0), 1),
                day.day.isoformat(),
                f"{day.cost:.4f}",
                day.calls,
            )
            for number, day in enumerate(days)
        ),
    )
    labels = format_html(
        '<text x="0" y="{y}">{first}</text><text x="{end}" y="{y}" text-anchor="end">{last}</text>'
        '<text x="0" y="11">{top} US$</text>',
        y=HEIGHT + 15,
        end=WIDTH,
        first=days[0].day.isoformat() if days else "",
        last=days[-1].day.isoformat() if days else "",
        top=f"{top:.2f}" if days and any(day.cost for day in days) else "0",
    )
    total = sum((day.cost for day in days), Decimal(0))
    said = f"{total:.2f} US dollars in {len(days)} days, at most {top:.2f} on one."
    return _svg(chart_id, HEIGHT + FOOT, "Cost by day", said, bars + labels)


def outage_chart(
    outages: Sequence[OutageSeen], *, until: datetime, span: timedelta, chart_id: str
) -> SafeString:
    """A lane for each provider, filled where it was not asked because it had failed."""
    first = until - span
    seen = [outage for outage in outages if (outage.ended or until) > first]
    names = sorted({outage.provider for outage in seen})
    scale = (WIDTH - LABEL) / span.total_seconds()
    lanes = format_html_join(
        "",
        '<text x="0" y="{}">{}</text>',
        ((number * LANE + 16, name) for number, name in enumerate(names)),
    )
    bars = format_html_join(
        "",
        '<rect class="usage-outage" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>',
        (
            (
                round(LABEL + max(0.0, (outage.began - first).total_seconds()) * scale, 1),
                names.index(outage.provider) * LANE + 5,
                round(max(2.0, _seconds(outage, first, until) * scale), 1),
                LANE - 10,
                f"{outage.provider}: {outage.reason.replace('_', ' ')}",
            )
            for outage in seen
        ),
    )
    said = f"{len(seen)} outages in the last {span.total_seconds() / 3600:.0f} hours."
    return _svg(chart_id, max(1, len(names)) * LANE, "Outages", said, lanes + bars)


def latency_chart(
    answers: Sequence[HourOfAnswers], *, until: datetime, hours: int, chart_id: str
) -> SafeString:
    """A lane for each provider, with a bar for each hour: the time of its usual answer."""
    names = sorted({hour.provider for hour in answers})
    top = max((hour.average_ms for hour in answers), default=0) or 1
    first = until.replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours)
    step = (WIDTH - LABEL) / (hours + 1)
    lanes = format_html_join(
        "",
        '<text x="0" y="{}">{}</text>',
        (((number + 1) * TALL_LANE - 6, name) for number, name in enumerate(names)),
    )
    bars = format_html_join(
        "",
        '<rect class="usage-bar" x="{}" y="{}" width="{}" height="{}"><title>{} at {} UTC: {} ms, {} answers</title></rect>',
        (
            (
                round(LABEL + (hour.hour - first) / timedelta(hours=1) * step + 1, 1),
                round((names.index(hour.provider) + 1) * TALL_LANE - _tall(hour, top), 1),
                round(step - 2, 1),
                round(_tall(hour, top), 1),
                hour.provider,
                f"{hour.hour:%H:%M}",
                hour.average_ms,
                hour.answers,
            )
            for hour in answers
        ),
    )
    said = "; ".join(
        f"{name}: {min(times)} to {max(times)} ms"
        for name in names
        if (times := [hour.average_ms for hour in answers if hour.provider == name])
    )
    return _svg(
        chart_id, max(1, len(names)) * TALL_LANE, "Time of an answer by hour",
        said or "Nothing was answered.", lanes + bars,
    )  # fmt: skip


def _tall(hour: HourOfAnswers, top: int) -> float:
    return max(1.0, hour.average_ms / top * (TALL_LANE - 8))


def _seconds(outage: OutageSeen, first: datetime, until: datetime) -> float:
    return ((outage.ended or until) - max(outage.began, first)).total_seconds()


def _svg(chart_id: str, height: int, title: str, said: str, shapes: SafeString) -> SafeString:
    return format_html(
        '<svg class="chart usage-chart" role="img" aria-labelledby="{id}-title {id}-desc" width="100%" '
        'viewBox="0 0 {width} {height}"><title id="{id}-title">{title}</title>'
        '<desc id="{id}-desc">{said}</desc>{shapes}</svg>',
        id=chart_id, width=WIDTH, height=height, title=title, said=said, shapes=shapes,
    )  # fmt: skip
