"""JSON as speech-to-text services write it: Whisper and its relatives, Deepgram, AssemblyAI, and our own export."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import NoReturn

from interviews.importing.languages import read_language
from interviews.importing.result import (
    LONGEST_MS,
    MOST_CUES,
    MOST_LINE_CHARACTERS,
    ImportRefused,
    Piece,
    Reading,
)
from interviews.importing.times import read_time

Object = Mapping[str, object]
SECONDS, MILLISECONDS = 1000.0, 1.0
SHAPES = (
    "This JSON has no segments that are known here. Export it as Whisper (“segments”), Deepgram (“results”)"
    " or AssemblyAI (“utterances”) write it, or as a list of objects with speaker, text, start and end."
)


def read_json(text: str) -> Reading:
    document = _parse(text)
    if isinstance(document, list):
        return Reading(_segments(document, SECONDS))
    if not isinstance(document, dict):
        raise ImportRefused(1, SHAPES)
    results = document.get("results")
    if isinstance(results, dict):
        return _deepgram(results)
    if isinstance(document.get("utterances"), list):
        return _assemblyai(document)
    if isinstance(document.get("transcription"), list):
        return _whisper_cpp(document)
    for name in ("segments", "transcript", "entries", "items"):
        entries = document.get(name)
        if isinstance(entries, list) and entries:
            return Reading(_segments(entries, SECONDS), read_language(document.get("language")))
    raise ImportRefused(None, SHAPES)


def _parse(text: str) -> object:
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise ImportRefused(
            error.lineno, f"This is not valid JSON: {error.msg} (column {error.colno})."
        ) from None
    except RecursionError:
        raise ImportRefused(None, "This JSON is nested too deeply.") from None
    except ValueError:  # a whole number of thousands of digits
        raise ImportRefused(None, "This JSON holds a number that is too large.") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ImportRefused(None, f"This JSON holds {name} where a number belongs.")


def _deepgram(results: Object) -> Reading:
    channels = [channel for channel in _list(results.get("channels")) if isinstance(channel, dict)]
    language = read_language(channels[0].get("detected_language")) if channels else None
    utterances = _list(results.get("utterances"))
    if utterances:
        return Reading(_segments(utterances, SECONDS), language)
    pieces: list[Piece] = []
    for number, channel in enumerate(channels):
        best = next(iter(_list(channel.get("alternatives"))), None)
        if not isinstance(best, dict):
            continue
        alone = None if len(channels) == 1 else f"Speaker {number}"
        pieces += _deepgram_channel(best, alone)
    if not pieces:
        raise ImportRefused(None, SHAPES)
    return Reading(tuple(sorted(pieces, key=lambda piece: piece.started_ms or 0)), language)


def _deepgram_channel(best: Object, speaker: str | None) -> tuple[Piece, ...]:
    paragraphs = best.get("paragraphs")
    if isinstance(paragraphs, dict):
        sentences: list[object] = []
        for paragraph in _list(paragraphs.get("paragraphs")):
            if isinstance(paragraph, dict):
                said_by = {"speaker": paragraph.get("speaker", speaker)}
                sentences += [
                    {**said_by, **sentence}
                    for sentence in _list(paragraph.get("sentences"))
                    if isinstance(sentence, dict)
                ]
        if sentences:
            return _segments(sentences, SECONDS)
    words = [word for word in _list(best.get("words")) if isinstance(word, dict)]
    return _segments(
        [
            {"speaker": speaker, **w, "text": w.get("punctuated_word") or w.get("word")}
            for w in words
        ],
        SECONDS,
    )


def _assemblyai(document: Object) -> Reading:
    language = read_language(document.get("language_code") or document.get("language"))
    return Reading(_segments(_list(document.get("utterances")), MILLISECONDS), language)


def _whisper_cpp(document: Object) -> Reading:
    result = document.get("result")
    language = read_language(result.get("language")) if isinstance(result, dict) else None
    entries: list[object] = []
    for entry in _list(document.get("transcription")):
        if isinstance(entry, dict):
            offsets = entry.get("offsets")
            span = offsets if isinstance(offsets, dict) else {}
            entries.append({**entry, "start": span.get("from"), "end": span.get("to")})
    return Reading(_segments(entries, MILLISECONDS), language)


def _segments(entries: Sequence[object], unit: float) -> tuple[Piece, ...]:
    if len(entries) > MOST_CUES * 10:  # services that give single words give many
        raise ImportRefused(None, f"The file has more than {MOST_CUES * 10:,} parts.")
    pieces: list[Piece] = []
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, dict):
            raise ImportRefused(None, f"Part {number} is not an object with text, start and end.")
        words = _first(entry, "text", "transcript", "punctuated_word", "word", "content", "value")
        if words is None:
            continue
        if not isinstance(words, str):
            raise ImportRefused(None, f"The text of part {number} is not text.")
        if len(words) > MOST_LINE_CHARACTERS:
            raise ImportRefused(None, f"The text of part {number} is too long.")
        start = _time(entry, number, unit, "start", "started")
        end = _time(entry, number, unit, "end", "ended")
        ends_later = end is not None and start is not None and end > start
        pieces.append(
            Piece(
                number,
                _speaker(entry),
                tuple(words.splitlines()),
                start,
                end if ends_later else None,
            )
        )
    if not pieces:
        raise ImportRefused(None, SHAPES)
    return tuple(pieces)


def _speaker(entry: Object) -> str | None:
    named = _first(entry, "speaker_name", "speaker", "speaker_label", "speakerName", "name")
    if isinstance(named, dict):
        named = named.get("name")
    if isinstance(named, str) and named.strip():
        name = " ".join(named[:200].split())
        return f"Speaker {name}" if len(name) <= 2 and name.isalnum() else name
    if isinstance(named, int) and not isinstance(named, bool) and 0 <= named < 1000:
        return f"Speaker {named}"
    return None


def _time(entry: Object, number: int, unit: float, *names: str) -> int | None:
    for name in names:
        for key, factor in ((f"{name}_ms", MILLISECONDS), (name, unit), (f"{name}_time", unit)):
            value = entry.get(key)
            if value is None or isinstance(value, bool):
                continue
            milliseconds = _milliseconds(value, factor)
            if milliseconds is None or milliseconds > LONGEST_MS:
                raise ImportRefused(
                    None, f"“{key}” of part {number} is not a time within 24 hours."
                )
            return milliseconds
    return None


def _milliseconds(value: object, factor: float) -> int | None:
    if isinstance(value, str):
        read = read_time(value[:40])
        if read is not None:
            return read
        try:
            value = float(value[:40])
        except ValueError:
            return None
    if isinstance(value, int):
        value = float(value) if abs(value) <= LONGEST_MS else math.inf
    if not isinstance(value, float) or not math.isfinite(value):
        return None
    return max(0, round(min(value * factor, LONGEST_MS + 1.0)))


def _first(entry: Object, *names: str) -> object:
    return next((entry[name] for name in names if entry.get(name) is not None), None)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
