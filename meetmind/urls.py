"""The address book of the whole site: each app brings its own pages."""

from django.urls import include, path

from meetmind.api import api

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("api/v1/", api.urls),
]
