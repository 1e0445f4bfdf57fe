"""Whatever the bytes: a transcript or a refusal, in time that grows no faster than the file."""

import gc
import json
import time
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from interviews.importing import ImportRefused, read_transcript

FILE_NAME = st.sampled_from(["a.vtt", "a.srt", "a.json", "a.txt", "", "a", "../\x00.vtt", "a.b.c"])
SHARDS = [
    "WEBVTT", "\n", "\r\n", "\n\n", "00:00:01.000", " --> ", "-->", "00:00:02,000", "1", "NOTE", "STYLE", "<v Ann>",
    "</v>", "<", ">", "<c.", "&amp;", "&#", "&#x110000;", "&#0;", "Ann: ", "Bob:", ":", "[", "]", "(", ")", "{", "}",
    '"', ",", '"segments"', '"results"', '"utterances"', '"start"', '"text"', '"speaker"', '"x"', "null", "1e999",
    "-1", "\\ud800", "0:03", "  ", "\t", "²", "٣:٣٣", "\u2028", "\x0b", "\ufeff", "\U000e0041", "**", "##", "99999:99",
    "10:00 AM", "hello world. ", "-", "—", "…",
]  # fmt: skip
TEXT = st.lists(st.one_of(st.sampled_from(SHARDS), st.text(max_size=8)), max_size=60).map("".join)
JSON_VALUE = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(
                ["segments", "results", "utterances", "channels", "alternatives", "words", "paragraphs", "sentences",
                 "text", "word", "speaker", "start", "end", "offsets", "transcription", "from", "to", "name"]
            ),
            inner,
            max_size=5,
        ),
    ),
    max_leaves=30,
)  # fmt: skip


def read_or_refuse(data: bytes, name: str) -> None:
    try:
        transcript = read_transcript(data, name)
    except ImportRefused as refused:
        assert refused.reason
        assert refused.line is None or refused.line >= 1
        return
    assert transcript.segments
    before = 0
    for segment in transcript.segments:
        assert segment.text.strip()
        assert segment.speaker
        assert "\x00" not in segment.text + segment.speaker
        (segment.speaker + segment.text).encode()  # no unpaired surrogate
        assert before <= segment.started_ms <= segment.ended_ms
        before = segment.started_ms
    assert set(transcript.speakers) == {segment.speaker for segment in transcript.segments}


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400), FILE_NAME)
@example(b"\xff\xfe\x00\xd8", "a.txt")
@example(b"\x00" * 40, "a.vtt")
def test_any_bytes(data: bytes, name: str) -> None:
    read_or_refuse(data, name)


@settings(max_examples=800, deadline=None)
@given(TEXT, FILE_NAME, st.sampled_from(["utf-8", "utf-16", "utf-16-le"]))
def test_shards_of_transcripts(text: str, name: str, encoding: str) -> None:
    read_or_refuse(text.encode(encoding, "surrogatepass"), name)


@settings(max_examples=300, deadline=None)
@given(JSON_VALUE)
def test_any_json(value: object) -> None:
    read_or_refuse(json.dumps(value).encode(), "a.json")


