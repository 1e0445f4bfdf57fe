"""Who uses MeetMind: users by email, organisations, and members with a role."""

import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils import timezone

from interviews.states import AiDraftVisibility, Role


class UserManager(BaseUserManager["User"]):
    """Makes users; an email is compared without regard to case."""

    def create_user(
        self, email: str, password: str | None = None, *, name: str = "", is_operator: bool = False
    ) -> "User":
        user = self.model(email=email.strip().lower(), name=name, is_operator=is_operator)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, name: str = "") -> "User":
        return self.create_user(email, password, name=name, is_operator=True)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=(username or "").strip())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. Candidates are not users: they come by a link."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(
        max_length=254,
        unique=True,
        error_messages={"unique": "Somebody already signs in with this email address."},
    )
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(default=False, help_text="Runs this installation.")
    time_zone = models.CharField(max_length=64, default="UTC")
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        super().clean()
        self.email = self.email.strip().lower()  # one person, however the address is typed

    @property
    def is_staff(self) -> bool:
        """Django's admin asks this: it is for operators only."""
        return self.is_operator

    @property
    def is_superuser(self) -> bool:  # type: ignore[override]  # a rule, not a column
        """An operator may do everything in the admin; there are no finer permissions."""
        return self.is_operator


class Organisation(models.Model):
    """A hiring team. Every row of the product belongs to exactly one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    language = models.CharField(max_length=10, default="en")
    ai_draft_visibility = models.CharField(
        max_length=12,
        choices=AiDraftVisibility.choices,
        default=AiDraftVisibility.AFTER_OWN,
        help_text="When a reviewer may see the AI's scorecard and the reviews of others.",
    )
    alternative_contact = models.EmailField(
        blank=True, help_text="Where a candidate asks for an interview with a person instead."
    )
    transcript_days = models.PositiveSmallIntegerField(default=180)
    recording_days = models.PositiveSmallIntegerField(default=30)
    ai_providers_off = models.JSONField(
        default=list, blank=True, help_text="Names of AI providers that must not receive a byte."
    )

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """A user's place in an organisation. A person may belong to several."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="members")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "user"], name="member_once")]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class MemberInvitation(models.Model):
    """A colleague asked to join. Only the hash of its token is stored; it works once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="member_invitations", null=True, blank=True
    )
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.ADMIN)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(
        Member, models.SET_NULL, null=True, blank=True, related_name="invitations_sent"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"invitation of {self.email or 'the first administrator'}"
