"""The address book of the whole site: each app brings its own pages."""

from django.conf import settings
from django.urls import include, path

from meetmind.api import api
from meetmind.styleguide import styleguide

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("api/v1/", api.urls),
    path("", include("interviews.urls")),
]
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", styleguide, name="styleguide"))
