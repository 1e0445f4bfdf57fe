"""Listening: whole, or the stretch that a player jumps to, and for those only who may read the report."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from pytest_django import Settings

from interviews.models import AuditEntry, Interview, Recording
from interviews.states import RecordingState
from tests.cast import Cast
from tests.interviews.told import make_told_interview
from tests.interviews.views.conftest import SignedIn

pytestmark = [pytest.mark.django_db, pytest.mark.portable]
SOUND = bytes(range(256)) * 1_000


@pytest.fixture
def recording(cast: Cast, settings: Settings, tmp_path: Path) -> Recording:
    settings.MEDIA_ROOT = tmp_path
    row = Recording(
        interview=make_told_interview(cast),
        mime=Recording.Mime.WEBM,
        state=RecordingState.JOINED,
        started_ms=60_000,
        duration_ms=120_000,
    )
    row.file.save("joined", ContentFile(SOUND))
    return row


@pytest.fixture
def otto(cast: Cast, signed_in: SignedIn) -> Client:
    return signed_in(cast.otto)


def address_of(row: Recording) -> str:
    return f"/interviews/{row.interview_id}/recordings/{row.id}/"


def listen(client: Client, row: Recording, stretch: str = "") -> tuple[int, bytes, dict[str, str]]:
    response = client.get(address_of(row), headers={"Range": stretch} if stretch else {})
    return response.status_code, response.getvalue(), dict(response.items())


def test_it_is_sound_and_nothing_else(otto: Client, recording: Recording) -> None:
    status, content, headers = listen(otto, recording)
    assert (status, content) == (200, SOUND)
    assert headers["Content-Type"] == "audio/webm"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["Accept-Ranges"] == "bytes"
    assert "no-store" in headers["Cache-Control"]


@pytest.mark.parametrize(
    ("stretch", "first", "last"),
    [
        ("bytes=0-", 0, 255_999),
        ("bytes=100000-", 100_000, 255_999),
        ("bytes=100000-170000", 100_000, 170_000),
        ("bytes=-10", 255_990, 255_999),
        ("bytes=255999-999999", 255_999, 255_999),
        ("bytes=-999999", 0, 255_999),
    ],
)
def test_a_player_is_given_the_stretch_it_asks_for(
    otto: Client, recording: Recording, stretch: str, first: int, last: int
) -> None:
    status, content, headers = listen(otto, recording, stretch)
    assert (status, content) == (206, SOUND[first : last + 1])
    assert headers["Content-Range"] == f"bytes {first}-{last}/256000"
    assert headers["Content-Length"] == str(last - first + 1)


def test_what_lies_outside_is_refused_and_what_is_no_range_ignored(
    otto: Client, recording: Recording
) -> None:
    for stretch in ("bytes=256000-", "bytes=9-3", "bytes=-0"):
        status, _, headers = listen(otto, recording, stretch)
        assert (status, headers["Content-Range"]) == (416, "bytes */256000")
    for stretch in ("bytes=-", "items=0-1", "bytes=0-1,5-6", "bytes=a-b"):
        assert listen(otto, recording, stretch)[:2] == (200, SOUND)


def test_who_listens_is_noted_once_a_playing(
    otto: Client, recording: Recording, cast: Cast
) -> None:
    for stretch in ("bytes=0-", "bytes=100000-", "bytes=200000-"):
        listen(otto, recording, stretch)
    entry = AuditEntry.objects.get(action="recording.played")
    assert (entry.user_id, entry.subject_id) == (cast.otto.user_id, str(recording.interview_id))


def test_there_is_nothing_to_hear_before_it_is_joined_or_when_the_file_is_lost(
    otto: Client, recording: Recording
) -> None:
    Path(recording.file.path).unlink()
    assert otto.get(address_of(recording)).status_code == 404
    Recording.objects.update(state=RecordingState.OPEN)
    assert otto.get(address_of(recording)).status_code == 404


def test_the_recording_of_another_interview_is_not_found_in_this_one(
    otto: Client, recording: Recording
) -> None:
    other = Interview.objects.get()
    other.pk, other._state.adding = None, True
    other.save()
    assert otto.get(f"/interviews/{other.pk}/recordings/{recording.id}/").status_code == 404


def test_programs_list_and_fetch_it(otto: Client, recording: Recording) -> None:
    base = f"/api/v1/interviews/{recording.interview_id}/recordings"
    (item,) = otto.get(base).json()["items"]
    assert (item["state"], item["started_ms"], item["duration_ms"]) == ("joined", 60_000, 120_000)
    assert item["participant"] == "candidate"
    part = otto.get(f"{base}/{item['id']}/file", headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.getvalue()) == (206, SOUND[:10])


def test_the_report_plays_it_and_says_what_of_it_is_missing(
    otto: Client, recording: Recording
) -> None:
    told = recording.interview
    page = otto.get(f"/interviews/{told.id}/report/").text
    assert f'src="{address_of(recording)}"' in page
    assert "Recording from 1:00 to 3:00" in page
    assert "with a gap" not in page
    assert 'data-started-ms="60000"' in page  # moments that can be jumped to
    Recording.objects.update(missing=[[2, 2]])
    assert "with a gap" in otto.get(f"/interviews/{told.id}/report/").text
    for state, words in (
        (RecordingState.OPEN, "being put together"),
        (RecordingState.LOST, "1 part of the recording did not arrive"),
    ):
        Recording.objects.update(state=state)
        page = otto.get(f"/interviews/{told.id}/report/").text
        assert words in page
        assert "<audio" not in page
    Recording.objects.all().delete()
    assert 'id="recordings"' not in otto.get(f"/interviews/{told.id}/report/").text
