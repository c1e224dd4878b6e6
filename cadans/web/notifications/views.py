"""What somebody is told: the bell in the frame, the list, and how they want to be told."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cadans.notifications.actions import choose_how, mark_all_read, mark_read
from cadans.notifications.kinds import KINDS
from cadans.notifications.mail import can_send
from cadans.notifications.models import Notification, NotificationChoice
from cadans.notifications.queries import (
    COUNTED,
    choices_of,
    notification_of,
    notifications_of,
    unread_count,
)
from cadans.web.live import news
from cadans.web.paging import page_of
from cadans.web.requests import PageRequest
from cadans.web.settings.places import groups

PLACES = ("side", "top")
"""Where a bell hangs: in the side bar, and in the top bar of a small screen."""


@dataclass(frozen=True)
class Told:
    """A notification as its line shows it."""

    notification: Notification
    sentence: str
    icon: str


@login_required
@require_GET
def page(request: PageRequest) -> HttpResponse:
    """All that somebody is told, the newest first; or only what is unread."""
    only_unread = request.GET.get("show") == "unread"
    rows = notifications_of(request.user)
    found = page_of(request, rows.unread() if only_unread else rows)
    context = {
        "page": found,
        "told": [shown(one) for one in found.rows],
        "only_unread": only_unread,
        "unread": unread_count(request.user),
    }
    is_more = bool(request.htmx) and found.number > 1
    template = "notifications/_rows.html" if is_more else "notifications/page.html"
    return render(request, template, context)


@login_required
@require_GET
def bell(request: PageRequest) -> HttpResponse:
    """The bell, if the number of unread notifications is another one than the page's token."""
    count = unread_count(request.user)
    place = request.GET.get("at", "")
    shown_at = place if place in PLACES else PLACES[0]
    context = {"count": count, "most": COUNTED, "token": str(count), "place": shown_at}
    return news(request, str(count), lambda: render(request, "notifications/_bell.html", context))


@login_required
@require_GET
def follow(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Go to what a notification is about; it is read then."""
    one = notification_of(request.user, id)
    mark_read(request.user, one)
    return redirect(one.href)


@login_required
@require_POST
def mark(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Mark one as read, or as unread."""
    one = notification_of(request.user, id)
    mark_read(request.user, one, read=request.POST.get("read") == "yes")
    one.refresh_from_db()
    response = render(request, "notifications/_row.html", {"one": shown(one)})
    response["HX-Trigger"] = "live-now"
    return response


@login_required
@require_POST
def read_all(request: PageRequest) -> HttpResponse:
    """Mark all as read."""
    mark_all_read(request.user)
    return redirect("notifications:page")


@login_required
@require_http_methods(["GET", "POST"])
def choices(request: PageRequest) -> HttpResponse:
    """How somebody wants to be told of each kind of thing."""
    now = choices_of(request.user)
    if request.method == "POST":
        choose_how(request.user, {kind: request.POST.get(kind, how) for kind, how in now.items()})
        messages.success(request, _("Saved."))
        return redirect("notifications:choices")
    context = {
        "kinds": [(key, kind, now[key]) for key, kind in KINDS.items()],
        "ways": NotificationChoice.How.choices,
        "can_send": can_send(),
        "groups": groups(request.user),
        "current": "notifications",
    }
    return render(request, "notifications/choices.html", context)


def shown(one: Notification) -> Told:
    """A notification as its line shows it."""
    kind = KINDS[one.kind]
    return Told(one, kind.sentence(one.data), kind.icon)
