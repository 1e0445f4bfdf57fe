"""The address book of the whole site: each app brings its own pages."""

from django.conf import settings
from django.urls import include, path

from meetmind import mail_pages
from meetmind.api import api
from meetmind.scheduler_mount import scheduler_pages
from meetmind.styleguide import styleguide

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("api/v1/", api.urls),
    path("scheduler/", include(scheduler_pages())),
    path("", include("interviews.urls")),
    path("mailbox/", mail_pages.sent_mail, name="mailbox"),
    path("mailbox/<uuid:message_id>/", mail_pages.one_mail, name="mailbox-message"),
    path(
        "mailbox/<uuid:message_id>/attachment",
        mail_pages.mail_attachment,
        name="mailbox-attachment",
    ),
]
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", styleguide, name="styleguide"))
