"""The charts are well-formed, say in words what they show, and hold neither styles nor scripts."""

from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from interviews.analytics import SpokenSegment, measure_interview
from interviews.charts import pace_chart, talk_ratio_chart, timeline_chart

SVG = "{http://www.w3.org/2000/svg}"
CHARTS: list[Callable[..., str]] = [talk_ratio_chart, timeline_chart, pace_chart]
HOSTILE = '<script>alert(1)</script>" onload="x'


def hour(name: str = "Cem & Söhne") -> list[SpokenSegment]:
    return [
        SpokenSegment(
            "Ivy" if n % 4 == 0 else name,
            "interviewer" if n % 4 == 0 else "candidate",
            "words of about this length, as they come?",
            n * 5000,
            n * 5000 + 4000,
        )
        for n in range(720)
    ]


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize(
    "segments", [hour(), hour(HOSTILE), hour()[:1], []], ids=["hour", "hostile", "one", "none"]
)
def test_well_formed_described_and_inert(
    chart: Callable[..., str], segments: list[SpokenSegment]
) -> None:
    svg = str(chart(measure_interview(segments), chart_id="c1"))
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None and title.text
    assert desc is not None and desc.text
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in {"svg", "title", "desc", "rect", "text"}
        assert "style" not in element.attrib
        assert not any(name.startswith("on") for name in element.attrib)


def test_talk_ratio_says_the_shares() -> None:
    figures = measure_interview(hour("Cem"))
    assert "Cem 75 %" in talk_ratio_chart(figures, chart_id="x")
    assert "Ivy 25 %" in talk_ratio_chart(figures, chart_id="x")


def test_shapes_stay_within_the_picture() -> None:
    for chart in CHARTS:
        root = ET.fromstring(chart(measure_interview(hour()), chart_id="x"))
        width, height = map(float, root.get("viewBox", "").split()[2:])
        for rect in root.iter(f"{SVG}rect"):
            x, y, w, h = (float(rect.get(name, "")) for name in ("x", "y", "width", "height"))
            assert x >= 0 and x + w <= width + 1
            assert y >= 0 and y + h <= height


def test_many_segments_stay_a_small_picture() -> None:
    segments = [
        SpokenSegment("Ivy", "interviewer", "x", n * 1000, n * 1000 + 900) for n in range(5000)
    ]
    assert len(timeline_chart(measure_interview(segments), chart_id="x")) < 60_000
