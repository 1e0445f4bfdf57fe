"""Small charts of an interview's figures as SVG, drawn on the server.

They say in words (title and desc) what they show. Colours are presentation attributes, which a strict
Content-Security-Policy allows, and every shape has a class by which a style sheet may change them.
"""

from collections.abc import Iterable, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from interviews.analytics import InterviewFigures, SpeakerFigures

WIDTH = 640
LABEL_HEIGHT = 22
BAR_HEIGHT = 28
LANE_HEIGHT = 22
LANE_LABEL_WIDTH = 130
PACE_HEIGHT = 110
LONGEST_LABEL = 18
LEAST_LABELLED_SHARE = 0.2  # below it a name does not fit under its part of the bar
SLOWEST_SCALE = 180  # words per minute: the top of the pace chart, unless somebody is faster
MOST_PACE_LABELS = 12
# Readable on white and on near-black alike; candidate and interviewer also differ in lightness.
COLOURS = {"candidate": "#2f7fd1", "interviewer": "#c26a12", "ai": "#8a5cc7"}


def talk_ratio_chart(figures: InterviewFigures, *, chart_id: str) -> SafeString:
    """One bar, divided by who spoke for how long."""
    parts = ", ".join(
        f"{speaker.speaker} {_percent(speaker.share)} ({_minutes(speaker.talk_seconds)})"
        for speaker in figures.speakers
    )
    bars: list[SafeString] = []
    x = 0.0
    for speaker in figures.speakers:
        width = speaker.share * WIDTH
        bars.append(_rect(speaker.side, x, 0, max(width - 1, 0), BAR_HEIGHT))
        label = f"{_shortened(speaker.speaker)} {_percent(speaker.share)}"
        if speaker.share >= LEAST_LABELLED_SHARE:
            bars.append(_text(x + 2, BAR_HEIGHT + 16, label))
        elif speaker is figures.speakers[-1] and len(figures.speakers) == 2:
            bars.append(_text(WIDTH, BAR_HEIGHT + 16, label, anchor="end"))
        x += width
    return _svg(
        chart_id, "talk-ratio", BAR_HEIGHT + LABEL_HEIGHT, "Who spoke how much", parts or "Nobody spoke.", bars
    )  # fmt: skip


def timeline_chart(figures: InterviewFigures, *, chart_id: str) -> SafeString:
    """A lane for each speaker, filled where they spoke."""
    end_ms = max(1.0, figures.duration_seconds * 1000)
    scale = (WIDTH - LANE_LABEL_WIDTH) / end_ms
    shapes: list[SafeString] = []
    for lane, speaker in enumerate(figures.speakers):
        y = lane * LANE_HEIGHT
        shapes.append(_text(0, y + 15, _shortened(speaker.speaker)))
        for start, end in _visible_spans(speaker, 1 / scale):
            width = max(1.0, (end - start) * scale)
            shapes.append(
                _rect(speaker.side, LANE_LABEL_WIDTH + start * scale, y + 4, width, LANE_HEIGHT - 8)
            )
    height = len(figures.speakers) * LANE_HEIGHT
    shapes += _time_axis(figures.duration_seconds, height)
    turns = ", ".join(f"{s.speaker} in {s.turns} turns" for s in figures.speakers)
    description = f"{_minutes(figures.duration_seconds)} in all: {turns or 'nobody spoke'}."
    return _svg(chart_id, "timeline", height + LABEL_HEIGHT, "Who spoke when", description, shapes)


def pace_chart(figures: InterviewFigures, *, chart_id: str) -> SafeString:
    """The interviewer's words per minute, for every five minutes."""
    windows = figures.pace_windows
    top = max([SLOWEST_SCALE, *(w.words_per_minute or 0 for w in windows)])
    step = WIDTH / max(1, len(windows))
    every = -(-len(windows) // MOST_PACE_LABELS) if windows else 1
    shapes: list[SafeString] = []
    said: list[str] = []
    for number, window in enumerate(windows):
        x, minute = number * step, window.started_ms // 60_000
        if window.words_per_minute is not None:
            height = window.words_per_minute / top * (PACE_HEIGHT - LABEL_HEIGHT)
            y = PACE_HEIGHT - height
            shapes.append(_rect("interviewer", x + 2, y, max(1, step - 4), height))
            if number % every == 0:
                shapes.append(_text(x + 2, y - 5, f"{window.words_per_minute:.0f}"))
            said.append(f"from minute {minute}: {window.words_per_minute:.0f}")
        if number % every == 0:
            shapes.append(_text(x + 2, PACE_HEIGHT + 16, f"{minute} min"))
    description = "; ".join(said) or "The interviewer hardly spoke."
    title = "The interviewer's pace in words per minute"
    return _svg(chart_id, "pace", PACE_HEIGHT + LABEL_HEIGHT, title, description, shapes)


def _svg(
    chart_id: str, kind: str, height: float, title: str, description: str, shapes: Iterable[SafeString]
) -> SafeString:  # fmt: skip
    return format_html(
        '<svg class="chart chart-{kind}" role="img" aria-labelledby="{id}-title {id}-desc" width="100%"'
        ' viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">'
        '<title id="{id}-title">{title}</title><desc id="{id}-desc">{description}</desc>{shapes}</svg>',
        kind=kind,
        id=chart_id,
        width=WIDTH,
        height=_number(height),
        title=title,
        description=description,
        shapes=format_html_join("", "{}", ((shape,) for shape in shapes)),
    )


def _rect(side: str, x: float, y: float, width: float, height: float) -> SafeString:
    return format_html(
        '<rect class="chart-{}" x="{}" y="{}" width="{}" height="{}" rx="2" fill="{}"/>',
        side,
        _number(x),
        _number(y),
        _number(width),
        _number(height),
        COLOURS[side],
    )


def _text(x: float, y: float, words: str, *, anchor: str = "start") -> SafeString:
    # Hidden from screen readers: the desc already says it, in a sentence.
    return format_html(
        '<text class="chart-label" aria-hidden="true" x="{}" y="{}" font-size="13" text-anchor="{}"'
        ' fill="currentColor">{}</text>',
        _number(x),
        _number(y),
        anchor,
        words,
    )


def _time_axis(seconds: float, y: float) -> list[SafeString]:
    right = WIDTH - LANE_LABEL_WIDTH
    return [
        _text(LANE_LABEL_WIDTH + right * part, y + 16, _clock(seconds * part), anchor=anchor)
        for part, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end"))
    ]


def _visible_spans(speaker: SpeakerFigures, least_gap_ms: float) -> Sequence[tuple[int, int]]:
    """Spans closer than one unit of the drawing are one, so that a long interview stays a small picture."""
    joined: list[tuple[int, int]] = []
    for start, end in speaker.spans:
        if joined and start - joined[-1][1] < least_gap_ms:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return joined


def _shortened(name: str) -> str:
    return name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1]}…"


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes:.0f}:{seconds:02.0f}"


def _number(value: float) -> str:
    """Not localised, unlike a number put into a template."""
    return f"{value:.1f}".removesuffix(".0")
