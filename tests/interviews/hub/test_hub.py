"""The hub looks after every socket that is in a room, however it came in and whatever broke meanwhile."""

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError, connections, transaction
from django.utils import timezone

from interviews.events import Audience, CloseCode, OpenQuestion, Person, QuestionDelta
from interviews.hub import Connection, Hub, Room, RoomFacts
from interviews.hub.hub import PRESENCE_EVERY
from interviews.hub.reading import NewEvent, read_new_events, seen_by_each
from interviews.hub.room import PRESENCE_TTL
from interviews.models import Event, Interview
from interviews.services.room_log import append_event, lock_room
from interviews.states import InterviewState, Mode
from tests.cast import Cast, make_interview
from tests.interviews.hub.conftest import FrailLayer

FACTS = RoomFacts(uuid.uuid4(), 0, 0, 0, InterviewState.LIVE, "", Mode.ASSISTED, None, "", None, 0)
PATIENCE = 5.0
TICK = 0.05


@dataclass
class Tab:
    """A socket's other end, as the hub sees it."""

    rights: int = 0
    audience: Audience = "member"
    key: str = "rita"
    tab: int = 0
    breaks: int = 0  # how often its rights cannot be checked
    clock: Callable[[], float] = time.monotonic
    closed: list[int] = field(default_factory=list)
    checked: int = 0
    was_checked: asyncio.Event = field(default_factory=asyncio.Event)
    was_closed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.connection = Connection(
            audience=self.audience,
            key=self.key,
            person=Person("recruiter", "Rita"),
            client_id=uuid.uuid4(),
            tab=self.tab,
            rights=self.rights,
            leads=True,
            send=self.send,
            close=self.close,
            recheck=self.recheck,
            end=self.end,
            clock=self.clock,
        )

    async def send(self, frame: str) -> None:
        """Nobody reads it."""

    async def close(self, code: int) -> None:
        self.closed.append(code)
        self.was_closed.set()

    async def recheck(self) -> None:
        self.checked += 1
        if self.checked <= self.breaks:
            raise OperationalError
        self.connection.rights = 1
        self.was_checked.set()

    def end(self) -> None:
        """It stays."""


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    hub = Hub(tick_seconds=TICK)
    yield hub
    await hub.stop()
    await sync_to_async(connections.close_all)()


@pytest.fixture
def interview(transactional_db: None, cast: Cast) -> Interview:
    """Somebody's rights in it changed once."""
    interview = make_interview(cast)
    Interview.objects.update(access_generation=1)
    return interview


async def test_rights_that_changed_before_a_socket_was_in_the_room_are_checked(
    hub: Hub, interview: Interview
) -> None:
    tab = Tab(rights=0)
    await hub.enter(interview.id, tab.connection)
    await asyncio.wait_for(tab.was_checked.wait(), PATIENCE)


async def test_rights_that_could_not_be_checked_are_checked_again(
    hub: Hub, interview: Interview
) -> None:
    tab = Tab(rights=0, breaks=2)
    await hub.enter(interview.id, tab.connection)
    await asyncio.wait_for(tab.was_checked.wait(), PATIENCE)
    assert tab.checked == 3


async def test_a_room_opened_while_the_last_other_one_closes_is_looked_after(
    hub: Hub, interview: Interview, cast: Cast
) -> None:
    other = await sync_to_async(make_interview)(cast)
    last, tab = Tab(rights=1), Tab(rights=0)
    await hub.enter(other.id, last.connection)
    entering = asyncio.create_task(hub.enter(interview.id, tab.connection))
    await asyncio.sleep(0)  # it waits for the database
    await hub.leave(other.id, last.connection)
    assert await entering is not None
    await asyncio.wait_for(tab.was_checked.wait(), PATIENCE)


async def test_of_a_candidates_tabs_the_newest_stays_whichever_is_let_in_last(
    hub: Hub, interview: Interview
) -> None:
    older, newer = (Tab(1, "candidate", "candidate", tab) for tab in (1, 2))
    await hub.enter(interview.id, newer.connection)
    await hub.enter(interview.id, older.connection)
    assert (older.closed, newer.closed) == ([4009], [])


