"""A recording arrives in chunks, each once and in any order, and becomes one file that can be played."""

import errno
import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from interviews import candidate_link, webm
from interviews.models import Consent, Event, Interview, Recording, RecordingChunk
from interviews.services.consent import Accommodations, choose_recording, give_consent
from interviews.services.end_interview import end_interview
from interviews.services.erase_recordings import sweep_files
from interviews.services.join_recordings import join_recordings
from interviews.states import Actor, ConsentState, InterviewState
from scheduler.outcomes import Snooze
from scheduler.run import AttemptLostError
from scheduler.testing import detached_run, drain_jobs
from tests.cast import Cast, make_interview
from tests.interviews.recorder import CHUNK_MS, Recorder, webm_chunks

pytestmark = [pytest.mark.django_db, pytest.mark.portable]
Commits = Callable[[], AbstractContextManager[object]]
LATER = timedelta(minutes=11)


class FullDisk(FileSystemStorage):
    """A disk on which nothing fits any more."""

    def _save(self, name: str, content: "File[bytes]") -> str:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def commits(request: pytest.FixtureRequest) -> Commits:
    """`with commits():` lets happen at its end what follows a commit: files are deleted."""
    capture = request.getfixturevalue("django_capture_on_commit_callbacks")
    return partial(capture, execute=True)


@pytest.fixture
def room(cast: Cast) -> Interview:
    """Live, and Cem agreed to be recorded."""
    return make_recorded(cast)


@pytest.fixture
def tab(client: Client, room: Interview) -> Recorder:
    return enter(client, room)


def make_recorded(cast: Cast) -> Interview:
    now = timezone.now()
    interview = make_interview(cast, now=now)
    interview.may_record = True
    interview.save()
    give_consent(
        interview=interview, accommodations=Accommodations(), agrees_to_recording=True, now=now
    )
    started = now - timedelta(minutes=20)
    Interview.objects.filter(id=interview.id).update(
        state=InterviewState.LIVE, started_at=started, live_since=started
    )
    interview.refresh_from_db()
    return interview


def enter(client: Client, room: Interview) -> Recorder:
    client.post(f"/join/{candidate_link.token_of(room)}")
    return Recorder(client, started_ms=60_000)


def end(room: Interview) -> None:
    end_interview(interview=room, actor=Actor.CANDIDATE, now=timezone.now())


def wait_until_late() -> None:
    Interview.objects.update(ended_at=timezone.now() - LATER)
    drain_jobs(timezone.now() + LATER)


def stored_sound() -> bytes:
    return Path(Recording.objects.get().file.path).read_bytes()


def files(media: Path) -> list[str]:
    return sorted(path.suffix for path in media.rglob("*") if path.is_file())


def test_chunks_become_one_file_that_can_be_jumped_in(
    tab: Recorder, media: Path, commits: Commits
) -> None:
    assert tab.send_all(webm_chunks(3)) == [201, 201, 201, 201]
    with commits():
        drain_jobs()
    recording = Recording.objects.get()
    assert (recording.state, recording.started_ms, recording.missing) == ("joined", 60_000, [])
    assert abs(recording.duration_ms - 3 * CHUNK_MS) < 100
    assert files(media) == [".webm"]
    assert bytes.fromhex("1c53bb6b") in stored_sound()  # an index
    assert not RecordingChunk.objects.exists()


def test_members_are_told_of_a_recording_once_and_of_none_that_comes_after_the_end(
    tab: Recorder, client: Client, room: Interview
) -> None:
    tab.send_all(webm_chunks(3))
    end(room)
    assert Recorder(client, started_ms=90_000).send_all(webm_chunks(1)) == [201, 201]
    told = Event.objects.get(kind="recording.started")
    recording = Recording.objects.get(started_ms=60_000)
    assert told.payload == {"recording": str(recording.id), "started_ms": 60_000}
    assert told.candidate_seq is None


def test_a_chunk_sent_twice_is_kept_once(tab: Recorder) -> None:
    first, second = webm_chunks(2)
    assert [tab.send(0, first), tab.send(0, first), tab.send(1, second)] == [201, 200, 201]
    assert [tab.end(2), tab.end(2)] == [201, 200]
    drain_jobs()
    assert tab.send(1, second) == 200  # an answer was lost, so it comes again after the joining
    assert Recording.objects.get().state == "joined"


