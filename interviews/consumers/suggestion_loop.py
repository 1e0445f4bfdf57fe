"""After each segment: warnings and coverage at once, and now and then one suggestion.

One suggestion is thought of at a time; what is said meanwhile starts the next one. Who leads is never waited for,
and when nobody is left who leads, nothing is thought of any more.
"""

import asyncio
import logging
import time
import uuid
from dataclasses import dataclass

from ai_engine.errors import AiError
from interviews.access import Permission, roles_with
from interviews.consumers.panel_words import coverage_words, suggestion_words
from interviews.events import AssistPaused, AssistResumed, GuardWarned, ServerMessage, encode
from interviews.hub import Hub, Room, StoredWords, in_database, the_hub
from interviews.models import Suggestion
from interviews.services.assist_interviewer import look_at_words, read_coverage, suggest

logger = logging.getLogger(__name__)
REST_WITHOUT_AI = 30.0  # seconds until a suggestion is tried again after no AI could be reached
LOOKS_EVERY = 0.5  # seconds between two looks, during a call, at whether anybody still leads
_LEADERS = roles_with(Permission.LEAD)


@dataclass
class _Room:
    """What this process thinks of for one room."""

    is_thinking: bool = False
    is_wanted: bool = False
    is_paused: bool = False
    rests_until: float = 0.0


class SuggestionLoop:
    """Assists in the rooms of one hub."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._rooms: dict[uuid.UUID, _Room] = {}
        hub.follow(self._hear)

    def _hear(self, room: Room, words: StoredWords) -> None:
        self.hub.run(self._look(room, words))

    def is_paused(self, interview_id: uuid.UUID) -> bool:
        room = self._rooms.get(interview_id)
        return room is not None and room.is_paused

    async def _look(self, room: Room, words: StoredWords) -> None:
        """Each process looks for its own members; one of them thinks for all."""
        facts = room.facts
        found = await in_database(look_at_words, words, mode=facts.mode, state=facts.state)
        for warning in found.warnings:
            told = GuardWarned(warning.seg_id, warning.topic, warning.words, warning.advice)
            await self.hub.offer(room.interview_id, ("leader",), encode(told))
        if words.question_ref:
            await self._tell_coverage(room.interview_id)
        if found.may_suggest and room.holds_first_of(_LEADERS):
            await self._want(room.interview_id)

    async def _tell_coverage(self, interview_id: uuid.UUID) -> None:
        """Watching how the plan stands needs no right to lead."""
        covered = coverage_words(await in_database(read_coverage, interview_id))
        await self.hub.offer(interview_id, ("member",), encode(covered))

    async def _want(self, interview_id: uuid.UUID) -> None:
        room = self._rooms.setdefault(interview_id, _Room())
        room.is_wanted = True
        if room.is_thinking:
            return
        room.is_thinking = True
        try:
            while room.is_wanted and self._is_led(interview_id):
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
            suggestion = await self._while_led(interview_id)
        except AiError:
            room.rests_until = time.monotonic() + REST_WITHOUT_AI
            room.is_paused = True
            await self._tell(interview_id, AssistPaused("no_ai"))
            return
        if room.is_paused:
            room.is_paused = False
            await self._tell(interview_id, AssistResumed())
        if suggestion is not None:
            await self._tell(interview_id, suggestion_words(suggestion))

    async def _while_led(self, interview_id: uuid.UUID) -> Suggestion | None:
        """What is thought of, unless everybody who leads has gone: then nobody waits for it."""
        thinking = asyncio.ensure_future(suggest(interview_id=interview_id))
        try:
            while not thinking.done():
                await asyncio.wait({thinking}, timeout=LOOKS_EVERY)
                if not thinking.done() and not self._is_led(interview_id):
                    return None
            return thinking.result()
        finally:
            thinking.cancel()

    def _is_led(self, interview_id: uuid.UUID) -> bool:
        """Whether somebody is in the room, here or on another process, who may lead it."""
        room = self.hub.rooms.get(interview_id)
        return room is not None and any(person.role in _LEADERS for person in room.people())

    async def _tell(self, interview_id: uuid.UUID, message: ServerMessage) -> None:
        await self.hub.tell_leaders(interview_id, encode(message))


_loops: list[SuggestionLoop] = []


def the_suggestion_loop() -> SuggestionLoop:
    """The one of this process's hub."""
    hub = the_hub()
    for loop in _loops:
        if loop.hub is hub:
            return loop
    _loops[:] = [SuggestionLoop(hub)]
    return _loops[0]
