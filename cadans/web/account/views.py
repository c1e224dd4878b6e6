"""What anybody may change about how the pages look to them."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from cadans.team.actions import change_user
from cadans.team.models import User

A_YEAR = 365 * 24 * 3600


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Choose a language, or light or dark; the choice follows a user everywhere.

    Whoever is not logged in chooses a language for this browser only.
    """
    changes = {}
    language, theme = request.POST.get("language"), request.POST.get("theme")
    if language in dict(settings.LANGUAGES):
        changes["language"] = language
    if theme in User.Theme.values:
        changes["theme"] = theme
    if changes and request.user.is_authenticated:
        change_user(request.user, request.user, changes=changes)
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = "/"
    response = redirect(back)
    if "language" in changes:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            changes["language"],
            max_age=A_YEAR,
            samesite="Lax",
            secure=request.is_secure(),
            httponly=True,
        )
    return response
