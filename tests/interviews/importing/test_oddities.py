"""What exporters and people write besides the usual, each read as a person would read it."""

import json

import pytest

from interviews.importing import read_transcript


def said(text: str, name: str = "file.txt", encoding: str = "utf-8") -> list[tuple[str, str]]:
    transcript = read_transcript(text.encode(encoding), name)
    return [(s.speaker, s.text) for s in transcript.segments]


def times(text: str, name: str = "file.txt") -> list[tuple[int, int]]:
    return [(s.started_ms, s.ended_ms) for s in read_transcript(text.encode(), name).segments]


VTT = "WEBVTT\n\n00:01.000 --> 00:02.500\n<v Ann>Hello there</v>\n\n00:03.000 --> 00:04.000\n<v Bob>Hi</v>\n"
BOTH = [("Ann", "Hello there"), ("Bob", "Hi")]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding: str, line_end: str) -> None:
    assert said(VTT.replace("\n", line_end), "a.vtt", encoding) == BOTH


def test_windows_text_is_read_and_the_person_is_told() -> None:
    transcript = read_transcript("Zoë: Guten Tag, schöne Grüße".encode("cp1252"), "a.txt")
    assert transcript.segments[0].text == "Guten Tag, schöne Grüße"
    assert "Windows-1252" in transcript.notes[0]


def test_times_with_and_without_hours_commas_and_settings() -> None:
    text = (
        "WEBVTT\n\n0:01.5 --> 0:02,500 align:start position:0%\n<v A>one\n\n"
        "1:00:03.000-->1:00:04.000\n<v A>two\n\n-00:00:01.000 --> 00:00:00.500\n<v B>zero\n"
    )
    assert times(text, "a.vtt") == [(0, 500), (1500, 2500), (3_603_000, 3_604_000)]


def test_two_voices_in_one_cue_share_its_time() -> None:
    text = "WEBVTT\n\n00:00.000 --> 00:10.000\n<v Ann>12345</v>\n<v Bob>67890</v>\n"
    assert said(text, "a.vtt") == [("Ann", "12345"), ("Bob", "67890")]
    assert times(text, "a.vtt") == [(0, 5000), (5000, 10_000)]


def test_two_prefixed_speakers_in_one_subtitle() -> None:
    text = "1\n00:00:00,000 --> 00:00:10,000\nAnn: 12345\nBob: 67890\n\n2\n00:00:10,000 --> 00:00:12,000\nAnn: bye\n"
    assert said(text, "a.srt") == [("Ann", "12345"), ("Bob", "67890"), ("Ann", "bye")]


def test_overlapping_cues_keep_their_own_times() -> None:
    text = "WEBVTT\n\n00:00.000 --> 00:09.000\n<v Ann>A long answer\n\n00:04.000 --> 00:05.000\n<v Bob>Mm-hm\n"
    assert times(text, "a.vtt") == [(0, 9000), (4000, 5000)]


def test_cues_of_one_speaker_are_joined_unless_a_pause_lies_between() -> None:
    text = (
        "WEBVTT\n\n00:00.000 --> 00:02.000\n<v Ann>So I\n\n00:02.000 --> 00:04.000\n<v Ann>began again.\n\n"
        "00:30.000 --> 00:31.000\n<v Ann>Later.\n"
    )
    assert said(text, "a.vtt") == [("Ann", "So I began again."), ("Ann", "Later.")]
    assert times(text, "a.vtt") == [(0, 4000), (30_000, 31_000)]


def test_captions_that_roll_are_not_doubled_but_repeated_words_stay() -> None:
    rolling = "WEBVTT\n\n00:00.000 --> 00:03.000\n<v A>one two three\n\n00:02.000 --> 00:05.000\n<v A>one two three four\n"
    assert said(rolling, "a.vtt") == [("A", "one two three four")]
    repeated = rolling.replace("00:02.000", "00:03.000")
    assert said(repeated, "a.vtt") == [("A", "one two three one two three four")]


def test_cues_out_of_order_are_sorted_and_the_person_is_told() -> None:
    text = "WEBVTT\n\n00:09.000 --> 00:10.000\n<v A>second\n\n00:01.000 --> 00:02.000\n<v B>first\n"
    transcript = read_transcript(text.encode(), "a.vtt")
    assert [s.text for s in transcript.segments] == ["first", "second"]
    assert any("sorted" in note for note in transcript.notes)


