"""Candidates, and the interviews they are invited to."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from interviews.models.people import Member, Organisation
from interviews.models.plan import PlanVersion, Position
from interviews.states import ConsentState, DebriefStatus, InterviewState, Mode


def new_epoch() -> str:
    """Names one history of a room: a client that holds another one starts from nothing."""
    return uuid.uuid4().hex[:12]


class Candidate(models.Model):
    """Somebody who may be interviewed. All that outsiders wrote about them is untrusted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="candidates")
    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254, blank=True)
    language = models.CharField(max_length=10, default="en")
    resume_file = models.FileField(upload_to="resumes/", blank=True)
    resume_name = models.CharField(max_length=200, blank=True, help_text="As it was uploaded.")
    resume_text = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class Interview(models.Model):
    """One conversation about one position with one candidate.

    `member_seq` and `candidate_seq` count the events of its room, each for one audience; an event takes
    its numbers in the transaction that stores it, so each audience sees a gapless order.
    `access_generation` rises whenever somebody's right to be in the room changes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="interviews")
    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="interviews")
    position = models.ForeignKey(Position, models.PROTECT, related_name="interviews")
    plan_version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="interviews")
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.AI_LED)
    state = models.CharField(
        max_length=10, choices=InterviewState.choices, default=InterviewState.DRAFT
    )
    language = models.CharField(max_length=10, default="en")
    meeting_url = models.URLField(max_length=500, blank=True)
    interviewers = models.ManyToManyField(Member, related_name="interviews", blank=True)
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    scheduled_at = models.DateTimeField(null=True, blank=True)
    window_ends_at = models.DateTimeField(
        null=True, blank=True, help_text="Until when the candidate may begin."
    )
    minutes = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(5), MaxValueValidator(240)]
    )

    link_generation = models.PositiveIntegerField(default=1, help_text="The next one revokes it.")
    link_revoked_at = models.DateTimeField(null=True, blank=True)
    access_generation = models.PositiveIntegerField(default=0)
    consent = models.CharField(
        max_length=10, choices=ConsentState.choices, default=ConsentState.ASKED
    )

    may_record = models.BooleanField(
        default=False, help_text="The candidate is asked whether their voice may be recorded."
    )
    recording_agreed = models.BooleanField(
        default=False, help_text="What the candidate last answered to that."
    )

    # What the candidate asked for. Hidden from everybody who rates.
    time_factor = models.DecimalField(max_digits=3, decimal_places=2, default=1)
    silence_factor = models.DecimalField(max_digits=3, decimal_places=2, default=1)
    text_only = models.BooleanField(default=False)

    # The room
    epoch = models.CharField(max_length=12, default=new_epoch, editable=False)
    member_seq = models.PositiveIntegerField(default=0)
    candidate_seq = models.PositiveIntegerField(default=0)
    leading_member = models.ForeignKey(
        Member, models.SET_NULL, null=True, blank=True, related_name="+", help_text="Empty: the AI."
    )
    turn_owner = models.CharField(max_length=64, blank=True, help_text="Process that asks now.")
    turn_lease_until = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    live_since = models.DateTimeField(null=True, blank=True, help_text="Empty while paused.")
    live_ms = models.PositiveIntegerField(default=0, help_text="Live before `live_since`.")
    paused_at = models.DateTimeField(null=True, blank=True)
    candidate_seen_at = models.DateTimeField(null=True, blank=True)
    candidate_tab = models.PositiveIntegerField(
        default=0, help_text="Counts the candidate's sockets: the latest is the live one."
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=12, blank=True)
    is_partial = models.BooleanField(default=False, help_text="Ended before its plan was through.")
    debrief_status = models.CharField(
        max_length=10, choices=DebriefStatus.choices, default=DebriefStatus.NONE
    )
    conversation_erased_at = models.DateTimeField(
        null=True, blank=True, help_text="What was said is gone, and nothing is added to it."
    )

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["organisation", "-created_at"], name="interview_list"),
            models.Index(fields=["state", "window_ends_at"], name="interview_clock"),
        ]

    def __str__(self) -> str:
        return f"{self.candidate} for {self.position}"


class Consent(models.Model):
    """What a candidate was told, and what they answered. Rows are added, never changed."""

    id = models.BigAutoField(primary_key=True)
    interview = models.ForeignKey(Interview, models.CASCADE, related_name="consents")
    answer = models.CharField(max_length=10, choices=ConsentState.choices)
    notice_version = models.CharField(max_length=20)
    notice_text = models.TextField()
    recording = models.BooleanField(
        null=True, blank=True, help_text="Whether their voice may be recorded. Empty: not asked."
    )
    at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"{self.get_answer_display()} at {self.at:%Y-%m-%d %H:%M}"
