"""Keeps the record of a candidate. What outsiders wrote about themselves is text, never more."""

import unicodedata
import uuid
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.db import transaction

from interviews.access import Missing
from interviews.models import Candidate, Member
from interviews.services.check_row import check_row
from interviews.services.record_audit import record_audit
from interviews.services.room_log import access_changed_in
from interviews.states import IN_ROOM


@dataclass(frozen=True, slots=True)
class CandidateContent:
    name: str
    email: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Resume:
    """An uploaded résumé that was read: its bytes, the name it came with, and the text in it."""

    file_name: str
    suffix: str
    content: bytes
    text: str


def add_candidate(*, content: CandidateContent, by: Member) -> Candidate:
    """Raises ValidationError."""
    candidate = Candidate(organisation_id=by.organisation_id)
    _write(candidate, content)
    with transaction.atomic():
        candidate.save()
        _audit("candidate.added", candidate, by)
    return candidate


def change_candidate(*, candidate: Candidate, content: CandidateContent, by: Member) -> Candidate:
    """A new name is told to everybody in their rooms. Raises ValidationError, Missing."""
    with transaction.atomic():
        # Before the rooms, as whoever erases them does: else each could wait for the other, or the name come back.
        row = Candidate.objects.select_for_update(no_key=True).get(id=candidate.id)
        if row.erased_at is not None:
            raise Missing
        before = row.name
        _write(row, content)
        if row.name != before:
            access_changed_in(row.interviews.filter(state__in=IN_ROOM))
        row.save(update_fields=["name", "email", "language"])
        _audit("candidate.changed", row, by)
    return row


def attach_resume(*, candidate: Candidate, resume: Resume, by: Member) -> Candidate:
    """Keeps a résumé under a name of our own, in place of the one before."""
    with transaction.atomic():
        row = Candidate.objects.select_for_update().get(id=candidate.id)
        old = row.resume_file.name
        storage = row.resume_file.storage
        row.resume_name = resume.file_name[:200]
        row.resume_text = resume.text
        row.resume_file.save(
            f"{uuid.uuid4().hex}{resume.suffix}", ContentFile(resume.content), save=False
        )
        row.save(update_fields=["resume_name", "resume_text", "resume_file"])
        _audit("candidate.resume_attached", row, by)
        if old:
            transaction.on_commit(lambda: storage.delete(old))
    return row


def _write(candidate: Candidate, content: CandidateContent) -> None:
    candidate.name = _one_line(content.name)
    candidate.email = content.email.strip()
    candidate.language = content.language
    check_row(candidate)


def _one_line(name: str) -> str:
    """A name goes into subjects and calendar entries: no control or text-direction characters."""
    kept = "".join(
        character if unicodedata.category(character) not in {"Cc", "Zl", "Zp"} else " "
        for character in name
        if character not in _DIRECTION_MARKS
    )
    return " ".join(kept.split())


_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _audit(action: str, candidate: Candidate, by: Member) -> None:
    record_audit(
        organisation=candidate.organisation_id,
        action=action,
        subject_kind="candidate",
        subject_id=candidate.id,
        member=by,
    )