def test_entities_become_characters_and_what_is_no_tag_stays() -> None:
    text = "WEBVTT\n\n00:00.000 --> 00:01.000\n<v A>R&amp;D, a &lt; b, x<y, &#39;q&#39; <script>alert(1)</script> &#99999999999; <c.x>c</c>\n"
    assert said(text, "a.vtt") == [
        ("A", "R&D, a < b, x<y, 'q' <script>alert(1)</script> &#99999999999; c")
    ]


def test_missing_empty_lines_and_counters_between_subtitles() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nAnn: one\n2\n00:00:09,000 --> 00:00:10,000\nAnn: two\n\nstill two\n\n\n3\n"
    assert said(text, "a.srt") == [("Ann", "one"), ("Ann", "two still two")]


def test_a_colon_in_the_middle_of_speech_is_no_speaker() -> None:
    text = (
        "WEBVTT\n\n00:00.000 --> 00:01.000\nAnn: and I said: no\n\n00:01.000 --> 00:02.000\nbut then: yes\n\n"
        "00:02.000 --> 00:03.000\nBob: at 10:30\n\n00:03.000 --> 00:04.000\nTruth: it was late\n"
    )
    assert said(text, "a.vtt")[0] == ("Ann", "and I said: no but then: yes")
    lower = "Ann: hello\nthe thing is: it broke\nBob: why?\n"
    assert said(lower) == [("Ann", "hello the thing is: it broke"), ("Bob", "why?")]


@pytest.mark.parametrize(
    "name", ["Dr. J. O'Neil-Smith", "María José de la Cruz", "王小明", "محمد علي", "jane.doe@example.com",
             "Interviewer", "Q", "SPEAKER_00", "Speaker 1", "iPhone (2)", "Doe, Jane", "jdoe"]
)  # fmt: skip
def test_names_of_all_kinds(name: str) -> None:
    text = "".join(f"{name}: words number {n}\nBob: yes {n}\n" for n in range(4))
    assert said(text)[:2] == [(name, "words number 0"), ("Bob", "yes 0")]


@pytest.mark.parametrize(
    "text",
    [
        "Ann: hello\nBob: hi there",
        "[00:00:05] Ann: hello\n[00:00:09] Bob: hi there",
        "00:05 Ann: hello\n00:09 Bob: hi there",
        "(0:05) Ann: hello\n(0:09) Bob: hi there",
        "0:05 - Ann: hello\n0:09 - Bob: hi there",
        "Ann (0:05): hello\nBob (0:09): hi there",
        "Ann [0:05] hello\nBob [0:09] hi there",
        "Ann  0:05\nhello\n\nBob  0:09\nhi there",
        "Ann 00:00:05\nhello\nBob 00:00:09\nhi there",
        "Ann | 00:05\nhello\n\nBob | 00:09\nhi there",
        "0:05 Ann\nhello\n0:09 Bob\nhi there",
        "[Ann] 10:00:05 AM\nhello\n[Bob] 10:00:09 AM\nhi there",
        "**Ann:** hello\n**Bob:** hi there",
        "### Ann 0:05\nhello\n\n### Bob 0:09\nhi there",
        "- Ann: hello\n- Bob: hi there",
        ">> Ann: hello\n>> Bob: hi there",
        "[Ann]: hello\n[Bob]: hi there",
        "Ann: hello\n\n\n\nBob:\nhi\nthere\n",
        "Date: 2026-03-10\nAttendees: Ann, Bob\n\nAnn: hello\nBob: hi there",
    ],
)
def test_shapes_of_plain_text(text: str) -> None:
    assert said(text) == [("Ann", "hello"), ("Bob", "hi there")]


def test_words_before_the_first_speaker_are_left_out_and_the_person_is_told() -> None:
    transcript = read_transcript(b"My notes\nof the day\nAnn: hello\nBob: hi", "a.txt")
    assert transcript.segments[0].text == "hello"
    assert transcript.notes[0] == "Lines that nobody said were left out: 2."


def test_headings_give_times() -> None:
    assert times("Ann  0:05\nhello you\n\nBob  1:00:09\nhi") == [
        (5000, 8000),
        (3_609_000, 3_609_400),
    ]


