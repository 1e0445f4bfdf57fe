"""The progress of a debrief as server-sent events: what changed, never what was written."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import StreamingHttpResponse

from interviews import access
from interviews.access import Forbidden, Missing, Permission
from interviews.models import Interview, Member
from interviews.queries.debrief_progress import Progress, progress_of
from interviews.queries.report import find_debrief
from interviews.states import PartKind

LOOKS_EVERY = 0.5
LASTS_AT_MOST = 600.0  # then the browser comes back by itself
STILL_HERE_EVERY = 15.0  # a comment, so that proxies keep the line open


@dataclass
class _Told:
    """What this listener has heard."""

    fingerprint: str = ""
    parts: set[str] = field(default_factory=set)

    def news(self, progress: Progress) -> Iterator[str]:
        """The events that are new to them."""
        for kind in PartKind.values:
            if kind not in self.parts and not progress.is_open(kind):
                self.parts.add(kind)
                yield _event(kind, {})
        if progress.fingerprint != self.fingerprint:
            self.fingerprint = progress.fingerprint
            steps = {step.name: step.state.value for step in progress.steps}
            yield _event("progress", {"status": progress.status, "steps": steps})
        if progress.is_settled:
            yield _event("settled", {"status": progress.status})


def stream_of(interview: Interview, member: Member) -> StreamingHttpResponse:
    response = StreamingHttpResponse(
        _events(interview, member), content_type="text/event-stream; charset=utf-8"
    )
    response["Cache-Control"] = "no-cache"
    response["X-Accel-Buffering"] = "no"  # nginx would keep the events to itself
    return response


async def _events(interview: Interview, member: Member) -> AsyncIterator[str]:
    told, until, last = _Told(), time.monotonic() + LASTS_AT_MOST, time.monotonic()
    yield "retry: 2000\n\n"
    while time.monotonic() < until:
        progress = await sync_to_async(_look)(interview, member)
        if progress is None:
            return
        for event in told.news(progress):
            last = time.monotonic()
            yield event
        if progress.is_settled:
            return
        if time.monotonic() - last > STILL_HERE_EVERY:
            last = time.monotonic()
            yield ": still here\n\n"
        await asyncio.sleep(LOOKS_EVERY)


def _look(interview: Interview, member: Member) -> Progress | None:
    """How far the newest debrief is; None when this member may not know any more."""
    try:
        present = access.member_of(member.user, member.organisation_id)
        seen = access.interview(present, interview.id, to=Permission.SEE_REPORT)
        debrief = find_debrief(seen)
        return Progress.nothing() if debrief is None else progress_of(debrief)
    except (Missing, Forbidden):
        return None
    finally:
        if not connection.in_atomic_block:
            connection.close()  # a stream lasts: it must not keep a connection between two looks


def _event(name: str, body: dict[str, object]) -> str:
    return f"event: {name}\ndata: {json.dumps(body)}\n\n"
