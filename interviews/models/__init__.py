"""The product's rows. Each file holds one noun; what is imported here is what others may use."""

from interviews.models.assistance import Moment, Note, Suggestion
from interviews.models.audit import AuditEntry
from interviews.models.debrief import (
    Answer,
    CompetencyLevel,
    Debrief,
    DebriefPart,
    Evidence,
    Statement,
)
from interviews.models.erasure import ErasureReceipt
from interviews.models.event import Event
from interviews.models.interview import Candidate, Consent, Interview
from interviews.models.people import Member, MemberInvitation, Organisation, User
from interviews.models.plan import (
    Competency,
    PlanVersion,
    Position,
    Question,
    Rubric,
    RubricVersion,
)
from interviews.models.recording import Recording, RecordingChunk
from interviews.models.review import Decision, Review, ReviewLevel
from interviews.models.transcript import (
    AskedQuestion,
    Segment,
    TranscriptImport,
    TranscriptVersion,
)

__all__ = [
    "Answer",
    "AskedQuestion",
    "AuditEntry",
    "Candidate",
    "Competency",
    "CompetencyLevel",
    "Consent",
    "Debrief",
    "DebriefPart",
    "Decision",
    "ErasureReceipt",
    "Event",
    "Evidence",
    "Interview",
    "Member",
    "MemberInvitation",
    "Moment",
    "Note",
    "Organisation",
    "PlanVersion",
    "Position",
    "Question",
    "Recording",
    "RecordingChunk",
    "Review",
    "ReviewLevel",
    "Rubric",
    "RubricVersion",
    "Segment",
    "Statement",
    "Suggestion",
    "TranscriptImport",
    "TranscriptVersion",
    "User",
]
