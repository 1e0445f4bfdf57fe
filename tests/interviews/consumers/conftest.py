"""Sockets of the real ASGI application, as a browser or a program opens them."""

import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie

import psycopg
import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, connections
from django.http import HttpResponse
from django.test import override_settings
from django.utils import timezone
from psycopg.sql import SQL, Identifier

from interviews import candidate_link
from interviews.hub import the_hub
from interviews.models import Interview, Member, User
from interviews.states import ConsentState, InterviewState
from meetmind.asgi import application
from tests.cast import Cast, make_interview

HOST = "testserver.example"
PATIENCE = 5.0


class Closed(Exception):
    """The server closed the socket."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Client:
    """A small client of the protocol: applies events in order, and remembers every frame."""

    communicator: WebsocketCommunicator
    as_: str
    client_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    sent: int = 0
    frames: list[dict[str, object]] = field(default_factory=list)

    async def connect(self) -> "Client":
        accepted, subprotocol = await self.communicator.connect(timeout=PATIENCE)
        assert accepted
        assert subprotocol == "interview.v1"
        return self

    async def hello(self, resume_from: int = 0, epoch: str | None = None) -> dict[str, object]:
        said = {"type": "hello", "as": self.as_, "client_id": self.client_id}
        await self.say({**said, "resume_from": resume_from, "epoch": epoch})
        return await self.until("welcome")

    async def say(self, message: dict[str, object]) -> None:
        await self.communicator.send_to(text_data=json.dumps(message))

    async def send(self, type_: str, **fields: object) -> int:
        """A durable message under the next number of this tab."""
        self.sent += 1
        await self.say({"type": type_, "client_seq": self.sent, **fields})
        return self.sent

    async def answer(self, text: str) -> None:
        seg_id = uuid.uuid4().hex
        await self.send("segment.final", seg_id=seg_id, text=text)
        await self.send("turn.finished", seg_ids=[seg_id])

    async def next(self) -> dict[str, object]:
        got = await self.communicator.receive_output(timeout=PATIENCE)
        if got["type"] == "websocket.close":
            raise Closed(got["code"])
        frame: dict[str, object] = json.loads(got["text"])
        self.frames.append(frame)
        if frame["type"] == "event":
            await self.say({"type": "ack", "seq": frame["seq"]})
        return frame

    async def until(self, type_: str, **fields: object) -> dict[str, object]:
        """The next frame of this type (and with these fields); the others are remembered."""
        while True:
            frame = await self.next()
            if frame["type"] == type_ and all(frame.get(k) == v for k, v in fields.items()):
                return frame

    async def until_closed(self) -> int:
        try:
            while True:
                await self.next()
        except Closed as closed:
            return closed.code

    def events(self) -> list[dict[str, object]]:
        return [frame for frame in self.frames if frame["type"] == "event"]

    async def leave(self) -> None:
        await self.communicator.disconnect(timeout=PATIENCE)


Opener = Callable[..., Client]


@pytest.fixture
async def opener() -> AsyncIterator[Opener]:
    """Opens sockets, and leaves with all of them at the end."""
    clients: list[Client] = []

    def open_socket(
        interview_id: object,
        cookies: dict[str, str] | None = None,
        *,
        as_: str = "candidate",
        origin: str | None = f"http://{HOST}",
        bearer: str = "",
        path: str = "",
        subprotocols: list[str] | None = None,
    ) -> Client:
        jar: SimpleCookie = SimpleCookie(cookies or {})
        headers = [
            (b"host", HOST.encode()),
            (b"cookie", "; ".join(f"{k}={m.coded_value}" for k, m in jar.items()).encode()),
        ]
        headers += [(b"origin", origin.encode())] if origin else []
        headers += [(b"authorization", f"Bearer {bearer}".encode())] if bearer else []
        communicator = WebsocketCommunicator(
            application,
            path or f"/ws/interviews/{interview_id}/",
            headers=headers,
            subprotocols=["interview.v1"] if subprotocols is None else subprotocols,
        )
        client = Client(communicator, as_)
        clients.append(client)
        return client

    with override_settings(ALLOWED_HOSTS=[HOST]):
        yield open_socket
        for client in clients:
            await client.leave()
    await the_hub().stop()  # with it whatever was still being said
    await sync_to_async(connections.close_all)()


def candidate_cookies(interview: Interview) -> dict[str, str]:
    response = HttpResponse()
    candidate_link.set_cookie(response, interview)
    name = candidate_link.cookie_name()
    return {name: response.cookies[name].value}


def member_cookies(user: User) -> dict[str, str]:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    assert session.session_key
    return {settings.SESSION_COOKIE_NAME: session.session_key}


@dataclass
class Stage:
    """A room with its people's keys."""

    cast: Cast
    interview: Interview
    open_socket: Opener

    def tab(self, room: Interview | None = None) -> Client:
        room = room or self.interview
        return self.open_socket(room.id, candidate_cookies(room))

    async def candidate(self, room: Interview | None = None) -> Client:
        """Cem in the room, or in another."""
        client = await self.tab(room).connect()
        await client.hello()
        return client

    async def member(self, member: Member) -> Client:
        cookies = await sync_to_async(member_cookies)(member.user)
        client = await self.open_socket(self.interview.id, cookies, as_="member").connect()
        await client.hello()
        return client

    async def change(self, function: Callable[..., object], **arguments: object) -> None:
        await sync_to_async(function)(**arguments)


def open_room(cast: Cast, state: InterviewState = InterviewState.LIVE) -> Interview:
    now = timezone.now()
    interview = make_interview(cast, state=state, now=now)
    interview.consent = ConsentState.GIVEN
    if state == InterviewState.LIVE:
        interview.started_at = interview.live_since = now
    interview.save()
    return interview


async def second_connection() -> psycopg.AsyncConnection[tuple[object, ...]]:
    """To the same database, and beside everything that Django does there."""
    told = connection.get_connection_params()
    address = {
        key: told[key] for key in ("dbname", "user", "password", "host", "port") if key in told
    }
    return await psycopg.AsyncConnection.connect(**address)


@asynccontextmanager
async def held(
    interview: Interview,
) -> AsyncIterator[psycopg.AsyncConnection[tuple[object, ...]]]:
    """Somebody else's transaction holds the room: whatever is to be stored in it waits."""
    async with await second_connection() as holder:
        sql = "SELECT 1 FROM interviews_interview WHERE id = %s FOR UPDATE"
        await holder.execute(sql, [interview.id])
        yield holder
        await holder.rollback()


@asynccontextmanager
async def gone(table: str) -> AsyncIterator[None]:
    """Every question to this table fails, as while a database is away."""
    async with await second_connection() as other:
        await other.set_autocommit(True)
        await other.execute(SQL("ALTER TABLE {} RENAME TO away").format(Identifier(table)))
        yield
        await other.execute(SQL("ALTER TABLE away RENAME TO {}").format(Identifier(table)))


@pytest.fixture
def stage(transactional_db: None, cast: Cast, opener: Opener) -> Stage:
    """Cem's AI-led interview, waiting to be started."""
    return Stage(cast, open_room(cast, InterviewState.WAITING), opener)
