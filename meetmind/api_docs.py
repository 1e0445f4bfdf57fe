"""The API's documentation page, without a network and under the strict content security policy."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase


class LocalDocs(DocsBase):
    """Swagger UI out of our own static files, started by a script of our own."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        return render(
            request,
            "meetmind/api_docs.html",
            {"api": api, "openapi_url": self.get_openapi_url(api, kwargs)},
        )
