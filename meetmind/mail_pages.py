"""Mounts the mailbox pages: who may see the mail of an organisation is decided here, not in notifications."""

import uuid

from django.http import HttpResponse

from interviews.access import Permission
from interviews.views.doors import MemberRequest, member_page
from notifications.views import mailbox

# Mail holds candidates' links: it is for those who may invite.


@member_page(Permission.INVITE)
def sent_mail(request: MemberRequest) -> HttpResponse:
    return mailbox.sent_mail(request, scope=str(request.member.organisation_id))


@member_page(Permission.INVITE)
def one_mail(request: MemberRequest, message_id: uuid.UUID) -> HttpResponse:
    return mailbox.one_mail(request, message_id, scope=str(request.member.organisation_id))


@member_page(Permission.INVITE)
def mail_attachment(request: MemberRequest, message_id: uuid.UUID) -> HttpResponse:
    return mailbox.mail_attachment(request, message_id, scope=str(request.member.organisation_id))
