"""A workflow as a drawing: steps in columns by how far they are from the start. Pure."""

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from scheduler.progress import StepProgress, WorkflowProgress
from scheduler.states import EdgeCondition, JobState

_WIDTH, _HEIGHT = 168, 44  # of a step with its name
_GAP_X, _GAP_Y = 56, 16
_DOT: Final = 16  # of a step in a crowd
_LANE: Final = (
    24  # dots, one above the other: a column of more is folded, so that it fits on a screen
)
_CROWD: Final = 40  # more steps than this in all: dots, and the names in the table below
_MOST_LINES: Final = 5_000  # more would be one black surface
_MARGIN: Final = 12
_LABEL: Final = 20


@dataclass(frozen=True, slots=True)
class Node:
    job_id: int
    x: float
    y: float
    width: int
    height: int
    label: str
    name: str
    state: JobState
    is_retrying: bool

    @property
    def words(self) -> str:
        return "To be tried again" if self.is_retrying else str(self.state.label)

    @property
    def text_x(self) -> float:
        return self.x + self.width / 2

    @property
    def name_y(self) -> float:
        return self.y + 19

    @property
    def state_y(self) -> float:
        return self.y + 35


@dataclass(frozen=True, slots=True)
class Line:
    path: str
    condition: EdgeCondition


@dataclass(frozen=True, slots=True)
class Picture:
    width: int
    height: int
    is_crowd: bool
    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]


def draw(progress: WorkflowProgress) -> Picture:
    """Left to right; within a column in the order of the parents, so that lines cross little."""
    is_crowd = len(progress.steps) > _CROWD
    width, height = (_DOT, _DOT) if is_crowd else (_WIDTH, _HEIGHT)
    gap_x, gap_y = (44, 6) if is_crowd else (_GAP_X, _GAP_Y)
    lanes = [
        _folded(column, at_most=_LANE) if is_crowd else [column]
        for column in _columns(progress.steps)
    ]
    full = max(len(column[0]) for column in lanes) * (height + gap_y) - gap_y
    nodes: dict[int, Node] = {}
    left = _MARGIN
    for column in lanes:
        top = _MARGIN + (full - (len(column[0]) * (height + gap_y) - gap_y)) / 2
        for number, lane in enumerate(column):
            for place, step in enumerate(lane):
                nodes[step.job_id] = Node(
                    job_id=step.job_id,
                    x=left + number * (width + gap_y),
                    y=top + place * (height + gap_y),
                    width=width,
                    height=height,
                    label=_shortened(step.name),
                    name=step.name,
                    state=step.state,
                    is_retrying=step.is_retrying,
                )
        left += len(column) * (width + gap_y) - gap_y + gap_x
    edges = [(step, parent, how) for step in progress.steps for parent, how in step.parents]
    lines = tuple(
        Line(_path(nodes[parent], nodes[step.job_id]), condition)
        for step, parent, condition in (edges if len(edges) <= _MOST_LINES else ())
    )
    return Picture(
        width=left - gap_x + _MARGIN,
        height=round(2 * _MARGIN + full),
        is_crowd=is_crowd,
        nodes=tuple(nodes.values()),
        lines=lines,
    )


def _columns(steps: tuple[StepProgress, ...]) -> list[list[StepProgress]]:
    depth: dict[int, int] = {}
    for step in steps:  # ids grow along edges, so parents come first
        depth[step.job_id] = 1 + max((depth[parent] for parent, _ in step.parents), default=-1)
    columns: dict[int, list[StepProgress]] = defaultdict(list)
    for step in steps:
        columns[depth[step.job_id]].append(step)
    place: dict[int, float] = {}
    ordered = []
    for number in sorted(columns):
        column = sorted(columns[number], key=lambda step: _middle_of_parents(step, place))
        place |= {step.job_id: index / len(column) for index, step in enumerate(column)}
        ordered.append(column)
    return ordered


def _folded(column: list[StepProgress], *, at_most: int) -> list[list[StepProgress]]:
    """Into lanes of the same height, or nearly so."""
    count = math.ceil(len(column) / at_most)
    height = math.ceil(len(column) / count)
    return [column[begin : begin + height] for begin in range(0, len(column), height)]


def _middle_of_parents(step: StepProgress, place: dict[int, float]) -> float:
    if not step.parents:
        return 0.0
    return sum(place[parent] for parent, _ in step.parents) / len(step.parents)


def _path(parent: Node, child: Node) -> str:
    x1, y1 = parent.x + parent.width, parent.y + parent.height / 2
    x2, y2 = child.x, child.y + child.height / 2
    bend = (x2 - x1) / 2
    return f"M{x1:g} {y1:g}C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}"


def _shortened(name: str) -> str:
    return name if len(name) <= _LABEL else name[: _LABEL - 1] + "…"
