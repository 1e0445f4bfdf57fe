"""Figures about how an interview went and how its interviewer did. Pure.

Nothing here judges how the candidate speaks: their pace, accent, hesitations and feelings are not measured.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

Side = Literal["interviewer", "candidate", "ai"]

MS_PER_MINUTE = 60_000
PACE_WINDOW_MS = 5 * MS_PER_MINUTE
SHORTEST_SILENCE_MS = 2_000  # shorter gaps belong to speaking
SIGN_OF_LISTENING_WORDS = 3  # "Mm-hm, right" does not end the other's monologue
LEAST_SPEECH_FOR_PACE_MS = 10_000
QUESTION = re.compile(r"\?(?=[\s\"'”’)]|$)")


@dataclass(frozen=True, slots=True)
class SpokenSegment:
    """One stored piece of transcript. Times in milliseconds from the start of the interview."""

    speaker: str
    side: Side
    text: str
    started_ms: int
    ended_ms: int


@dataclass(frozen=True, slots=True)
class PlannedItem:
    ref: str
    must_ask: bool


@dataclass(frozen=True, slots=True)
class SpeakerFigures:
    speaker: str
    side: Side
    talk_seconds: float  # own overlapping segments counted once
    share: float  # of all speakers' talk_seconds, 0-1
    turns: int  # goes without another speaker in between
    spans: tuple[tuple[int, int], ...]  # (started_ms, ended_ms), ascending, not overlapping


@dataclass(frozen=True, slots=True)
class Monologue:
    """One speaker's longest go, not counting the other's short signs of listening."""

    speaker: str
    side: Side
    seconds: float
    started_ms: int


@dataclass(frozen=True, slots=True)
class PaceWindow:
    """The interviewer's side within five minutes. `words_per_minute` is None where they hardly spoke."""

    started_ms: int
    ended_ms: int
    words_per_minute: float | None


@dataclass(frozen=True, slots=True)
class PlanAdherence:
    """Counts of planned questions. `share` is asked of planned, `must_ask_share` the same for must-asks; 0-1."""

    planned: int
    asked: int
    skipped: int
    must_asks: int
    must_asks_asked: int

    @property
    def share(self) -> float:
        return self.asked / self.planned if self.planned else 1.0

    @property
    def must_ask_share(self) -> float:
        return self.must_asks_asked / self.must_asks if self.must_asks else 1.0


@dataclass(frozen=True, slots=True)
class InterviewFigures:
    """Durations in seconds, shares 0-1, pace in words per minute of the interviewer's own speaking time.

    `silence_seconds`: time in which nobody spoke, in gaps of two seconds and more.
    `pace` and the monologues are None where nobody on that side spoke (enough).
    """

    duration_seconds: float
    speakers: tuple[SpeakerFigures, ...]  # the one who talked most first
    candidate_share: float
    interviewer_pace: float | None
    pace_windows: tuple[PaceWindow, ...]
    longest_monologue: Monologue | None
    longest_interviewer_monologue: Monologue | None
    questions_asked: int  # by the interviewer's side
    speaker_switches: int
    silence_seconds: float
    longest_silence_seconds: float
    plan: PlanAdherence | None  # None without a plan

    def named(self) -> dict[str, float | str]:
        """Flat, with units in the names: what a model is given to write about."""
        figures: dict[str, float | str] = {
            "duration_minutes": round(self.duration_seconds / 60, 1),
            "candidate_talk_share_percent": round(self.candidate_share * 100),
            "interviewer_questions_asked": self.questions_asked,
            "speaker_switches": self.speaker_switches,
            "silence_seconds": round(self.silence_seconds),
            "longest_silence_seconds": round(self.longest_silence_seconds),
        }
        if self.interviewer_pace is not None:
            figures["interviewer_words_per_minute"] = round(self.interviewer_pace)
        if self.longest_interviewer_monologue is not None:
            longest = self.longest_interviewer_monologue.seconds
            figures["longest_interviewer_monologue_seconds"] = round(longest)
        if self.plan is not None:
            figures["planned_questions_asked"] = f"{self.plan.asked} of {self.plan.planned}"
            figures["must_asks_asked"] = f"{self.plan.must_asks_asked} of {self.plan.must_asks}"
        return figures