def test_chunks_may_come_out_of_order(tab: Recorder) -> None:
    chunks = webm_chunks(4)
    tab.end(4)
    for number in (3, 0, 2, 1):
        assert tab.send(number, chunks[number]) == 201
    drain_jobs()
    in_order = io.BytesIO()
    webm.finish(io.BytesIO(b"".join(chunks)), in_order)
    assert stored_sound() == in_order.getvalue()


def test_a_hole_is_noted_and_what_follows_keeps_its_place(tab: Recorder, room: Interview) -> None:
    tab.send_all(webm_chunks(5), but=(2,))
    drain_jobs()
    assert Recording.objects.get().state == "open"  # the missing one may still come
    end(room)
    wait_until_late()
    recording = Recording.objects.get()
    assert (recording.state, recording.missing) == ("joined", [[2, 2]])
    assert abs(recording.duration_ms - 5 * CHUNK_MS) < 100


def test_a_browser_that_crashed_told_no_end(tab: Recorder, room: Interview) -> None:
    tab.send(0, webm_chunks(1)[0])
    end(room)
    drain_jobs()
    assert Recording.objects.get().state == "open"
    wait_until_late()
    assert Recording.objects.get().state == "joined"


def test_without_its_beginning_it_is_lost_and_says_so(tab: Recorder, room: Interview) -> None:
    tab.send_all(webm_chunks(3), but=(0,))
    end(room)
    wait_until_late()
    recording = Recording.objects.get()
    assert (recording.state, recording.missing, bool(recording.file)) == ("lost", [[0, 0]], False)


def test_a_reload_begins_a_recording_of_its_own(tab: Recorder) -> None:
    tab.send_all(webm_chunks(2))
    Recorder(tab.client, started_ms=90_000).send_all(webm_chunks(1))
    drain_jobs()
    states = list(Recording.objects.values_list("started_ms", "state"))
    assert states == [(60_000, "joined"), (90_000, "joined")]


def test_joining_again_changes_nothing(tab: Recorder, room: Interview) -> None:
    tab.send_all(webm_chunks(2))
    drain_jobs()
    before = Recording.objects.values().get()
    later = timezone.now() + LATER
    assert join_recordings(run=detached_run(), interview_id=room.id, now=later) is None
    assert Recording.objects.values().get() == before


def test_a_run_that_was_overtaken_leaves_nothing(
    tab: Recorder, room: Interview, media: Path, commits: Commits
) -> None:
    tab.send_all(webm_chunks(2))
    with pytest.raises(AttemptLostError):
        join_recordings(run=detached_run(lost=True), interview_id=room.id, now=timezone.now())
    assert files(media) == [".chunk", ".chunk"]
    with commits():
        drain_jobs()
    assert files(media) == [".webm"]


def test_the_last_chunks_may_be_late_but_not_for_ever(tab: Recorder, room: Interview) -> None:
    first, second = webm_chunks(2)
    end(room)
    assert [tab.send(0, first), tab.send(1, second), tab.end(2)] == [201, 201, 201]
    Interview.objects.update(ended_at=timezone.now() - LATER)
    assert tab.send(0, first) == 404


def test_another_interviews_recording_does_not_exist(tab: Recorder, cast: Cast) -> None:
    tab.send(0, webm_chunks(1)[0])
    other = enter(Client(), make_recorded(cast))
    other.id = tab.id
    assert other.send(1, b"sound") == 404
    assert Recorder(Client(), id=tab.id).send(1, b"sound") == 404
    assert RecordingChunk.objects.count() == 1


@pytest.mark.parametrize(
    ("mime", "content", "status"),
    [
        ("audio/webm", b"x" * (1024 * 1024 + 1), 413),
        ("audio/webm", b"<html>", 415),
        ("text/html", webm_chunks(1)[0], 415),
        ("audio/mp4", webm_chunks(1)[0], 415),
    ],
)
def test_what_is_no_sound_is_refused(
    tab: Recorder, mime: str, content: bytes, status: int, media: Path
) -> None:
    tab.mime = mime
    assert tab.send(0, content) == status
    assert files(media) == []


def test_there_is_a_limit_to_how_much_is_kept(tab: Recorder) -> None:
    first, second = webm_chunks(2)
    tab.send(0, first)
    Recording.objects.update(size=500 * 1024 * 1024 - 10)
    assert tab.send(1, second) == 413
    assert tab.send(6_001, second) == 413


