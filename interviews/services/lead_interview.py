"""Leads an interview: takes the AI's turn, lets its words stream into the room, and goes on until it waits.

Gather (claim the turn), think (word the move), commit (store the question). One task per room and process;
the lease in the database keeps several processes from speaking at once.
"""

import asyncio
import logging
import os
import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import replace
from typing import Literal

from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from ai_engine.engine import engine
from ai_engine.inputs import (
    CallContext,
    Delta,
    Excerpt,
    Finished,
    Provenance,
    StreamEvent,
    Withdrawn,
)
from ai_engine.skills.ask_next_question import TurnToWord, ask_next_question
from interviews.director import SILENCE, WHISPERED
from interviews.events import QuestionDelta
from interviews.hub import Hub, Room, finish_database_work, in_database, the_hub
from interviews.queries.material import allowed_providers
from interviews.services.ask_question import (
    PATIENCE_SECONDS,
    Turn,
    Wording,
    WordsStillComing,
    begin_anew,
    claim_turn,
    finish_question,
    give_up_turn,
    keep_turn,
    let_go,
)
from interviews.states import InterviewState, Mode

logger = logging.getLogger(__name__)
_PROCESS = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
_WORDED_BY_AI = frozenset({"ask", "probe", "clarify", "answer_candidate"})
_COALESCE = 0.06  # seconds between two deltas, after the first
_KEEP_EVERY = 1.0
_LOOK_FOR_WORDS_EVERY = 0.2
_REST_AFTER_FAILURE = 1.0
_CLAIMS_END_WITHIN = 0.3  # before a stop, which waits for the hand-over two seconds in all


