"""In production's shape a worker is killed in the middle of a debrief: the report is whole in time, its mail comes once."""

import asyncio
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.room_client import RoomClient
from tests.journeys.providers import Providers, running_providers
from tests.journeys.rooms import open_rooms
from tests.notifications.smtp import PostOffice, running_post_office
from tests.scheduler.processes import wait_until
from tests.stack import ManyProcesses

pytestmark = [pytest.mark.fault, pytest.mark.timeout(240)]
ANSWER = "In 2021 I led the migration of our billing and it cut our costs by 30 percent."
ALL = ("gemini", "openrouter", "groq")


@pytest.fixture
def office() -> PostOffice:
    return PostOffice()


@pytest.fixture
def providers() -> Iterator[Providers]:
    with running_providers(chunk_delay=0) as running:
        yield running


@pytest.fixture
def stack(tmp_path: Path, office: PostOffice, providers: Providers) -> Iterator[ManyProcesses]:
    """Daphne and a Celery worker with its dispatcher, PostgreSQL, Redis, a mail server."""
    with running_post_office(office) as port:
        mailing = {"EMAIL_URL": f"smtp://127.0.0.1:{port}"}
        started = ManyProcesses(tmp_path, settings=providers.settings() | mailing)
        try:
            started.start()
            yield started
        finally:
            started.stop()


def test_a_debrief_survives_kill_9_of_its_worker(
    stack: ManyProcesses, providers: Providers, office: PostOffice
) -> None:
    opened = open_rooms(stack)
    room, token = opened["rooms"][0], opened["token"]

    def debrief() -> dict[str, Any]:
        """The newest one, as a program reads it."""
        return fetch(stack, f"/api/v1/interviews/{room['id']}/debriefs/0", token)

    for name in ALL:  # live questions are answered; what a debrief asks is not, yet
        providers.control(provider=name, always={"kind": "hang", "operation": "complete"})
    asyncio.run(be_interviewed(stack, room))
    wait_until(
        lambda: any(call["fault"] == "hang" for call in providers.control()["calls"]),
        seconds=60,
        what="a worker waits for a model",
    )
    assert "running" in debrief()["steps"].values()
    stack.kill("worker")
    for name in ALL:
        providers.control(provider=name)
    stack.start_worker()  # as its supervisor does
    wait_until(lambda: debrief()["status"] == "ready", seconds=30, what="the debrief is whole")
    summary = debrief()["summary"]
    assert summary["provenance"]["degraded"] is False
    assert ANSWER in json.dumps(summary["sections"]), "it quotes what was said"
    wait_until(lambda: bool(mails(office)), seconds=30, what="its mail")
    stack.stop_process("worker")  # whatever it held is sent, or handed back
    assert [mail["To"] for mail in mails(office)] == ["Rita <rita@acme.example>"]


async def be_interviewed(stack: ManyProcesses, room: dict[str, str]) -> None:
    """Answers whatever is asked, to the end."""
    cem = RoomClient(room["id"], [stack.port], cookie=room["cookie"]).start()
    try:
        await cem.until(lambda: cem.socket is not None)
        await cem.send("control", action="start")
        answered = 0
        while await has_question_after(cem, answered):
            answered = len(questions(cem))
            await cem.answer(ANSWER)
    finally:
        await cem.stop()


async def has_question_after(cem: RoomClient, answered: int) -> bool:
    """Waits for the next question; there is none when the interview is over."""
    await cem.until(lambda: len(questions(cem)) > answered or is_over(cem))
    return not is_over(cem)


def questions(cem: RoomClient) -> list[dict[str, Any]]:
    asked = (event for event in cem.events if event["kind"] == "question.asked")
    return [event for event in asked if event["awaits_answer"]]


def is_over(cem: RoomClient) -> bool:
    return any(event.get("state") == "ended" for event in cem.events)


def mails(office: PostOffice) -> list[Any]:
    return [mail for mail in office.mails if "Debrief ready" in mail["Subject"]]


def fetch(stack: ManyProcesses, path: str, token: str) -> dict[str, Any]:
    request = urllib.request.Request(
        f"{stack.url}{path}", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
        return found
