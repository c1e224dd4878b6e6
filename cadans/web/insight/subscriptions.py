"""A person's own subscriptions: make one, look at them, stop one, also from a mail's link."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cadans.ground.errors import Invalid
from cadans.insight.actions.subscriptions import subscribe, unsubscribe
from cadans.insight.alert_mail import can_send
from cadans.insight.choices import filter_options
from cadans.insight.columns import metric_named
from cadans.insight.filters import read_filters
from cadans.insight.models import Subscription
from cadans.insight.subscription_mail import PAGES
from cadans.insight.subscriptions import (
    KEPT,
    asked_of,
    by_token,
    can_be_sent,
    own_subscription,
)
from cadans.web.insight import words
from cadans.web.insight.question import asker


@login_required
@require_GET
def subscriptions(request: HttpRequest) -> HttpResponse:
    """A person's subscriptions, and the one that a page proposes."""
    user = asker(request)
    asked, metric = request.GET, request.GET.get("metric", "")
    proposed = None
    if can_be_sent(metric):
        kept = asked_of(asked)
        proposed = {"metric": metric, "title": metric_named(metric), "asked": kept}
        proposed["filters"] = chosen_in_words(kept)
    context = {
        "proposed": proposed,
        "rhythms": Subscription.Every.choices,
        "can_send": can_send(),
        "own": [shown(one) for one in Subscription.objects.of(user).order_by("made_at")],
        "email": user.email,
        "back": reverse("insight:overview"),
    }
    return render(request, "insight/subscriptions.html", context)


@login_required
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Subscribe to what the page proposed."""
    sent = request.POST
    metric, every = sent.get("metric", ""), sent.get("every", "")
    made = subscribe(asker(request), metric, every, sent.dict())
    messages.success(
        request, _("You get “%(report)s” by mail from now on.") % {"report": title_of(made)}
    )
    return redirect("insight:subscriptions")


@login_required
@require_POST
def stop(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Stop one of one's own."""
    user = asker(request)
    one = own_subscription(user, id)
    unsubscribe(user, one)
    messages.success(request, _("You no longer get “%(report)s”.") % {"report": title_of(one)})
    return redirect("insight:subscriptions")


@csrf_exempt
@require_http_methods(["GET", "POST"])
def stop_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the subscription of a mail, without logging in: the signed link says which.

    Mail programs post to it (RFC 8058); a person sees a page with one button, since programs that
    only look at links must stop nothing.
    """
    one = by_token(token)
    language = one.user.language if one else request.LANGUAGE_CODE
    with override(language):
        if one is not None and request.method == "POST":
            unsubscribe(None, one)
        context = {
            "title": title_of(one) if one else "",
            "is_stopped": one is None or request.method == "POST",
            "alone": True,
        }
        return render(request, "insight/stopped.html", context)


def shown(one: Subscription) -> dict[str, Any]:
    """A subscription as its line shows it."""
    page = PAGES.get(one.metric, one.metric)
    bare = f"/insight/{page}/"
    return {
        "id": one.id,
        "title": title_of(one),
        "every": one.get_every_display(),
        "filters": chosen_in_words(one.asked),
        "href": f"{bare}?{urlencode(one.asked)}" if one.asked else bare,
        "stopped_because": one.stopped_because,
    }


def title_of(one: Subscription) -> str:
    """What it is about."""
    return metric_named(one.metric)


def chosen_in_words(asked: dict[str, str]) -> list[str]:
    """The filters and breakdown as “Owner: Anna”."""
    try:
        filters = read_filters(asked)
    except Invalid as error:
        return [str(error)]
    options = filter_options()
    told = []
    for name in KEPT:
        value = str(asked.get(name, ""))
        if not value:
            continue
        if name == "by":
            told.append(dict(words.breakdowns((str(filters.by),)))[str(filters.by)])
        elif name in options:
            told.append(f"{words.head_of(name)}: {dict(options[name]).get(value, value)}")
        else:
            told.append(value)
    return told