def measure_interview(
    segments: Iterable[SpokenSegment], *, plan: PlanAdherence | None = None
) -> InterviewFigures:
    """`segments` in any order."""
    ordered = sorted(segments, key=lambda segment: (segment.started_ms, segment.ended_ms))
    speakers = _speakers(ordered)
    monologues = list(_monologues(ordered))
    gaps = _gaps(ordered)
    interviewers = [segment for segment in ordered if segment.side != "candidate"]
    candidate_seconds = sum(s.talk_seconds for s in speakers if s.side == "candidate")
    talk_seconds = sum(s.talk_seconds for s in speakers)
    return InterviewFigures(
        duration_seconds=_duration_ms(ordered) / 1000,
        speakers=speakers,
        candidate_share=candidate_seconds / talk_seconds if talk_seconds else 0.0,
        interviewer_pace=_pace(interviewers),
        pace_windows=_pace_windows(interviewers, _duration_ms(ordered)),
        longest_monologue=_longest(monologues),
        longest_interviewer_monologue=_longest([m for m in monologues if m.side != "candidate"]),
        questions_asked=sum(len(QUESTION.findall(segment.text)) for segment in interviewers),
        speaker_switches=sum(a.speaker != b.speaker for a, b in pairwise(ordered)),
        silence_seconds=sum(gaps) / 1000,
        longest_silence_seconds=max(gaps, default=0) / 1000,
        plan=plan,
    )


def measure_plan(
    planned: Sequence[PlannedItem], *, asked: Collection[str], skipped: Collection[str] = ()
) -> PlanAdherence:
    """`asked` and `skipped` hold refs of questions; a skipped one was asked, and left by the candidate."""
    must_asks = [item for item in planned if item.must_ask]
    return PlanAdherence(
        planned=len(planned),
        asked=sum(item.ref in asked for item in planned),
        skipped=sum(item.ref in skipped for item in planned),
        must_asks=len(must_asks),
        must_asks_asked=sum(item.ref in asked for item in must_asks),
    )


def _speakers(ordered: Sequence[SpokenSegment]) -> tuple[SpeakerFigures, ...]:
    by_speaker: dict[tuple[str, Side], list[SpokenSegment]] = {}
    turns: dict[tuple[str, Side], int] = {}
    before: tuple[str, Side] | None = None
    for segment in ordered:
        key = segment.speaker, segment.side
        by_speaker.setdefault(key, []).append(segment)
        turns[key] = turns.get(key, 0) + (key != before)
        before = key
    spans = {key: _united(own) for key, own in by_speaker.items()}
    seconds = {key: sum(end - start for start, end in own) / 1000 for key, own in spans.items()}
    total = sum(seconds.values())
    figures = [
        SpeakerFigures(
            speaker=key[0],
            side=key[1],
            talk_seconds=seconds[key],
            share=seconds[key] / total if total else 0.0,
            turns=turns[key],
            spans=spans[key],
        )
        for key in by_speaker
    ]
    return tuple(sorted(figures, key=lambda figure: -figure.talk_seconds))


def _united(ordered: Iterable[SpokenSegment]) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    for segment in ordered:
        start, end = segment.started_ms, max(segment.started_ms, segment.ended_ms)
        if spans and start <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(spans[-1][1], end)
        else:
            spans.append((start, end))
    return tuple(spans)


def _gaps(ordered: Sequence[SpokenSegment]) -> list[int]:
    gaps = (after[0] - before[1] for before, after in pairwise(_united(ordered)))
    return [gap for gap in gaps if gap >= SHORTEST_SILENCE_MS]


def _duration_ms(ordered: Sequence[SpokenSegment]) -> int:
    return max((max(s.started_ms, s.ended_ms) for s in ordered), default=0)


def _monologues(ordered: Sequence[SpokenSegment]) -> Iterable[Monologue]:
    current: list[SpokenSegment] = []
    for segment in ordered:
        if current and segment.speaker != current[-1].speaker:
            if len(segment.text.split()) <= SIGN_OF_LISTENING_WORDS:
                continue
            yield _monologue(current)
            current = []
        current.append(segment)
    if current:
        yield _monologue(current)


def _monologue(segments: Sequence[SpokenSegment]) -> Monologue:
    first = segments[0]
    seconds = sum(end - start for start, end in _united(segments)) / 1000
    return Monologue(first.speaker, first.side, seconds, first.started_ms)


def _longest(monologues: Sequence[Monologue]) -> Monologue | None:
    return max(monologues, key=lambda monologue: monologue.seconds, default=None)


def _pace(segments: Sequence[SpokenSegment]) -> float | None:
    speech_ms = sum(max(0, segment.ended_ms - segment.started_ms) for segment in segments)
    if speech_ms < LEAST_SPEECH_FOR_PACE_MS:
        return None
    words = sum(len(segment.text.split()) for segment in segments)
    return words * MS_PER_MINUTE / speech_ms


def _pace_windows(segments: Sequence[SpokenSegment], duration_ms: int) -> tuple[PaceWindow, ...]:
    """A segment belongs to the window in which it starts."""
    inside: dict[int, list[SpokenSegment]] = {}
    for segment in segments:
        inside.setdefault(segment.started_ms // PACE_WINDOW_MS, []).append(segment)
    count = -(-duration_ms // PACE_WINDOW_MS)
    return tuple(
        PaceWindow(
            started_ms=number * PACE_WINDOW_MS,
            ended_ms=min(duration_ms, (number + 1) * PACE_WINDOW_MS),
            words_per_minute=_pace(inside.get(number, ())),
        )
        for number in range(count)
    )
