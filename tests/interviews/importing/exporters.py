"""Writes a conversation as each tool exports it. Every function: cues -> (file name, bytes)."""

import html
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from itertools import groupby

from tests.interviews.importing.spoken_hour import Spoken

Export = Callable[[Sequence[Spoken]], tuple[str, bytes]]


def clock(ms: int, mark: str = ".", *, hours: bool = True) -> str:
    seconds, rest = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hour, minutes = divmod(minutes, 60)
    start = f"{hour:02}:" if hours or hour else ""
    return f"{start}{minutes:02}:{seconds:02}{mark}{rest:03}"


def short(ms: int) -> str:
    seconds = ms // 1000
    hour, minutes = divmod(seconds // 60, 60)
    return f"{hour}:{minutes:02}:{seconds % 60:02}" if hour else f"{minutes}:{seconds % 60:02}"


def turns(cues: Sequence[Spoken]) -> list[Spoken]:
    """Cues of one speaker in a row, as tools join them that write no subtitles."""
    joined = []
    for speaker, group in groupby(cues, key=lambda cue: cue.speaker):
        said = list(group)
        joined.append(
            Spoken(speaker, " ".join(c.text for c in said), said[0].started_ms, said[-1].ended_ms)
        )
    return joined


def zoom(cues: Sequence[Spoken]) -> tuple[str, bytes]:
    blocks = [
        f"{number}\r\n{clock(c.started_ms)} --> {clock(c.ended_ms)}\r\n{c.speaker}: {c.text}\r\n"
        for number, c in enumerate(cues, 1)
    ]
    return "GMT20260310-100000_Recording.transcript.vtt", (
        "WEBVTT\r\n\r\n" + "\r\n".join(blocks)
    ).encode()


def teams(cues: Sequence[Spoken]) -> tuple[str, bytes]:
    blocks = [
        f"8f6e2c1a-53d0-4a4e-9b1c-2f0d/{number}-0\n{clock(c.started_ms)} --> {clock(c.ended_ms)}\n"
        f"<v {c.speaker}>{html.escape(c.text, quote=False)}</v>\n"
        for number, c in enumerate(cues, 1)
    ]
    return "Interview.vtt", b"\xef\xbb\xbf" + ("WEBVTT\n\n" + "\n".join(blocks)).encode()


def teams_wrapped(cues: Sequence[Spoken]) -> tuple[str, bytes]:
    """Notes, styles, settings, a voice with a class, lines broken in the middle."""
    head = (
        "WEBVTT - Interview\nKind: captions\nLanguage: en-GB\n\nSTYLE\n::cue(v) {\n  color: red;\n}\n\n"
        "NOTE duration:\"01:00:00\"\n\nNOTE\nseveral lines\nof a note\n\n"
    )  # fmt: skip
    blocks = []
    for c in cues:
        text = html.escape(c.text, quote=False).replace(" and ", "\nand ")
        settings = "align:start position:10%,line-left size:80%"
        blocks.append(
            f"NOTE Confidence: 0.92\n\n{clock(c.started_ms, hours=False)} -->\t{clock(c.ended_ms, hours=False)}"
            f" {settings}\n<v.loud {c.speaker}><i>{text}</i>\n"
        )
    return "stream.vtt", (head + "\n".join(blocks)).encode()


def otter_srt(cues: Sequence[Spoken]) -> tuple[str, bytes]:
    """SubRip; the name only where the speaker changes."""
    blocks, before = [], ""
    for number, c in enumerate(cues, 1):
        name = f"{c.speaker}: " if c.speaker != before else ""
        before = c.speaker
        span = f"{clock(c.started_ms, ',')} --> {clock(c.ended_ms, ',')}"
        blocks.append(f"{number}\n{span}\n{name}{c.text}\n")
    return "note_otter_ai.srt", "\n".join(blocks).encode()


def srt_utf16(cues: Sequence[Spoken]) -> tuple[str, bytes]:
    name, data = otter_srt(cues)
    return name, data.decode().replace("\n", "\r\n").encode("utf-16")


def otter_text(cues: Sequence[Spoken]) -> tuple[str, bytes]:
    blocks = [f"{t.speaker}  {short(t.started_ms)}  \n{t.text}\n" for t in turns(cues)]
    return "note_otter_ai.txt", ("\n".join(blocks) + "\nTranscribed by https://otter.ai\n").encode()


def zoom_text(cues: Sequence[Spoken]) -> tuple[str, bytes]:
    """The transcript that Zoom's window saves: times of the day."""
    begin = 10 * 3_600_000
    blocks = [f"[{t.speaker}] {clock(begin + t.started_ms)[:8]}\n{t.text}\n" for t in turns(cues)]
    return "meeting_saved_closed_caption.txt", "\n".join(blocks).encode()


def meet_text(cues: Sequence[Spoken]) -> tuple[str, bytes]:
    """Google Meet's document: a time every five minutes, then `Name: words`."""
    people = ", ".join(sorted({c.speaker for c in cues}))
    lines = ["Interview - 2026/03/10 10:00 CET - Transcript", "Attendees", people, "Transcript"]
    mark = -1
    for t in turns(cues):
        if t.started_ms // 300_000 > mark:
            mark = t.started_ms // 300_000
            lines += ["", clock(mark * 300_000)[:8], ""]
        lines.append(f"{t.speaker}: {t.text}")
    return "Transcript.txt", "\n".join([*lines, "", "Meeting ended after 01:02:33 👋"]).encode()


def teams_docx(cues: Sequence[Spoken]) -> tuple[str, bytes]:
    """Teams' own document: name and time, and the words, within one paragraph."""
    paragraphs = "".join(
        f"<w:p><w:r><w:t>{html.escape(t.speaker)}</w:t></w:r><w:r><w:t xml:space='preserve'>   </w:t></w:r>"
        f"<w:r><w:t>{short(t.started_ms)}</w:t><w:br/></w:r><w:r><w:t>{html.escape(t.text)}</w:t></w:r></w:p>"
        for t in turns(cues)
    )
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        body = f"<w:document xmlns:w='{word}'><w:body>{paragraphs}</w:body></w:document>"
        archive.writestr("word/document.xml", body)
    return "Interview.docx", buffer.getvalue()


def text_with_times(cues: Sequence[Spoken]) -> tuple[str, bytes]:
    lines = [f"[{clock(t.started_ms)[:8]}] {t.speaker}: {t.text}" for t in turns(cues)]
    return "interview.txt", "\n".join(lines).encode()


def text_without_times(cues: Sequence[Spoken]) -> tuple[str, bytes]:
    return "interview.txt", "\n\n".join(f"{t.speaker}: {t.text}" for t in turns(cues)).encode()


def whisper(cues: Sequence[Spoken]) -> tuple[str, bytes]:
    """As WhisperX writes it, with speakers."""
    segments = [
        {"id": n, "start": c.started_ms / 1000, "end": c.ended_ms / 1000, "text": " " + c.text,
         "speaker": c.speaker, "avg_logprob": -0.2}
        for n, c in enumerate(cues)
    ]  # fmt: skip
    whole = " ".join(c.text for c in cues)
    return "audio.json", json.dumps(
        {"text": whole, "segments": segments, "language": "en"}
    ).encode()


def deepgram(cues: Sequence[Spoken]) -> tuple[str, bytes]:
    words = [
        {"word": word.casefold(), "punctuated_word": word, "speaker": _number(c, cues), "confidence": 0.98,
         "start": (c.started_ms + n * 10) / 1000, "end": c.ended_ms / 1000}
        for c in cues for n, word in enumerate(c.text.split())
    ]  # fmt: skip
    utterances = [
        {"start": c.started_ms / 1000, "end": c.ended_ms / 1000, "transcript": c.text, "channel": 0,
         "speaker": _number(c, cues), "id": "u", "words": []}
        for c in cues
    ]  # fmt: skip
    channel = {"alternatives": [{"transcript": "", "words": words}], "detected_language": "en"}
    document = {"metadata": {}, "results": {"channels": [channel], "utterances": utterances}}
    return "deepgram.json", json.dumps(document).encode()


def assemblyai(cues: Sequence[Spoken]) -> tuple[str, bytes]:
    utterances = [
        {"speaker": "AB"[_number(c, cues)], "text": c.text, "start": c.started_ms, "end": c.ended_ms,
         "confidence": 0.9, "words": []}
        for c in cues
    ]  # fmt: skip
    return "assembly.json", json.dumps(
        {"utterances": utterances, "language_code": "en_us"}
    ).encode()


def _number(cue: Spoken, cues: Sequence[Spoken]) -> int:
    return int(cue.speaker != cues[0].speaker)


CUE_BY_CUE: dict[str, Export] = {
    "zoom": zoom,
    "teams": teams,
    "teams_wrapped": teams_wrapped,
    "otter_srt": otter_srt,
    "srt_utf16": srt_utf16,
    "whisper": whisper,
    "deepgram": deepgram,
    "assemblyai": assemblyai,
}
TURN_BY_TURN: dict[str, Export] = {
    "otter_text": otter_text,
    "zoom_text": zoom_text,
    "teams_docx": teams_docx,
    "text_with_times": text_with_times,
    "meet_text": meet_text,
    "text_without_times": text_without_times,
}
