"""What every template may show about the installation."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    return {"email_failure_rate": settings.EMAIL_FAILURE_RATE, "debug": settings.DEBUG}
