"""The page on which a reader says whether they want automatic mail, and the button of RFC 8058."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cadans.outreach.actions.suppression import release, suppress
from cadans.outreach.models import Suppression
from cadans.outreach.unsubscribing import ONE_CLICK, Reader, reader_behind
from cadans.team.queries import organisation


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a reader gets, and do what they choose: the signed link says who they are.

    Programs that look at every link of a mail only ask (GET) and change nothing. A mail program
    whose reader presses its unsubscribe button posts `List-Unsubscribe=One-Click`.
    """
    reader = reader_behind(token)
    name, value = ONE_CLICK
    if request.method == "POST" and request.POST.get(name) == value:
        _unsubscribe(reader, Suppression.Source.ONE_CLICK)
        return HttpResponse(_("Unsubscribed."), content_type="text/plain; charset=utf-8")
    with override(reader.language):
        done = ""
        if request.method == "POST":
            done = _carried_out(reader, request.POST.get("wish", ""))
            reader = reader_behind(token)
        context = {
            "reader": reader,
            "done": done,
            "organisation": organisation().name,
            "alone": True,
        }
        response = render(request, "mail/preferences.html", context)
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "no-referrer"
        return response


def _carried_out(reader: Reader, wish: str) -> str:
    if wish == "stop":
        _unsubscribe(reader, Suppression.Source.PREFERENCES)
        return "stopped"
    if wish == "start" and reader.suppression is not None and reader.is_unsubscribed:
        release(None, reader.suppression)
        return "started"
    return ""


def _unsubscribe(reader: Reader, source: str) -> None:
    suppress(None, reader.address, reason=Suppression.Reason.UNSUBSCRIBED, source=source)