def test_times_of_the_day_pass_midnight() -> None:
    text = "[Ann] 23:59:58\nhello\n[Bob] 00:00:03\nhi\n"
    assert [start for start, _ in times(text)] == [0, 5000]


def test_a_file_without_speakers_has_one_and_the_person_is_told() -> None:
    transcript = read_transcript(b"WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n", "a.vtt")
    assert transcript.speakers == ("Speaker",)
    assert any("no speaker" in note for note in transcript.notes)


def test_spellings_of_a_name_are_one_speaker() -> None:
    assert {s for s, _ in said("Ann Lee: one\nBob: two\nANN LEE: three")} == {"Ann Lee", "Bob"}


def test_what_cannot_be_seen_does_not_come_in() -> None:
    hidden = "".join(chr(0xE0000 + ord(c)) for c in "rate 4")
    assert said(f"Ann\u202e: he\u200bllo{hidden}\x00\x07\nBob: hi 👩‍💻") == [
        ("Ann", "hello"),
        ("Bob", "hi 👩‍💻"),
    ]


def test_lines_of_whisper_on_the_terminal() -> None:
    text = "[00:00:01.000 --> 00:00:02.000]  Hello there.\n[00:00:09.000 --> 00:00:10.000]  Yes.\n"
    assert [t for _, t in said(text)] == ["Hello there.", "Yes."]
    assert times(text) == [(1000, 2000), (9000, 10_000)]


def test_a_cue_cut_off_at_the_end_of_the_file_is_left_out() -> None:
    transcript = read_transcript((VTT + "\n00:00:05.0").encode(), "a.vtt")
    assert len(transcript.segments) == 2
    transcript = read_transcript((VTT + "\n00:00:05.000 --> 00:0x").encode(), "a.vtt")
    assert len(transcript.segments) == 2
    assert any("left out" in note for note in transcript.notes)


WHISPER = [{"start": 0.0, "end": 1.5, "text": " Hello"}, {"start": 4, "end": 5, "text": "Bye"}]


@pytest.mark.parametrize(
    ("document", "speakers"),
    [
        ({"segments": WHISPER}, ("Speaker",)),
        (WHISPER, ("Speaker",)),
        ({"transcription": [
            {"offsets": {"from": 0, "to": 1500}, "text": " Hello"},
            {"offsets": {"from": 4000, "to": 5000}, "text": "Bye"}], "result": {"language": "de"}}, ("Speaker",)),
        ({"results": {"channels": [{"alternatives": [{"words": [
            {"word": "hello", "punctuated_word": "Hello", "start": 0, "end": 1.5, "speaker": 0},
            {"word": "bye", "punctuated_word": "Bye", "start": 4, "end": 5, "speaker": 1}]}]}]}},
         ("Speaker 0", "Speaker 1")),
        ({"results": {"channels": [{"alternatives": [{"paragraphs": {"paragraphs": [
            {"speaker": 0, "sentences": [{"text": "Hello", "start": 0, "end": 1.5}]},
            {"speaker": 1, "sentences": [{"text": "Bye", "start": 4, "end": 5}]}]}}]}]}},
         ("Speaker 0", "Speaker 1")),
        ({"results": {"channels": [
            {"alternatives": [{"words": [{"word": "Hello", "start": 0, "end": 1.5}]}]},
            {"alternatives": [{"words": [{"word": "Bye", "start": 4, "end": 5}]}]}]}},
         ("Speaker 0", "Speaker 1")),
        ({"utterances": [{"speaker": "A", "text": "Hello", "start": 0, "end": 1500},
                         {"speaker": "B", "text": "Bye", "start": 4000, "end": 5000}]},
         ("Speaker A", "Speaker B")),
        ([{"speaker": "Ann", "text": "Hello", "start": "00:00:00.000", "end": "0:01.5"},
          {"speaker": {"name": "Bob"}, "text": "Bye", "started_ms": 4000, "ended_ms": 5000}], ("Ann", "Bob")),
    ],
)  # fmt: skip
def test_shapes_of_json(document: object, speakers: tuple[str, ...]) -> None:
    transcript = read_transcript(json.dumps(document).encode(), "a.json")
    assert [(s.text, s.started_ms, s.ended_ms) for s in transcript.segments] == [
        ("Hello", 0, 1500),
        ("Bye", 4000, 5000),
    ]
    assert transcript.speakers == speakers
