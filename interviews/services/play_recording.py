"""Opens a recording for a member, and notes that they listened to a candidate's voice."""

import uuid

from django.core.files import File

from interviews.access import Missing
from interviews.models import Interview, Member, Recording
from interviews.queries.recordings import find_playable
from interviews.services.record_audit import record_audit


def open_recording(
    *, interview: Interview, recording_id: uuid.UUID, by: Member, is_beginning: bool
) -> tuple[Recording, "File[bytes]"]:
    """The caller closes the file. `is_beginning`: they do not merely go on or jump. Raises Missing."""
    recording = find_playable(interview, recording_id)
    if recording is None:
        raise Missing
    try:
        file = recording.file.open("rb")
    except FileNotFoundError as lost:
        raise Missing from lost
    if is_beginning:
        record_audit(
            organisation=by.organisation_id,
            action="recording.played",
            subject_kind="interview",
            subject_id=interview.id,
            member=by,
            detail={"recording": str(recording.id)},
        )
    return recording, file
