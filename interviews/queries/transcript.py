"""Reads what was said: in pages for people, with the gaps where speech was lost."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.db.models import QuerySet

from interviews.events import EventKind
from interviews.models import Event, Interview, Segment
from interviews.states import Speaker

SEGMENTS_AT_ONCE = 120
LAST_WORDS = 6
SPEECH_NAMED = (  # by whoever spoke (these pieces belong to the turn), or by whoever received it
    EventKind.TURN_FINISHED,
    EventKind.SPEECH_RECEIVED,
)
SPEECH_LOST = (EventKind.SEGMENT_FAILED, EventKind.GAP_MARKED)
SPEECH_WORDLESS = (  # nothing comes of it, or nothing that another microphone had not heard
    EventKind.SEGMENT_EMPTY,
    EventKind.SEGMENT_DOUBLED,
    *SPEECH_LOST,
)
SPEECH_SETTLED = (EventKind.SEGMENT_FINAL, *SPEECH_WORDLESS)


@dataclass(frozen=True, slots=True)
class Gap:
    """Speech of which there are no words."""

    seg_id: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Moment:
    """A segment as it is shown. `opens_turn`: another person spoke before it.

    `read_until`: the last words that were heard when reading a question aloud broke off; "" before the first one,
    None if it was read to its end, or not aloud. The whole text was shown all the while.
    `worded`: which model and prompt put a question into words; "" where nobody but people and the plan did.
    """

    id: int
    position: int
    speaker: str
    name: str
    text: str
    clock: str
    started_ms: int
    opens_turn: bool
    gaps_before: int = 0
    is_question: bool = False
    was_corrected: bool = False
    heard: str = ""
    fed_by: str = ""
    after_end: bool = False
    read_until: str | None = None
    worded: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """Some moments in order. `earlier` and `later` are where the next page would begin, or None."""

    moments: tuple[Moment, ...]
    earlier: int | None
    later: int | None


def clock_words(milliseconds: int) -> str:
    """125000 → 2:05; 3725000 → 1:02:05."""
    total = max(0, milliseconds) // 1000
    hours, minutes, seconds = total // 3600, total // 60 % 60, total % 60
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def window_from(interview: Interview, *, position: int = 0) -> Window:
    """The page that begins at this position."""
    rows = list(_rows(interview).filter(position__gte=position)[: SEGMENTS_AT_ONCE + 1])
    return _window(interview, rows[:SEGMENTS_AT_ONCE], more=len(rows) > SEGMENTS_AT_ONCE)


def whole(interview: Interview) -> Window:
    """Everything at once: for paper."""
    return _window(interview, list(_rows(interview)), more=False)


def window_before(interview: Interview, *, position: int) -> Window:
    """The page that ends just before this position."""
    rows = _rows(interview).filter(position__lt=position).order_by("-position")
    found = list(rows[:SEGMENTS_AT_ONCE])[::-1]
    return _window(interview, found, more=True)


def window_around(interview: Interview, *, segment_id: int) -> Window | None:
    """A page with this segment in it; None when the interview has no such segment."""
    place = (
        Segment.objects.filter(interview=interview, id=segment_id)
        .values_list("position", flat=True)
        .first()
    )
    if place is None:
        return None
    return window_from(interview, position=max(0, place - SEGMENTS_AT_ONCE // 4))


def speech_in_flight(interview: Interview) -> list[Gap]:
    """Speech that was sent to us and whose words are neither stored nor given up."""
    named: dict[str, int] = {}
    settled: set[str] = set()
    for kind, at, payload in _events(interview, (*SPEECH_NAMED, *SPEECH_SETTLED)):
        seg_ids = _texts(payload.get("seg_ids")) or _texts([payload.get("seg_id")])
        if kind in SPEECH_SETTLED:
            settled |= set(seg_ids)
        else:
            for seg_id in seg_ids:
                named.setdefault(seg_id, _since_start(interview, at))
    missing = [Gap(seg_id, at_ms) for seg_id, at_ms in named.items() if seg_id not in settled]
    return _without_words(interview, missing)


def without_words(interview: Interview, seg_ids: Collection[str]) -> set[str]:
    """Those whose words may still come: neither stored nor known to have none."""
    if not seg_ids:
        return set()
    stored = interview.segments.filter(seg_id__in=seg_ids).values_list("seg_id", flat=True)
    missing = set(seg_ids) - set(stored)
    if not missing:
        return missing
    wordless = Event.objects.filter(
        interview=interview, kind__in=SPEECH_WORDLESS, payload__seg_id__in=list(missing)
    )
    return missing - {payload["seg_id"] for payload in wordless.values_list("payload", flat=True)}


def gaps(interview: Interview) -> list[Gap]:
    """Speech that was lost, in the order of the interview."""
    found: dict[str, Gap] = {}
    for _, at, payload in _events(interview, SPEECH_LOST):
        at_ms = payload.get("at_ms")
        for seg_id in _texts([payload.get("seg_id")]):
            place = at_ms if isinstance(at_ms, int) else _since_start(interview, at)
            found[seg_id] = Gap(seg_id, place)
    return sorted(_without_words(interview, list(found.values())), key=lambda gap: gap.at_ms)


def _without_words(interview: Interview, missing: list[Gap]) -> list[Gap]:
    """Leaves out what was given up once and then came after all."""
    if not missing:
        return []
    ids = [gap.seg_id for gap in missing]
    said = set(interview.segments.filter(seg_id__in=ids).values_list("seg_id", flat=True))
    return [gap for gap in missing if gap.seg_id not in said]


def _texts(values: object) -> list[str]:
    return [str(value) for value in values if value] if isinstance(values, list) else []


def _since_start(interview: Interview, at: datetime) -> int:
    started = interview.started_at or at
    return max(0, int((at - started).total_seconds() * 1000))


def _rows(interview: Interview) -> QuerySet[Segment]:
    return interview.segments.select_related("fed_by__user", "asked_question").order_by("position")


def _window(interview: Interview, rows: Sequence[Segment], *, more: bool) -> Window:
    if not rows:
        return Window((), None, None)
    before = (
        interview.segments.filter(position__lt=rows[0].position)
        .order_by("-position")
        .values_list("speaker", "started_ms")
        .first()
    )
    later = rows[-1].position + 1 if more else None
    lost = gaps(interview)
    heard = _heard_characters(interview)
    moments: list[Moment] = []
    speaker, since = before or ("", -1)
    for row in rows:
        missing = sum(since < gap.at_ms <= row.started_ms for gap in lost)
        opens = row.speaker != speaker or missing > 0
        moments.append(_moment(row, opens_turn=opens, gaps_before=missing, heard=heard))
        # What waited for a connection stands later than it was said: a gap is told once.
        speaker, since = row.speaker, max(since, row.started_ms)
    return Window(tuple(moments), rows[0].position if before else None, later)


def _moment(
    row: Segment,
    *,
    opens_turn: bool,
    gaps_before: int,
    heard: Mapping[str, int] = MappingProxyType({}),
) -> Moment:
    return Moment(
        id=row.id,
        position=row.position,
        speaker=row.speaker,
        name=row.speaker_name or Speaker(row.speaker).label,
        text=row.text,
        clock=clock_words(row.started_ms),
        started_ms=row.started_ms,
        opens_turn=opens_turn,
        gaps_before=gaps_before,
        is_question=row.asked_question_id is not None and row.speaker != Speaker.CANDIDATE,
        was_corrected=row.corrected_at is not None,
        heard=row.heard_text,
        fed_by=str(row.fed_by.user) if row.fed_by else "",
        after_end=row.after_end,
        read_until=_last_words(row.text[: heard[row.seg_id]]) if row.seg_id in heard else None,
        worded=_worded(row),
    )


def _worded(row: Segment) -> str:
    asked = row.asked_question
    if asked is None or row.speaker != Speaker.AI:
        return ""
    if asked.degraded:
        return "worded without AI"
    prompt = f"prompt {asked.prompt_version}" if asked.prompt_version else ""
    by = ", ".join(part for part in (asked.provider, asked.model, prompt) if part)
    return f"worded by {by}" if by else ""


def _heard_characters(interview: Interview) -> dict[str, int]:
    """How far each question was heard whose reading aloud broke off, by its segment."""
    found: dict[str, int] = {}
    for _, _, payload in _events(interview, (EventKind.QUESTION_HEARD,)):
        characters = payload.get("heard_chars")
        if isinstance(characters, int):
            found[str(payload.get("seg_id"))] = characters
    return found


def _last_words(text: str) -> str:
    return " ".join(text.split()[-LAST_WORDS:])


def _events(
    interview: Interview, kinds: Sequence[str]
) -> list[tuple[str, datetime, dict[str, object]]]:
    rows = Event.objects.filter(interview=interview, kind__in=kinds).order_by("member_seq")
    return list(rows.values_list("kind", "at", "payload"))


def moments_of(interview_id: uuid.UUID, segment_ids: Sequence[int]) -> dict[int, Moment]:
    """Single moments by their id: for quotes."""
    rows = Segment.objects.filter(interview_id=interview_id, id__in=segment_ids)
    return {
        row.id: _moment(row, opens_turn=False, gaps_before=0)
        for row in rows.select_related("fed_by__user")
    }
