"""JSON, which this project and others can import again."""

import json

from interviews.exporting.rows import TranscriptToExport


def transcript_as_json(transcript: TranscriptToExport) -> str:
    document = {
        "title": transcript.title,
        "held_at": transcript.held_at or None,
        "language": transcript.language or None,
        "segments": [
            {
                "id": row.ref,
                "speaker": row.speaker,
                "side": row.side,
                "text": row.text,
                "started_ms": row.started_ms,
                "ended_ms": row.ended_ms,
                "corrected": row.is_corrected,
            }
            for row in transcript.rows
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2)