async def test_a_newer_tab_on_another_server_is_known_from_the_database_alone(
    hub: Hub, interview: Interview
) -> None:
    here, on_another = (Tab(1, "candidate", "candidate", tab) for tab in (1, 2))
    other_hub = Hub(TICK)  # nothing carries a word from one to the other
    await hub.enter(interview.id, here.connection)
    await other_hub.enter(interview.id, on_another.connection)
    await sync_to_async(Interview.objects.update)(candidate_tab=2)
    await asyncio.wait_for(here.was_closed.wait(), PATIENCE)
    assert (here.closed[0], on_another.closed) == (4009, [])
    await other_hub.stop()


async def test_who_comes_in_is_told_at_once_who_is_on_another_server_and_who_goes(
    frail: FrailLayer, hub: Hub, interview: Interview
) -> None:
    on_another, here = Tab(1, "candidate", "candidate"), Tab(1)
    other_hub = Hub(tick_seconds=60)  # nothing is told by and by
    await other_hub.enter(interview.id, on_another.connection)
    room = await hub.enter(interview.id, here.connection)
    assert room is not None
    async with asyncio.timeout(PATIENCE):
        while len(room.people()) < 2:  # noqa: ASYNC110 # what is told of presence may be lost
            await asyncio.sleep(0.01)
        await other_hub.leave(interview.id, on_another.connection)
        while len(room.people()) > 1:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await other_hub.stop()


@pytest.mark.parametrize("told_at", range(1, 16))
def test_who_vanishes_without_a_word_is_gone_on_every_server_within_fifty_seconds(
    told_at: int,
) -> None:
    """The cable is pulled at 0; the servers tell each other every fifteen seconds."""
    now = [0.0]
    tab = Tab(clock=lambda: now[0])
    holds, hears = (Room(FACTS, lambda: now[0]) for _ in range(2))
    holds.connections.add(tab.connection)
    hears.note_elsewhere("holds", holds.here())
    for second in range(1, 51):
        now[0] = second
        if second % PRESENCE_EVERY == told_at % PRESENCE_EVERY:
            hears.note_elsewhere("holds", holds.here())
        here_for_both = [len(room.people()) == 1 for room in (holds, hears)]
        assert here_for_both == [second < PRESENCE_TTL] * 2, second


def say(interview: Interview, *texts: str) -> list[Event]:
    """Stores these words, and tells nobody."""
    told = []
    for text in texts:
        with transaction.atomic():
            told.append(
                append_event(
                    lock_room(interview.id),
                    kind="segment.final",
                    at=timezone.now(),
                    payload={"seg_id": text, "speaker": "candidate", "text": text},
                    for_candidate=True,
                )
            )
    return told


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 0)])
async def test_news_that_its_writers_tell_comes_once_and_in_order(
    order: tuple[int, ...], hub: Hub, interview: Interview
) -> None:
    room = await hub.enter(interview.id, Tab(rights=1).connection)
    assert room is not None
    heard: list[str] = []
    hub.follow(lambda _, words: heard.append(words.text))
    stored = await sync_to_async(say)(interview, "a", "b", "c")
    for number in order:
        hub.nudge(interview.id, stored[number])
    async with asyncio.timeout(PATIENCE):
        while len(heard) < 3:  # noqa: ASYNC110 # the room tells nobody that it is up to date
            await asyncio.sleep(0.01)
    assert heard == ["a", "b", "c"]
    for ring in room.rings.values():
        frames = [json.loads(frame) for _, frame in ring.after(0, 10) or ()]
        assert [frame["text"] for frame in frames] == ["a", "b", "c"]
        assert [frame["seq"] for frame in frames] == [1, 2, 3]


