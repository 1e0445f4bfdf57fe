"""How sign-in differs from allauth's defaults: nobody makes an account without an invitation, and its mail
goes out by jobs, so that a mail server that is away makes no page slow and loses nothing.

A job names the user or the address; the link in the mail is made when it is sent, and stored nowhere.
"""

from collections.abc import Mapping

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.http import HttpRequest

from interviews.models import User
from notifications.outbox import queue_email

PASSWORD_RESET = "password_reset"  # noqa: S105  # the name of a kind of email
EMAIL_CONFIRMATION = "email_confirmation"


class SignInAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth publishes no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: Mapping[str, object]) -> None:
        """Asks for the email of ours that stands for allauth's. Raises LookupError for one we have no words for."""
        match template_prefix.removeprefix("account/email/"):
            case "password_reset_key":
                user = _user(context)
                _queue(PASSWORD_RESET, str(user.id), user)
            case "email_confirmation" | "email_confirmation_signup":
                user = _user(context)
                address = EmailAddress.objects.get(user=user, email__iexact=email)
                _queue(EMAIL_CONFIRMATION, str(address.pk), user)
            case unknown:
                raise LookupError(f"There is no email kind for allauth's {unknown!r}.")


def _user(context: Mapping[str, object]) -> User:
    user = context["user"]
    assert isinstance(user, User)
    return user


def _queue(kind: str, subject_id: str, recipient: User) -> None:
    """Asking again while the first still waits is asking once."""
    queue_email(
        kind=kind,
        subject_id=subject_id,
        recipient_id=str(recipient.id),
        scope="",  # of no organisation: nobody but the recipient may read it
        unique_key=f"{kind}:{subject_id}",
    )
