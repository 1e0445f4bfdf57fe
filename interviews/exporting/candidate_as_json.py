"""Everything about a candidate as one JSON document, in words that its reader can follow."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models.fields.files import FieldFile

FORMAT = "meetmind.candidate.1"


class _Encoder(DjangoJSONEncoder):
    def default(self, o: object) -> object:
        return o.name if isinstance(o, FieldFile) else super().default(o)


def candidate_as_json(
    *,
    gathered_at: datetime,
    held_by: str,
    kept_for_days: int,
    candidate: Mapping[str, object],
    resume_file: str,
    tables: Mapping[str, Sequence[Mapping[str, object]]],
    emails: Sequence[Mapping[str, object]],
    audit: Sequence[Mapping[str, object]],
) -> str:
    """`tables` in the order in which they are to be read."""
    document = {
        "format": FORMAT,
        "gathered_at": gathered_at,
        "held_by": held_by,
        "conversations_are_kept_for_days": kept_for_days,
        "note": "All that is held about this person. Members of the team appear by their ids.",
        "candidate": candidate,
        "resume_file_base64": resume_file,
        **{name.replace(" ", "_"): rows for name, rows in tables.items()},
        "emails": emails,
        "audit": audit,
    }
    return json.dumps(document, ensure_ascii=False, indent=2, cls=_Encoder)
