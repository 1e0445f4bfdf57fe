"""Whoever sits in a room when its candidate is erased is put out, and comes in no more."""

import time
from datetime import UTC, datetime

from asgiref.sync import sync_to_async

from interviews.models import Segment
from interviews.services.erase_candidate import request_erasure
from tests.interviews.consumers.conftest import Stage, candidate_cookies


async def test_open_sockets_are_closed_and_their_last_words_are_not_kept(stage: Stage) -> None:
    cem, ines = await stage.candidate(), await stage.member(stage.cast.ines)
    cookies = candidate_cookies(stage.interview)
    await cem.send("control", action="start")
    await cem.until("event", kind="question.asked")
    await cem.answer("I ran the billing service.")
    await ines.until("event", kind="segment.final")
    began = time.monotonic()
    await stage.change(
        request_erasure,
        candidate=stage.cast.cem,
        confirmed_name="Cem Candidate",
        by=stage.cast.rita,
        now=datetime.now(UTC),
    )
    await cem.send("segment.final", seg_id="last", text="One more thing.")
    assert await cem.until_closed() == 4001
    assert await ines.until_closed() == 4004
    assert time.monotonic() - began < 8  # two seconds, and a busy machine
    assert not await sync_to_async(Segment.objects.exists)()
    again = await stage.open_socket(stage.interview.id, cookies).connect()
    await again.say({"type": "hello", "as": "candidate", "client_id": again.client_id})
    assert await again.until_closed() == 4001
