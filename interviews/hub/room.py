"""A room as this process sees it: the latest frames of each audience, the sockets, and who is there."""

import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from interviews.events import Audience, OpenQuestion, Person, Presence, QuestionDelta, encode
from interviews.hub.connection import Connection
from interviews.hub.reading import NewEvent, RoomFacts
from interviews.hub.ring import Ring

PRESENCE_TTL = 45.0  # a socket that was silent for so long counts as gone


@dataclass(slots=True)
class _Elsewhere:
    """Somebody whose socket another process holds."""

    person: Person
    until: float


class Room:
    """Everything this process knows of one interview's room."""

    def __init__(self, facts: RoomFacts) -> None:
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
        self._elsewhere: dict[str, _Elsewhere] = {}
        self._last_presence: list[Person] = []

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
        fresh = time.monotonic() - PRESENCE_TTL
        return any(c.heard_at > fresh for c in self.audience("candidate"))

    def note_elsewhere(self, people: Iterable[tuple[str, Person]]) -> None:
        until = time.monotonic() + PRESENCE_TTL
        for key, person in people:
            self._elsewhere[key] = _Elsewhere(person, until)

    def forget_elsewhere(self, key: str) -> None:
        self._elsewhere.pop(key, None)

    def here(self) -> dict[str, Person]:
        """Those whose sockets this process holds and heard of lately."""
        fresh = time.monotonic() - PRESENCE_TTL
        return {c.key: c.person for c in self.connections if c.heard_at > fresh}

    def people(self) -> list[Person]:
        """Who is in the room, the candidate first."""
        now = time.monotonic()
        self._elsewhere = {k: e for k, e in self._elsewhere.items() if e.until > now}
        present = {k: e.person for k, e in self._elsewhere.items()} | self.here()
        return sorted(present.values(), key=lambda p: (p.role != "candidate", p.name))

    def holds_first_of(self, roles: Collection[str]) -> bool:
        """Whether, of all who are here with such a role, this process holds the first: one process is that."""
        here = self.here()
        everybody = {key: seen.person for key, seen in self._elsewhere.items()} | here
        keys = [key for key, person in everybody.items() if person.role in roles]
        return bool(keys) and min(keys) in here

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
