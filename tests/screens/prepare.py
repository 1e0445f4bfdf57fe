"""`python -m tests.screens.prepare` adds to the served demo what only its pictures need, and prints the addresses."""

import json
import os
import secrets
import sys
from datetime import timedelta

import django
from django.utils import timezone

PASSWORD = "correct horse battery"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "meetmind.settings"
    django.setup()
    # Only now: models cannot be imported before the apps are ready.
    from interviews.models import Member

    rita = Member.objects.get(user__name="Rita Rehberg")
    ada = Member.objects.get(user__name="Ada Adeyemi")
    ada.user.is_operator = True
    ada.user.save()
    json.dump(
        {
            **make_interviews(rita),
            **make_accounts(ada),
            **make_links(ada),
            "dead_job": make_dead_letter(str(ada.organisation_id)),
        },
        sys.stdout,
    )


def make_interviews(rita: "Member") -> dict[str, str]:  # type: ignore[name-defined] # noqa: F821
    from interviews.candidate_link import join_url
    from interviews.models import Member, Position
    from interviews.services.keep_candidate import CandidateContent, add_candidate
    from interviews.services.schedule_interview import InterviewDraft, create_draft, schedule
    from interviews.states import Mode

    made: dict[str, str] = {}
    backend = Position.objects.get(title="Backend engineer")
    ines = Member.objects.get(user__name="Ines Moreau")
    for key, name, mailbox, mode in (
        ("led", "Nadia Haddad", "nadia", Mode.ASSISTED),
        ("refused", "Lena Vogt", "lena", Mode.AI_LED),
        ("erased", "Tomás Ferreira", "tomas", Mode.AI_LED),
    ):
        content = CandidateContent(name=name, email=f"{mailbox}@mail.example")
        draft = create_draft(
            draft=InterviewDraft(
                candidate=add_candidate(content=content, by=rita),
                position=backend,
                mode=mode,
                minutes=25,
                interviewers=(ines, rita),
            ),
            by=rita,
        )
        now = timezone.now()
        interview = schedule(interview=draft, by=rita, scheduled_at=now, now=now)
        made |= {
            f"{key}_interview": str(interview.id),
            f"{key}_link": join_url(interview),
            f"{key}_candidate": str(interview.candidate_id),
        }
    return made


def make_accounts(ada: "Member") -> dict[str, str]:  # type: ignore[name-defined] # noqa: F821
    """An organisation without anything, and a colleague who signs in with a second factor."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP

    from interviews.models import Member, Organisation, User
    from interviews.states import Role

    noa = User.objects.create_user("noa@freshstart.example", PASSWORD, name="Noa Berg")
    fresh = Organisation.objects.create(name="Fresh Start")
    Member.objects.create(organisation=fresh, user=noa, role=Role.ADMIN)
    mia = User.objects.create_user("mia@northwind.example", PASSWORD, name="Mia Okoye")
    Member.objects.create(organisation=ada.organisation, user=mia, role=Role.OBSERVER)
    TOTP.activate(mia, TOTP_SECRET)
    RecoveryCodes.activate(mia)
    User.objects.create_user("nobody@freshstart.example", PASSWORD, name="Sam Unattached")
    return {}


def make_links(ada: "Member") -> dict[str, str]:  # type: ignore[name-defined] # noqa: F821
    """Links that are sent or printed once: to join, to start an installation, to choose a password."""
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    from interviews.services.invite_member import invitation_url, invite_member, make_invitation
    from interviews.states import Role

    now = timezone.now()
    invited = invite_member(email="yuki@northwind.example", role=Role.INTERVIEWER, by=ada, now=now)
    first = make_invitation(
        organisation=None,
        email="",
        role=Role.ADMIN,
        by=None,
        expires_at=now + timedelta(days=1),
    )
    key = f"{user_pk_to_url_str(ada.user)}-{default_token_generator.make_token(ada.user)}"
    return {
        "invitation": invitation_url(invited),
        "invitation_refused": invitation_url(invited)[:-6] + secrets.token_hex(2) + "/",
        "first_admin": invitation_url(first),
        "reset": f"/accounts/password/reset/key/{key}/",
    }


def make_dead_letter(scope: str) -> str:
    """A job that fails whenever it is tried, so that it is dead when its page is looked at."""
    from scheduler.demo import DEMO_STEP
    from scheduler.enqueue import enqueue

    return str(enqueue(DEMO_STEP, {"failure_rate": 1.0, "seconds": 0.1}, scope=scope).pk)


if __name__ == "__main__":
    main()