CUE = "00:00:01.000 --> 00:00:02.000\n"
PUMPS = {
    "zeros": ("", "0", ".srt"),
    "counters": ("", "0\n", ".srt"),
    "times_without_end": (CUE, "00:00:01,000 -->\n", ".srt"),
    "arrows": ("1\n", "--> ", ".srt"),
    "arrow_lines": (CUE, "-->\n", ".srt"),
    "digits_colons": ("", "00:", ".vtt"),
    "cues": ("WEBVTT\n\n", CUE + "Ann: hi\n\n", ".vtt"),
    "cues_of_two": ("WEBVTT\n\n", f"{CUE}<v Ann>hi\n\n{CUE}<v Bob>ho\n\n", ".vtt"),
    "one_cue_of_many_lines": (CUE, "Ann: x\n", ".vtt"),
    "blank_lines_and_text": (CUE, "x\n\n", ".vtt"),
    "same_words": ("", CUE + "one two three\n\n", ".vtt"),
    "open_tags": (CUE, "<", ".vtt"),
    "open_voices": (CUE, "<v ", ".vtt"),
    "voices": (CUE, "<v A>x", ".vtt"),
    "classes": (CUE, "<v.", ".vtt"),
    "tag_lines": (CUE, "<c.a.b.c <i>\n", ".vtt"),
    "entities": (CUE, "&#", ".vtt"),
    "ampersands": (CUE, "&a", ".vtt"),
    "positions": (CUE, "{\\an", ".srt"),
    "notes": ("WEBVTT\n\n", "NOTE\n\n", ".vtt"),
    "names": ("", "Ann: hello\nBob: hi\n", ".txt"),
    "one_long_turn": ("Ann: ", "hello\n", ".txt"),
    "colons": ("", ":\n", ".txt"),
    "colons_in_a_line": ("Ann", ":", ".txt"),
    "spaces": ("Ann", " ", ".txt"),
    "headings": ("", "Ann  0:03\nhello\n", ".txt"),
    "spaced_times": ("", "1:11" + " " * 40 + "A" * 40 + "\n", ".txt"),
    "spaced_names": ("", "A" + " " * 50 + "1:1\n", ".txt"),
    "brackets": ("", "[", ".txt"),
    "bracket_lines": ("", "[0:03] [\n", ".txt"),
    "stars": ("", "**", ".txt"),
    "times_only": ("Ann: x\n", "0:03\n", ".txt"),
    "sentences_without_end": ("Ann: ", "word ", ".txt"),
    "json_lists": ("", "[", ".json"),
    "json_objects": ("", '{"a":', ".json"),
    "json_quotes": ('["', '\\"', ".json"),
    "json_segments": ('[{"text":"x","start":0}', ',{"text":"x","start":1}', ".json"),
    "invisible": ("Ann: ", "\u200b", ".txt"),
}  # fmt: skip
SIZE = 25_000
ATTEMPTS = 4
MOST_GROWTH = 2.5
SHORTEST_SECONDS = 0.04  # below this the machine's noise is all there is to measure


def seconds_for(name: str, size: int) -> float:
    start, pump, suffix = PUMPS[name]
    text = start + pump * (size // len(pump))
    lines_allowed = "\n" in pump or suffix == ".json"
    if not lines_allowed:  # one line may not be longer than that; more of them may come
        text = "\n".join(text[i : i + 90_000] for i in range(0, len(text), 90_000))
    if name == "json_segments":
        text += "]"
    data = text.encode()
    best = float("inf")
    gc.disable()  # what it costs to look through all that other tests left is not this one's time
    try:
        for _ in range(3):
            began = time.process_time()
            with suppress(ImportRefused):
                read_transcript(data, f"pumped{suffix}")
            best = min(best, time.process_time() - began)
    finally:
        gc.enable()
    return best


def grows_evenly(name: str) -> bool:
    shorter = seconds_for(name, SIZE)
    for factor in (2, 4):
        longer = seconds_for(name, SIZE * factor)
        if longer > max(SHORTEST_SECONDS, shorter * MOST_GROWTH):
            return False
        shorter = longer
    return True


@pytest.mark.parametrize("name", PUMPS)
def test_time_grows_with_the_length_only(name: str) -> None:
    # What is not linear is so every time; a busy neighbour is not.
    assert any(grows_evenly(name) for _ in range(ATTEMPTS))


def test_the_inputs_that_took_a_well_known_parser_minutes() -> None:
    for text in ("0" * 6000, "0\n" * 3000, "0:0:0,0-->" * 600, "1\n00:00:00,000 --> " * 300):
        began = time.process_time()
        read_or_refuse(text.encode(), "a.srt")
        assert time.process_time() - began < 0.5