class Leader:
    """Leads the rooms of one hub."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._tasks: dict[uuid.UUID, asyncio.Task[None]] = {}
        self._owners: dict[uuid.UUID, str] = {}
        self._is_stopping = False
        self._wanted: set[uuid.UUID] = set()
        self._doubted: dict[uuid.UUID, asyncio.Event] = {}  # the turns of which words come now
        self._awaits_words: dict[uuid.UUID, asyncio.Event] = {}
        self._offered_help_at: dict[uuid.UUID, float] = {}
        hub.watch(self._watch)
        engine.warm()  # the first question need not wait for a library

    def wake(self, interview_id: uuid.UUID) -> None:
        """Something happened: perhaps it is the AI's turn."""
        if self._is_stopping:
            return
        self._wanted.add(interview_id)
        if interview_id not in self._tasks:
            owner = self._owners[interview_id] = f"{_PROCESS}-{uuid.uuid4().hex[:8]}"
            self._tasks[interview_id] = self.hub.run(self._lead(interview_id, owner))

    async def hand_over(self) -> None:
        """Before this process stops: the next one speaks at once, and need not wait until a lease lapses."""
        self._is_stopping = True
        owners, tasks = dict(self._owners), list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # A turn may be claimed just now, for nobody; but one room that is locked must not keep the others waiting.
        await finish_database_work(seconds=_CLAIMS_END_WITHIN)
        await asyncio.gather(*(self._let_go(room, owner) for room, owner in owners.items()))

    async def _let_go(self, interview_id: uuid.UUID, owner: str) -> None:
        try:
            await in_database(let_go, interview_id=interview_id, owner=owner, now=timezone.now())
        except Exception:
            logger.exception("A turn of the AI could not be handed over; its lease lapses.")

    def words_came(self, interview_id: uuid.UUID) -> None:
        """Of speech: a turn that waits for its last words need not wait until it looks again."""
        awaited = self._awaits_words.get(interview_id)
        if awaited is not None:
            awaited.set()

    def fall_silent(self, interview_id: uuid.UUID) -> None:
        """A control took words of the AI back: what it says now is looked after at once.

        Whose words they were the database knows; meanwhile the next turn may have begun.
        """
        doubted = self._doubted.get(interview_id)
        if doubted is not None:
            doubted.set()

    async def _lead(self, interview_id: uuid.UUID, owner: str) -> None:
        try:
            while interview_id in self._wanted:
                self._wanted.discard(interview_id)
                while await self._try_turn(interview_id, owner):
                    pass
        finally:
            del self._tasks[interview_id], self._owners[interview_id]
            self._awaits_words.pop(interview_id, None)

    async def _try_turn(self, interview_id: uuid.UUID, owner: str) -> bool:
        """Whether there may be more to say. A database that is away is asked again: silence is no answer."""
        try:
            return await self._take_turn(interview_id, owner)
        except (DatabaseError, InterfaceError):
            logger.warning("The database did not answer the AI's turn; it is asked again.")
            await asyncio.sleep(_REST_AFTER_FAILURE)
            return True

    async def _take_turn(self, interview_id: uuid.UUID, owner: str) -> bool:
        """Whether there may be more to say."""
        try:
            turn = await in_database(
                claim_turn,
                interview_id=interview_id,
                owner=owner,
                silent_seconds=self._silent_seconds(interview_id),
                now=timezone.now(),
            )
        except WordsStillComing:
            awaited = self._awaits_words[interview_id] = asyncio.Event()
            with suppress(TimeoutError):
                await asyncio.wait_for(awaited.wait(), _LOOK_FOR_WORDS_EVERY)
            return True
        if turn is None:
            return False
        try:
            return await self._speak(turn)
        except Exception:
            logger.exception("A turn of the AI broke off; it is asked anew.")
            await in_database(give_up_turn, turn=turn, now=timezone.now())
            await asyncio.sleep(_REST_AFTER_FAILURE)
            return True
        finally:
            self.hub.end_words(interview_id)

    async def _speak(self, turn: Turn) -> bool:
        """Streams the words of one move and stores them. Whether the director is to be asked again."""
        speech = _Speech(self.hub, turn)
        wording = await self._word_while_ours(speech)
        if wording is None:
            return True  # it may be paused, or somebody else's turn
        await speech.flush()
        stored = await in_database(
            finish_question, turn=speech.turn, wording=wording, now=timezone.now()
        )
        return stored or turn.move.kind != "close"

    async def _word_while_ours(self, speech: "_Speech") -> Wording | None:
        """Breaks off as soon as the turn is lost, also where a provider only lets everybody wait."""
        interview_id = speech.turn.interview_id
        doubted = self._doubted[interview_id] = asyncio.Event()
        wording = asyncio.create_task(self._word(speech))
        losing = asyncio.create_task(self._keep(speech, doubted))
        try:
            await asyncio.wait({wording, losing}, return_when=asyncio.FIRST_COMPLETED)
            return wording.result() if wording.done() else None
        finally:
            del self._doubted[interview_id]
            wording.cancel()
            losing.cancel()
            await asyncio.gather(wording, losing, return_exceptions=True)

    async def _word(self, speech: "_Speech") -> Wording | None:
        """The complete wording; None if the turn was lost on the way."""
        move = speech.turn.move
        is_plans_own = move.kind not in _WORDED_BY_AI or move.reason == SILENCE
        # A whisper is a colleague's note: to have it said as it stands would be worth a script's while.
        if is_plans_own or (speech.turn.is_hurried and move.reason != WHISPERED):
            await speech.add(move.text)
            return Wording(move.text)
        try:
            return await self._worded_by_ai(speech)
        except (DatabaseError, InterfaceError):
            raise
        except Exception:
            # Whatever is wrong with an adapter would be wrong again in a second: a person waits, so the plan speaks.
            logger.exception("The AI's words broke off; the plan's own are said.")
        if speech.has_begun and not await speech.begin_anew():
            return None
        await speech.add(move.text)
        return Wording(move.text, provider="offline", degraded=True)

    async def _worded_by_ai(self, speech: "_Speech") -> Wording | None:
        async with aclosing(worded_by_ai(speech.turn)) as pieces:  # a broken off call costs no more
            async for piece in pieces:
                match piece:
                    case Delta(text):
                        await speech.add(text)
                    case Withdrawn():
                        if not await speech.begin_anew():
                            return None
                    case Finished(text, provenance):
                        await speech.complete(text)
                        return _wording(text, provenance)
        raise RuntimeError("a question's wording ended without a last word")

    async def _keep(self, speech: "_Speech", doubted: asyncio.Event) -> None:
        """Prolongs the lease while words come; ends when the turn is lost, by a control on whichever server."""
        is_ours = True
        while is_ours:
            with suppress(TimeoutError):
                await asyncio.wait_for(doubted.wait(), _KEEP_EVERY)
            doubted.clear()
            try:
                is_ours = await in_database(keep_turn, turn=speech.turn, now=timezone.now())
            except (DatabaseError, InterfaceError):
                logger.warning("The AI's turn could not be prolonged; it is tried again.")

    def _silent_seconds(self, interview_id: uuid.UUID) -> float:
        room = self.hub.rooms.get(interview_id)
        return 0.0 if room is None else time.monotonic() - room.candidate_heard_at

    async def _watch(self, rooms: list[Room]) -> None:
        """Each second: goes on where another process died, and after a long silence."""
        now, clock = timezone.now(), time.monotonic()
        for room in rooms:
            facts = room.facts
            is_ours = facts.mode == Mode.AI_LED and facts.state == InterviewState.LIVE
            if not is_ours or facts.leading_member_id or not room.candidate_is_here():
                continue
            lapsed = facts.turn_owner and facts.turn_lease_until and facts.turn_lease_until < now
            if lapsed or self._silence_is_long(room, clock):
                self.wake(room.interview_id)

    def _silence_is_long(self, room: Room, clock: float) -> bool:
        since = max(room.candidate_heard_at, self._offered_help_at.get(room.interview_id, 0.0))
        if clock - since < PATIENCE_SECONDS:
            return False
        self._offered_help_at[room.interview_id] = clock
        return True