def test_a_full_disk_is_said_and_the_chunk_taken_later(tab: Recorder, settings: Settings) -> None:
    ours, chunks = settings.STORAGES, webm_chunks(1)
    settings.STORAGES = ours | {"default": {"BACKEND": f"{__name__}.FullDisk"}}
    refused = tab.client.post(
        f"/room/recordings/{tab.id}/chunks/0/?mime=audio/webm",
        chunks[0],
        content_type="application/octet-stream",
    )
    assert refused.status_code == 507
    assert "no room for the recording" in refused.json()["detail"]
    settings.STORAGES = ours
    assert tab.send_all(chunks) == [201, 201]
    settings.STORAGES = ours | {"default": {"BACKEND": f"{__name__}.FullDisk"}}
    run, interview_id = detached_run(), Interview.objects.get().id
    waits = join_recordings(run=run, interview_id=interview_id, now=timezone.now())
    assert isinstance(waits, Snooze)
    settings.STORAGES = ours
    drain_jobs()
    assert Recording.objects.get().state == "joined"


def test_it_needs_the_sites_own_form_token(tab: Recorder) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = tab.client.cookies
    assert Recorder(strict).send(0, webm_chunks(1)[0]) == 403
    assert not Recording.objects.exists()


def test_nobody_is_recorded_who_did_not_agree(client: Client, cast: Cast) -> None:
    room = make_recorded(cast)
    Interview.objects.update(recording_agreed=False)
    Consent.objects.all().delete()
    assert enter(client, room).send(0, webm_chunks(1)[0]) == 409


def test_what_was_said_until_the_candidate_stopped_it_stays(tab: Recorder, room: Interview) -> None:
    tab.client.post("/room/recording/", {"recording": "off"})
    room.refresh_from_db()
    assert (room.recording_agreed, room.state, room.consent) == (False, "live", "given")
    assert [consent.recording for consent in room.consents.order_by("id")] == [True, False]
    assert Event.objects.last().payload == {"answer": "given", "recording": False}  # type: ignore[union-attr]  # there is one
    assert tab.send_all(webm_chunks(1)) == [201, 201]  # it was on its way
    tab.client.post("/room/recording/", {"recording": "on"})
    room.refresh_from_db()
    assert room.recording_agreed


def test_withdrawing_erases_it_at_once(
    tab: Recorder, room: Interview, media: Path, commits: Commits
) -> None:
    tab.send_all(webm_chunks(2))
    with commits():
        drain_jobs()
    tab.send(1, b"")
    with commits():
        tab.client.post("/room/withdraw/")
    room.refresh_from_db()
    assert (room.consent, room.recording_agreed) == (ConsentState.WITHDRAWN, False)
    assert not Recording.objects.exists()
    assert files(media) == []
    assert tab.send(0, webm_chunks(1)[0]) == 409


def test_agreement_is_asked_apart_and_declining_changes_nothing_else(
    client: Client, cast: Cast
) -> None:
    interview = make_interview(cast, now=timezone.now())
    client.post(f"/join/{candidate_link.token_of(interview)}")
    assert "record my voice" not in client.get("/room/").text
    Interview.objects.update(may_record=True)
    page = client.get("/room/").text
    assert "You may record my voice" in page
    (box,) = re.findall(r'<input[^>]*name="recording"[^>]*>', page)
    assert "checked" not in box
    assert "up to 30 days" in page
    client.post("/room/consent/", {"answer": "given", "time_factor": "1", "silence_factor": "1"})
    interview.refresh_from_db()
    assert (interview.consent, interview.recording_agreed) == ("given", False)
    consent = Consent.objects.get()
    assert consent.recording is False
    assert "only if you want that" in consent.notice_text
    choose_recording(interview=interview, agrees=True, now=timezone.now())
    assert Consent.objects.filter(recording=True).exists()


def test_files_that_a_crash_left_behind_are_swept_up(
    tab: Recorder, room: Interview, media: Path
) -> None:
    tab.send(0, webm_chunks(1)[0])
    Recording.objects.all().delete()
    assert sweep_files(now=timezone.now()) == 0  # it runs: the row may be on its way
    end(room)
    assert sweep_files(now=timezone.now() + timedelta(days=2)) == 1
    assert files(media) == []
