"""Sent mail of an installation without a mail server. Who may see which scope is the caller's business."""

import uuid

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from notifications.models import MailboxMessage

PER_PAGE = 50


def sent_mail(request: HttpRequest, *, scope: str) -> HttpResponse:
    """The list of what was kept for this scope, newest first."""
    page = Paginator(MailboxMessage.objects.filter(scope=scope), PER_PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "notifications/mailbox.html", {"page": page})


def one_mail(request: HttpRequest, message_id: uuid.UUID, *, scope: str) -> HttpResponse:
    message = get_object_or_404(MailboxMessage, id=message_id, scope=scope)
    return render(request, "notifications/mailbox_message.html", {"message": message})


def mail_attachment(request: HttpRequest, message_id: uuid.UUID, *, scope: str) -> HttpResponse:
    """The attachment as a download: never shown by the browser in our name."""
    message = get_object_or_404(MailboxMessage, id=message_id, scope=scope)
    if not message.attachment_name:
        raise Http404
    return HttpResponse(
        message.attachment,
        content_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="interview.ics"',
            "X-Content-Type-Options": "nosniff",
        },
    )