class _Speech:
    """The words of one question on their way into the room."""

    def __init__(self, hub: Hub, turn: Turn) -> None:
        self._hub = hub
        self.turn = turn
        self._said = 0  # characters that went out
        self._text = ""
        self._last_sent = 0.0

    @property
    def has_begun(self) -> bool:
        """Whether any word of it was said."""
        return self._said > 0

    async def add(self, text: str) -> None:
        self._text += text
        if self._said == 0 or time.monotonic() - self._last_sent >= _COALESCE:
            await self.flush()

    async def flush(self) -> None:
        if self._said < len(self._text):
            before, words = self._text[: self._said], self._text[self._said :]
            self._said, self._last_sent = len(self._text), time.monotonic()
            delta = QuestionDelta(str(self.turn.question_id), len(before), words)
            await self._hub.stream_words(self.turn.interview_id, delta, before)

    async def complete(self, text: str) -> None:
        """The whole text as the skill settled it; only what extends the words said is streamed."""
        if text.startswith(self._text):
            self._text = text

    async def begin_anew(self) -> bool:
        question_id = await in_database(begin_anew, turn=self.turn, now=timezone.now())
        if question_id is None:
            return False
        self.turn = replace(self.turn, question_id=question_id)
        self._said, self._text = 0, ""
        return True


def worded_by_ai(turn: Turn) -> AsyncGenerator[StreamEvent, None]:
    """The words of a move that a model may word, piece by piece."""
    move = turn.move
    assert move.kind != "open", "the opening words are the plan's own"
    is_whispered = move.reason == "whispered"
    return ask_next_question(
        TurnToWord(
            move=move.kind,
            planned_text=move.text,
            topic=turn.topic,
            last_answer=turn.last_answer,
            recent=tuple(
                Excerpt(said.ref, _speaker(said.speaker), said.name, said.text, said.started_ms)
                for said in turn.recent
            ),
            candidate_name=turn.candidate_name,
            position_title=turn.position_title,
            company_context=turn.company_context,
            whisper=move.text if is_whispered else "",
        ),
        CallContext(
            scope=turn.scope,
            interview_ref=str(turn.interview_id),
            language=turn.language,
            lane="live",
            allowed_providers=allowed_providers(turn.providers_off),
        ),
    )


def _wording(text: str, provenance: Provenance) -> Wording:
    return Wording(
        text=text,
        provider=provenance.provider,
        model=provenance.model,
        prompt_version=provenance.prompt_version,
        degraded=provenance.degraded,
    )


def _speaker(speaker: str) -> Literal["interviewer", "candidate", "ai"]:
    match speaker:
        case "candidate":
            return "candidate"
        case "ai":
            return "ai"
        case _:
            return "interviewer"


_leaders: list[Leader] = []


def the_leader() -> Leader:
    """The one that leads the rooms of this process's hub."""
    hub = the_hub()
    for leader in _leaders:
        if leader.hub is hub:
            return leader
    _leaders[:] = [Leader(hub)]  # of an earlier loop nobody will ask again
    return _leaders[0]


async def hand_over_turns() -> None:
    """Before this process stops."""
    for leader in _leaders:
        if leader.hub is the_hub():
            await leader.hand_over()