async def test_the_next_in_order_is_taken_by_the_word_of_another_server_alone(
    frail: FrailLayer, hub: Hub, interview: Interview
) -> None:
    room, other_hub = await hub.enter(interview.id, Tab(rights=1).connection), Hub(tick_seconds=60)
    await other_hub.enter(interview.id, Tab(1, key="ines").connection)
    assert room is not None
    told = {"seg_id": "a", "speaker": "candidate", "text": "a"}
    nowhere_else = Event(
        interview=interview, kind="segment.final", at=timezone.now(), member_seq=1, payload=told
    )
    async with asyncio.timeout(PATIENCE):
        while room.rings["member"].last == 0:
            other_hub.nudge(interview.id, nowhere_else)  # until this one hears of the room
            await asyncio.sleep(0.01)
    ((_, frame),) = room.rings["member"].after(0, 10) or ()
    assert json.loads(frame)["text"] == "a"
    await other_hub.stop()


async def test_a_room_that_knows_more_than_the_database_is_opened_anew(
    hub: Hub, interview: Interview
) -> None:
    """A standby that took over lacks the last commits: what is stored next has numbers that were told before."""
    rita, ines = Tab(rights=1), Tab(1, key="ines")
    room = await hub.enter(interview.id, rita.connection)
    (lost,) = await sync_to_async(say)(interview, "lost")
    hub.nudge(interview.id, lost)
    await sync_to_async(Event.objects.all().delete)()
    await Interview.objects.aupdate(member_seq=0, candidate_seq=0)
    async with asyncio.timeout(PATIENCE):
        await rita.was_closed.wait()
    assert rita.closed == [CloseCode.COME_BACK]
    epoch = await Interview.objects.values_list("epoch", flat=True).aget()
    assert epoch != interview.epoch, "what clients hold is of another history"
    again = await hub.enter(interview.id, ines.connection)
    assert again is not None
    assert again is not room
    await sync_to_async(say)(interview, "kept")
    async with asyncio.timeout(PATIENCE):
        while again.rings["member"].last == 0:  # noqa: ASYNC110 # the room tells nobody that it has news
            await asyncio.sleep(0.01)
    ((_, frame),) = again.rings["member"].after(0, 10) or ()
    assert json.loads(frame)["text"] == "kept"
    assert not ines.closed


def test_a_word_told_by_its_writer_looks_as_it_does_when_it_is_read(interview: Interview) -> None:
    (stored,) = say(interview, "a")
    (read,) = read_new_events({interview.id: 0})
    told = seen_by_each(stored)
    assert json.loads(told.member) == json.loads(read.member)
    assert json.loads(told.candidate) == json.loads(read.candidate)
    assert told.words == read.words


def closing(interview: Interview, seq: int, msg_id: str) -> NewEvent:
    """The event with which a question stands."""
    return NewEvent(interview.id, seq, "{}", seq, "{}", msg_id, None)


async def test_the_next_questions_words_outlive_the_news_that_the_last_one_stands(
    hub: Hub, interview: Interview
) -> None:
    room = await hub.enter(interview.id, Tab(rights=1).connection)
    assert room is not None
    await hub.stream_words(interview.id, QuestionDelta("first", 0, "Hello."), "")
    await hub.stream_words(interview.id, QuestionDelta("second", 0, "Tell me"), "")
    said = []
    for seq, msg_id in enumerate(("first", "second"), 1):
        room.take(closing(interview, seq, msg_id))  # stored before, and read only now
        said.append(room.question)
    assert said == [OpenQuestion("second", "Tell me"), None]
    hub.end_words(interview.id)


async def test_the_words_of_a_question_wait_for_who_comes_back_while_it_is_said(
    hub: Hub, interview: Interview
) -> None:
    first, again = Tab(rights=1), Tab(rights=1)
    await hub.enter(interview.id, first.connection)
    await hub.stream_words(interview.id, QuestionDelta("q", 0, "Tell me"), "")
    await hub.leave(interview.id, first.connection)
    await hub.stream_words(interview.id, QuestionDelta("q", 7, " about it."), "Tell me")
    room = await hub.enter(interview.id, again.connection)
    assert room is not None
    assert room.question == OpenQuestion("q", "Tell me about it.")
    hub.end_words(interview.id)
