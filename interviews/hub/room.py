"""A room as this process sees it: the latest frames of each audience, the sockets, and who is there."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from interviews.events import Audience, OpenQuestion, Person, Presence, QuestionDelta, encode
from interviews.hub.connection import Connection
from interviews.hub.reading import NewEvent, RoomFacts
from interviews.hub.ring import Ring

PRESENCE_TTL = 45.0  # a socket that was silent for so long counts as gone


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody in the room, who was heard of so many seconds ago."""

    person: Person
    silent: float = 0.0


@dataclass(slots=True)
class _Elsewhere:
    """Somebody whose socket another process holds."""

    person: Person
    until: float


class Room:
    """Everything this process knows of one interview's room."""

    def __init__(self, facts: RoomFacts, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.interview_id = facts.id
        self.facts = facts
        self.rings: dict[Audience, Ring] = {
            "member": Ring(facts.member_seq),
            "candidate": Ring(facts.candidate_seq),
        }
        self.connections: set[Connection] = set()
        self.question: OpenQuestion | None = None
        self._closed_question = ""
        self.candidate_heard_at = time.monotonic()
        self.candidate_noted_at = time.monotonic()
        self._elsewhere: dict[str, dict[str, _Elsewhere]] = {}  # by process
        self._last_presence: list[Person] = []
        self.told_here: dict[str, Person] = {}  # whom the other processes were told of

    def awaits(self, event: NewEvent) -> bool:
        """Whether it follows what is here, with nothing between."""
        return event.member_seq == self.rings["member"].last + 1

    def take(self, event: NewEvent) -> bool:
        """Whether it was news: the same may be told by who stored it, and found in the database."""
        if event.member_seq <= self.rings["member"].last:
            return False
        self.rings["member"].append(event.member_seq, event.member)
        if event.candidate_seq is not None:
            self.rings["candidate"].append(event.candidate_seq, event.candidate)
        if event.closes_question:
            self._closed_question = event.closes_question
            # The first words of the next one may have come before: they are quicker than what was stored.
            if self.question is not None and self.question.msg_id == event.closes_question:
                self.question = None
        return True

    async def close(self, code: int) -> None:
        for connection in list(self.connections):
            await connection.close(code)

    def wake(self) -> None:
        for connection in self.connections:
            connection.wake()

    def audience(self, audience: Audience) -> Iterator[Connection]:
        return (c for c in list(self.connections) if c.audience == audience)

    def leaders(self) -> Iterator[Connection]:
        """Those who may lead the interview, whoever leads it now."""
        return (c for c in self.audience("member") if c.leads)

    def candidate_is_heard(self) -> None:
        """They said, typed or pressed something: the silence is over."""
        self.candidate_heard_at = time.monotonic()

    def candidate_is_here(self) -> bool:
        fresh = self._clock() - PRESENCE_TTL
        return any(c.heard_at > fresh for c in self.audience("candidate"))

    def note_elsewhere(self, process: str, people: Mapping[str, Seen]) -> bool:
        """All whom that process holds. Whether it is the first that is heard of it.

        Counted from when they were heard of, not from when it was told: else who vanished is here twice as long.
        """
        known = self._elsewhere.pop(process, None)
        if not people:
            return False
        until = self._clock() + PRESENCE_TTL
        self._elsewhere[process] = {
            key: _Elsewhere(seen.person, until - seen.silent) for key, seen in people.items()
        }
        return known is None

    def here(self) -> dict[str, Seen]:
        """Those whose sockets this process holds and heard of lately."""
        now = self._clock()
        by_last_word = sorted(self.connections, key=lambda c: c.heard_at)
        seen = {c.key: Seen(c.person, now - c.heard_at) for c in by_last_word}
        return {key: one for key, one in seen.items() if one.silent < PRESENCE_TTL}

    def people(self) -> list[Person]:
        """Who is in the room, the candidate first."""
        return sorted(self._everybody().values(), key=lambda p: (p.role != "candidate", p.name))

    def holds_first_of(self, roles: Collection[str]) -> bool:
        """Whether, of all who are here with such a role, this process holds the first: one process is that."""
        keys = [key for key, person in self._everybody().items() if person.role in roles]
        return bool(keys) and min(keys) in self.here()

    def _everybody(self) -> dict[str, Person]:
        now = self._clock()
        told = [one for people in self._elsewhere.values() for one in people.items()]
        elsewhere = {key: known.person for key, known in told if known.until > now}
        return elsewhere | {key: seen.person for key, seen in self.here().items()}

    def changed_presence(self) -> str | None:
        """The frame to send if somebody came or went since it was asked last."""
        people = self.people()
        if people == self._last_presence:
            return None
        self._last_presence = people
        return encode(Presence(people))

    def add_words(self, delta: QuestionDelta, before: str) -> QuestionDelta | None:
        """Keeps the words of the open question for those who come in now. What to tell those who are here."""
        if delta.msg_id == self._closed_question:
            return None  # late words: the question stands, or was withdrawn
        known = self.question is not None and self.question.msg_id == delta.msg_id
        self.question = OpenQuestion(delta.msg_id, before + delta.text)
        return delta if known else QuestionDelta(delta.msg_id, 0, before + delta.text)
