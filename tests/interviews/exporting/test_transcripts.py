"""What is exported comes back the same, and whatever was said stays words."""

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews.exporting import (
    TranscriptRow,
    TranscriptToExport,
    transcript_as_csv,
    transcript_as_json,
    transcript_as_markdown,
    transcript_as_webvtt,
    write_csv,
)
from interviews.importing import read_transcript

Writer = Callable[[TranscriptToExport], str]
HOSTILE = [
    "=HYPERLINK(\"http://evil.example\")", "+1+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1+1", "\u200b=1", "|cmd", "%0A",
    "'=1", '"=1', "\n=1",
]  # fmt: skip
MARKUP = "![x](http://evil.example/?q=1) <script>alert(1)</script> **bold** `code` www.evil.example & | # --> $x$"


def transcript(*rows: tuple[str, str]) -> TranscriptToExport:
    return TranscriptToExport(
        "Backend engineer: Cem & Ivy",
        tuple(
            TranscriptRow(str(n), speaker, "candidate", text, n * 10_000, n * 10_000 + 4_000)
            for n, (speaker, text) in enumerate(rows)
        ),
        "2026-03-10T10:00:00Z",
        "en",
    )


TALK = transcript(("Ivy", "How are you? R&D <3"), ("Cem", "Fine: a --> b."), ("Ivy", "Good."))


@pytest.mark.parametrize(
    ("write", "name"), [(transcript_as_webvtt, "a.vtt"), (transcript_as_json, "a.json")]
)
def test_what_was_exported_can_be_imported(write: Writer, name: str) -> None:
    back = read_transcript(write(TALK).encode(), name)
    assert [(s.speaker, s.text, s.started_ms, s.ended_ms) for s in back.segments] == [
        (r.speaker, r.text, r.started_ms, r.ended_ms) for r in TALK.rows
    ]
    assert back.language == "en"


def test_markdown_reads_as_a_conversation() -> None:
    lines = transcript_as_markdown(TALK).split("\n")
    assert lines[0] == "# Backend engineer: Cem \\& Ivy"
    assert lines[6] == "**Cem** (00:00:10): Fine: a --\\> b."


def test_markdown_makes_no_markup_of_what_was_said() -> None:
    said = transcript_as_markdown(transcript(("Mal[lory]", MARKUP))).split("\n")[4]
    for mark in "[]<>`*|#!&$":
        inside = said.removeprefix("**").replace("** (00:00:00): ", " ", 1)
        assert not re.search(rf"(?<!\\){re.escape(mark)}", inside)
    assert "http:" not in said
    assert "www." not in said


def test_csv_has_a_row_for_each_segment() -> None:
    rows = list(csv.reader(io.StringIO(transcript_as_csv(TALK).removeprefix("\ufeff"))))
    assert rows[0] == ["time", "ends", "speaker", "side", "text", "corrected"]
    assert rows[2] == ["00:00:10", "00:00:14", "Cem", "candidate", "Fine: a --> b.", ""]


@pytest.mark.parametrize("text", HOSTILE)
def test_csv_holds_no_formula(text: str) -> None:
    for cell in next(iter(csv.reader(io.StringIO(write_csv([text], []).removeprefix("\ufeff"))))):
        assert cell.startswith("'")
        assert cell.endswith(text.strip()[-1])


def test_numbers_stay_numbers() -> None:
    assert write_csv(["n"], [[-5], [1.5], [None]]).splitlines()[1:] == ["-5", "1.5", '""']


@given(st.text(max_size=40), st.text(max_size=200))
def test_webvtt_holds_exactly_one_cue_for_each_segment(speaker: str, text: str) -> None:
    cues = transcript_as_webvtt(transcript((speaker, text), ("Ivy", "Good."))).split("\n\n")[3:]
    assert len(cues) == (2 if text.strip() else 1)
    assert all(cue.count("-->") == 1 and len(cue.strip().split("\n")) == 2 for cue in cues)


def test_webvtt_has_its_cues_by_time_also_where_words_came_in_late() -> None:
    first, second = transcript(("Ivy", "Good."), ("Cem", "Thanks.")).rows
    late = replace(TALK, rows=(second, first))
    assert transcript_as_webvtt(late) == transcript_as_webvtt(replace(TALK, rows=(first, second)))


@given(st.text(max_size=200))
def test_csv_comes_back_as_it_was_but_for_an_apostrophe(text: str) -> None:
    rows = list(csv.reader(io.StringIO(write_csv(["h"], [[text]]), newline="")))
    assert rows[1][0].removeprefix("'") == text.replace("\x00", "").removeprefix("'")


@given(st.text(max_size=200))
def test_markdown_keeps_each_segment_in_its_paragraph(text: str) -> None:
    lines = transcript_as_markdown(transcript(("Cem", text), ("Ivy", "Good."))).split("\n")
    assert len(lines) == 8
    assert all(a == "" or b == "" for a, b in pairwise(lines[1:]))


@given(st.text(max_size=200))
def test_json_keeps_the_words(text: str) -> None:
    assert json.loads(transcript_as_json(transcript(("Cem", text))))["segments"][0]["text"] == text
