"""The page that shows the API: Swagger UI from our own files, under the strict content policy."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase


class DocsPage(DocsBase):
    """Ninja's own copy of Swagger UI (app `ninja` serves it as static files)."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        """The page, with the address of the document."""
        address = self.get_openapi_url(api, kwargs)
        settings = {"url": address, "layout": "BaseLayout", "deepLinking": True}
        return render(request, "api/docs.html", {"settings": settings})
