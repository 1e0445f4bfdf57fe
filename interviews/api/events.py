"""The log of a room, for programs that follow an interview without a socket."""

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from interviews.access import Permission
from interviews.api.callers import called_interview
from interviews.api.doors import opens
from interviews.models import Event
from webapi.pages import PageOf, PageQuery, page_of

router = Router(tags=["events"])


class EventOut(Schema):
    """`seq` counts the events that members see, without a gap."""

    seq: int
    kind: str
    at: datetime
    payload: dict[str, Any]

    @staticmethod
    def of(row: Event) -> "EventOut":
        payload = {**row.payload, **row.member_payload}
        return EventOut(seq=row.member_seq or 0, kind=row.kind, at=row.at, payload=payload)


class EventQuery(PageQuery):
    after: int = Field(0, ge=0, le=2**31 - 1, description="The last `seq` the caller has.")


class EventPage(PageOf[EventOut]):
    pass


@router.get("/interviews/{uuid:interview_id}/events", response=EventPage)
@opens(Permission.SEE_REPORT)
def list_events(
    request: HttpRequest, interview_id: uuid.UUID, query: Query[EventQuery]
) -> EventPage:
    """What happened in the room, in order."""
    interview, _ = called_interview(request, interview_id, to=Permission.SEE_REPORT)
    rows = interview.events.filter(member_seq__gt=query.after)
    found = page_of(rows, query, order=("member_seq",))
    return EventPage(items=[EventOut.of(row) for row in found.items], next=found.next)
