"""The receipt of an erasure as a file: what was asked, by whom, when, and how much went."""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime

FORMAT = "meetmind.erasure.1"


def receipt_as_json(
    *,
    receipt_id: uuid.UUID,
    organisation: str,
    candidate_id: uuid.UUID,
    erased_at: datetime,
    asked_by: str,
    counts: Mapping[str, int],
) -> str:
    document = {
        "format": FORMAT,
        "receipt": str(receipt_id),
        "organisation": organisation,
        "candidate_id": str(candidate_id),
        "erased_at": erased_at.isoformat(),
        "asked_by": asked_by,
        "rows_erased_by_table": dict(sorted(counts.items())),
    }
    return json.dumps(document, ensure_ascii=False, indent=2)
