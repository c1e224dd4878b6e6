"""What happens to every page request on its way in and out."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation

from cadans.ground.errors import CadansError
from cadans.ground.remembered import one_moment
from cadans.team.queries import is_set_up
from cadans.web.toasts import with_toast

Next = Callable[[HttpRequest], HttpResponse]

WELCOME = "/welcome/"
NOT_PAGES = (WELCOME, "/api/", "/static/", "/healthz", "/readyz", "/metrics", "/account/look/")
"""Where one can go before there is any user."""


class OneMomentMiddleware:
    """Settings are looked up as they are at one moment of the request."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with one_moment():
            return self.get_response(request)


class OwnLanguageMiddleware:
    """Whoever is logged in reads their own language; others what their browser asks for."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/api/") and request.user.is_authenticated:
            language = request.user.language
            if language in dict(settings.LANGUAGES):
                translation.activate(language)
                request.LANGUAGE_CODE = language
        return self.get_response(request)


class FirstRunMiddleware:
    """As long as nobody can log in, every page leads to the first-run page."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.has_users = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self.has_users and not request.path.startswith(NOT_PAGES):
            # Once there are users there always are: asked until the first yes, then never.
            self.has_users = is_set_up()
            if not self.has_users:
                return redirect(WELCOME)
        return self.get_response(request)


class OwnErrorMiddleware:
    """What an action refuses is told in the page: a toast for htmx, else a page with the reason."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a CadansError with its own status and message; leave others alone."""
        if not isinstance(error, CadansError) or request.path.startswith("/api/"):
            return None
        if request.headers.get("HX-Request") == "true":
            response = HttpResponse(error.message, status=error.status, content_type="text/plain")
            response["HX-Reswap"] = "none"
            return with_toast(response, error.message, "error")
        context = {"message": error.message, "back": request.headers.get("Referer", "/")}
        template = "404.html" if error.status == 404 else "refused.html"
        return render(request, template, context, status=error.status)
