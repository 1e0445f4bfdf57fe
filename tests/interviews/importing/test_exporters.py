"""An hour of talk, as each tool exports it, comes in with the right words, speakers and times, and quickly."""

import time
from itertools import pairwise

import pytest

from interviews.importing import ImportedSegment, ImportedTranscript, read_transcript
from tests.interviews.importing.exporters import CUE_BY_CUE, TURN_BY_TURN, turns
from tests.interviews.importing.spoken_hour import CUES, compose_hour

HOUR = compose_hour()
NUMBERED = {
    "deepgram": ("Speaker 0", "Speaker 1"),
    "assemblyai": ("Speaker A", "Speaker B"),
}
SECONDS_ALLOWED = 2.0


def read(name: str) -> ImportedTranscript:
    file_name, data = ({**CUE_BY_CUE, **TURN_BY_TURN})[name](HOUR)
    return read_transcript(data, file_name)


def words_of(text: str) -> list[str]:
    return text.split()


def speaker_in(name: str, speaker: str) -> str:
    names = NUMBERED.get(name)
    return names[speaker != HOUR[0].speaker] if names else speaker


def test_the_hour_is_one() -> None:
    assert len(HOUR) >= CUES >= 600
    assert 50 * 60_000 < HOUR[-1].ended_ms < 80 * 60_000
    assert any(a.ended_ms > b.started_ms for a, b in pairwise(HOUR))


@pytest.mark.parametrize("name", [*CUE_BY_CUE, *TURN_BY_TURN])
def test_every_word_comes_in_under_its_speaker_in_order(name: str) -> None:
    transcript = read(name)
    expected = [(speaker_in(name, c.speaker), w) for c in HOUR for w in words_of(c.text)]
    assert [(s.speaker, w) for s in transcript.segments for w in words_of(s.text)] == expected
    assert set(transcript.speakers) == {speaker for speaker, _ in expected}


@pytest.mark.parametrize("name", CUE_BY_CUE)
def test_every_cue_lies_within_the_segment_that_holds_its_words(name: str) -> None:
    transcript = read(name)
    segments = iter(transcript.segments)
    segment = next(segments)
    left = words_of(segment.text)
    starts = []
    for cue in HOUR:
        if not left:
            segment = next(segments)
            left = words_of(segment.text)
            starts.append((segment.started_ms, cue.started_ms))
        words = words_of(cue.text)
        assert left[: len(words)] == words, "a segment ends in the middle of a cue"
        left = left[len(words) :]
        assert segment.started_ms <= cue.started_ms
        assert cue.ended_ms <= segment.ended_ms
    assert not left
    assert next(segments, None) is None
    assert all(mine == theirs for mine, theirs in starts)


@pytest.mark.parametrize("name", ["otter_text", "zoom_text", "teams_docx", "text_with_times"])
def test_every_turn_starts_at_its_second(name: str) -> None:
    # A time of the day counts from the first word, which is when the recording begins.
    zero = HOUR[0].started_ms if name == "zoom_text" else 0
    times: dict[int, ImportedSegment] = {}
    for segment in read(name).segments:
        times.setdefault(segment.started_ms // 1000, segment)
    for turn in turns(HOUR):
        seconds = turn.started_ms // 1000 - zero // 1000
        assert seconds in times
        assert times[seconds].speaker in {c.speaker for c in HOUR}


def test_between_the_marks_of_meet_times_are_spread_by_words() -> None:
    transcript = read("meet_text")
    starts = [segment.started_ms for segment in transcript.segments]
    assert starts == sorted(starts)
    starts_of_words = [s.started_ms for s in transcript.segments for _ in words_of(s.text)]
    position = 0
    for turn in turns(HOUR):
        assert abs(starts_of_words[position] - turn.started_ms) < 300_000
        position += len(words_of(turn.text))


def test_without_times_they_are_estimated_and_the_person_is_told() -> None:
    transcript = read("text_without_times")
    assert not transcript.has_times
    assert any("estimated" in note for note in transcript.notes)
    ends = [segment.ended_ms for segment in transcript.segments]
    assert ends == sorted(ends)


@pytest.mark.parametrize("name", [*CUE_BY_CUE, *TURN_BY_TURN])
def test_segments_are_of_a_size_to_cite(name: str) -> None:
    transcript = read(name)
    assert len(transcript.segments) > 150
    assert max(len(s.text) for s in transcript.segments) <= (600 if name in CUE_BY_CUE else 1200)
    assert all(s.text and s.started_ms <= s.ended_ms for s in transcript.segments)


@pytest.mark.parametrize("name", [*CUE_BY_CUE, *TURN_BY_TURN])
def test_it_takes_less_than_two_seconds(name: str) -> None:
    file_name, data = ({**CUE_BY_CUE, **TURN_BY_TURN})[name](HOUR)
    began = time.process_time()
    read_transcript(data, file_name)
    assert time.process_time() - began < SECONDS_ALLOWED


@pytest.mark.parametrize(
    ("name", "kind", "language"),
    [
        ("zoom", "vtt", None),
        ("teams_wrapped", "vtt", "en-gb"),
        ("otter_srt", "srt", None),
        ("otter_text", "text", None),
        ("whisper", "json", "en"),
        ("deepgram", "json", "en"),
        ("assemblyai", "json", "en-us"),
    ],
)
def test_format_and_language_are_recognised(name: str, kind: str, language: str | None) -> None:
    transcript = read(name)
    assert (transcript.format, transcript.language) == (kind, language)


@pytest.mark.parametrize("name", [*CUE_BY_CUE, *TURN_BY_TURN])
def test_the_format_is_known_by_its_content_not_by_its_name(name: str) -> None:
    _, data = ({**CUE_BY_CUE, **TURN_BY_TURN})[name](HOUR)
    assert [s.text for s in read_transcript(data, "upload").segments] == [
        s.text for s in read(name).segments
    ]
