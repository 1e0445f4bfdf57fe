"""After each segment: warnings and coverage at once, and now and then one suggestion.

One suggestion is thought of at a time; what is said meanwhile starts the next one. Who leads is never waited for.
"""

import logging
import time
import uuid
from dataclasses import dataclass, field

from django.utils import timezone

from ai_engine.errors import AiError
from interviews.events import (
    AssistPaused,
    CoverageChanged,
    GuardWarned,
    SuggestionReady,
    encode,
)
from interviews.hub import Hub, in_database, the_hub
from interviews.models import Suggestion
from interviews.services.assist_interviewer import look_at_segment, suggest

logger = logging.getLogger(__name__)
REST_WITHOUT_AI = 30.0  # seconds until a suggestion is tried again after no AI could be reached


@dataclass
class _Room:
    """What this process thinks of for one room."""

    is_thinking: bool = False
    is_wanted: bool = False
    rests_until: float = field(default=0.0)


class SuggestionLoop:
    """Assists in the rooms of one hub."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._rooms: dict[uuid.UUID, _Room] = {}

    def hear(self, interview_id: uuid.UUID, seg_id: str) -> None:
        """A segment was stored."""
        self.hub.run(self._look(interview_id, seg_id))

    async def _look(self, interview_id: uuid.UUID, seg_id: str) -> None:
        found = await in_database(
            look_at_segment, interview_id=interview_id, seg_id=seg_id, now=timezone.now()
        )
        for warning in found.warnings:
            told = GuardWarned(warning.seg_id, warning.topic, warning.words, warning.advice)
            await self.hub.tell_members(interview_id, encode(told))
        if found.covered is not None:
            covered = CoverageChanged(found.covered.questions, found.covered.competencies)
            await self.hub.tell_members(interview_id, encode(covered))
        if found.may_suggest:
            await self._want(interview_id)

    async def _want(self, interview_id: uuid.UUID) -> None:
        room = self._rooms.setdefault(interview_id, _Room())
        room.is_wanted = True
        if room.is_thinking:
            return
        room.is_thinking = True
        try:
            while room.is_wanted and interview_id in self.hub.rooms:
                room.is_wanted = False
                await self._think(interview_id, room)
        finally:
            room.is_thinking = False
            if interview_id not in self.hub.rooms:
                self._rooms.pop(interview_id, None)

    async def _think(self, interview_id: uuid.UUID, room: _Room) -> None:
        if time.monotonic() < room.rests_until:
            return
        try:
            suggestion = await suggest(interview_id=interview_id)
        except AiError:
            room.rests_until = time.monotonic() + REST_WITHOUT_AI
            await self.hub.tell_members(interview_id, encode(AssistPaused("no_ai")))
            return
        if suggestion is not None:
            await self.hub.tell_members(interview_id, encode(_ready(suggestion)))


def _ready(suggestion: Suggestion) -> SuggestionReady:
    return SuggestionReady(str(suggestion.id), suggestion.text, suggestion.because)


_loops: list[SuggestionLoop] = []


def the_suggestion_loop() -> SuggestionLoop:
    """The one of this process's hub."""
    hub = the_hub()
    for loop in _loops:
        if loop.hub is hub:
            return loop
    _loops[:] = [SuggestionLoop(hub)]
    return _loops[0]
