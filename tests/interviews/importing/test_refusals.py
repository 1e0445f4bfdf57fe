"""A file that cannot be read is refused with its line and a sentence that says what to do."""

import pytest

from interviews.importing import ImportRefused, read_transcript

CUE = "00:00:01.000 --> 00:00:02.000\nAnn: hello\n\n"


@pytest.mark.parametrize(
    ("data", "name", "line", "reason"),
    [
        (b"", "a.txt", None, "empty"),
        (b"\xef\xbb\xbf \r\n", "a.txt", None, "empty"),
        (b"just some words\nand more of them", "a.txt", 1, "Name: what was said"),
        (b"\n\nhello world", "a.txt", 3, "who speaks"),
        (b"WEBVTT\n\nNOTE nothing here\n", "a.vtt", None, "not a complete VTT file"),
        (b"1\n2\n3\n", "a.srt", None, "not a complete SRT file"),
        (f"WEBVTT\n\n{CUE}00:00:0x --> 00:00:03\nAnn: no\n".encode(), "a.vtt", 6, "not a time span"),
        (b"WEBVTT\n\n99:00:00.000 --> 99:00:01.000\nAnn: late\n", "a.vtt", 3, "24 hours"),
        (b"[99:00:00] Ann: late\nBob: yes", "a.txt", 1, "24 hours"),
        (b"WEBVTT\n\n00:00.000 --> 00:01.000\n<v Ann></v>\n", "a.vtt", None, "no words"),
        (b'{"segments": [', "a.json", 1, "not valid JSON"),
        (b'{"a":\n\n x}', "a.json", 3, "not valid JSON"),
        (b'{"hello": 1}', "a.json", None, "no segments"),
        (b'"hello"', "a.json", 1, "no segments"),
        (b"[]", "a.json", None, "no segments"),
        (b"[1]", "a.json", None, "Part 1 is not an object"),
        (b'[{"text": 5}]', "a.json", None, "text of part 1"),
        (b'[{"text": "x", "start": "soon"}]', "a.json", None, "start"),
        (b'[{"text": "x", "start": 1e300}]', "a.json", None, "start"),
        (b'[{"text": "x", "start": NaN}]', "a.json", None, "NaN"),
        (b'[{"text": "x", "start": ' + b"9" * 5000 + b"}]", "a.json", None, "too large"),
        (b"[" * 100_000, "a.json", None, "nested too deeply"),
        (b"%PDF-1.7 ...", "a.pdf", None, "PDF"),
        (b"PK\x03\x04...", "a.docx", None, "no Word document"),
        (b"ID3\x04\x00\x00", "a.mp3", None, "sound file"),
        (bytes(range(256)) * 40, "a.txt", None, "not a text file"),
        (b"\xff\xfe" + bytes(range(1, 30)) * 100, "a.txt", 1, "who speaks"),
        (b"Ann: " + b"x" * 200_000, "a.txt", 1, "characters"),
        (b"x" * (20 * 2**20 + 1), "a.txt", None, "larger than 20 MB"),
        ("\n".join(f"Person {n}x: hello" for n in range(300)).encode(), "a.txt", None, "speakers"),
    ],
)  # fmt: skip
def test_refused(data: bytes, name: str, line: int | None, reason: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        read_transcript(data, name)
    assert reason in refused.value.reason
    assert refused.value.line == line
    assert refused.value.reason.endswith(".") or "Write each turn" in refused.value.reason
    assert str(refused.value).startswith(f"Line {line}: " if line else refused.value.reason)
