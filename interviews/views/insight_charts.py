"""The figures of an interview as the report shows them: tiles and charts."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from interviews.analytics import InterviewFigures
from interviews.charts import pace_chart, talk_ratio_chart, timeline_chart
from interviews.queries.transcript import clock_words


@dataclass(frozen=True, slots=True)
class Tile:
    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    caption: str
    svg: SafeString


def tiles_of(figures: InterviewFigures) -> tuple[Tile, ...]:
    tiles = [
        Tile("Candidate spoke", f"{figures.candidate_share * 100:.0f} %", "of what was said"),
        Tile("Questions asked", str(figures.questions_asked)),
        Tile("Speaker switches", str(figures.speaker_switches)),
        Tile(
            "Silence",
            _clock(figures.silence_seconds),
            f"longest {_clock(figures.longest_silence_seconds)}",
        ),
    ]
    if figures.plan is not None:
        plan = figures.plan
        tiles.insert(0, Tile("Plan", f"{plan.asked} of {plan.planned}", "questions asked"))
    longest = figures.longest_monologue
    if longest is not None:
        tiles.append(Tile("Longest monologue", _clock(longest.seconds), f"by {longest.speaker}"))
    return tuple(tiles)


def charts_of(figures: InterviewFigures) -> tuple[Chart, ...]:
    charts = [
        Chart("Who spoke how much", talk_ratio_chart(figures, chart_id="talk")),
        Chart("Who spoke when", timeline_chart(figures, chart_id="timeline")),
    ]
    if figures.interviewer_pace is not None:
        words = "The interviewer's pace, in words per minute"
        charts.append(Chart(words, pace_chart(figures, chart_id="pace")))
    return tuple(charts)


def _clock(seconds: float) -> str:
    return clock_words(round(seconds * 1000))
