"""The emails about an account: their links are made anew each time they are sent, and stored nowhere."""

from urllib.parse import urlsplit

from allauth.account import app_settings
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from interviews.models import User
from notifications.kinds import Letter, NoLongerWanted


def gather_password_reset(subject_id: str, recipient_id: str) -> Letter | NoLongerWanted:
    """Both ids are the user's."""
    user = User.objects.filter(id=subject_id, is_active=True).first()
    if user is None:
        return NoLongerWanted("the account is gone or closed")
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    parts = {"uidb36": user_pk_to_url_str(user), "key": token}
    return _letter(user, user.email, reverse("account_reset_password_from_key", kwargs=parts))


def gather_email_confirmation(subject_id: str, recipient_id: str) -> Letter | NoLongerWanted:
    """`subject_id` is the address that is to be confirmed, `recipient_id` its user."""
    address = EmailAddress.objects.filter(
        id=subject_id, user_id=recipient_id, user__is_active=True, verified=False
    ).first()
    if address is None:
        return NoLongerWanted("the address was confirmed or removed")
    key = EmailConfirmationHMAC.create(address).key
    return _letter(address.user, address.email, reverse("account_confirm_email", args=[key]))


def _letter(user: User, address: str, path: str) -> Letter:
    host = urlsplit(settings.PUBLIC_URL).netloc
    words = {"url": f"{settings.PUBLIC_URL}{path}", "host": host}
    return Letter(to_address=address, to_name=user.name, words=words)
