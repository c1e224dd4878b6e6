"""Mailing lists in the settings: the account, its lists, how each stands, what is refused."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from cadans.ground.errors import CadansError, NotFound
from cadans.outreach.audiences import queries
from cadans.outreach.audiences.actions.accounts import (
    connect_account,
    disconnect_account,
    fetch_audiences,
    hook_secret,
    listen_to,
)
from cadans.outreach.audiences.actions.wishes import retry_memberships
from cadans.outreach.models.audiences import Audience, MailingAccount, Membership
from cadans.team.models import User
from cadans.team.queries import require_role
from cadans.web.audience_words import shown
from cadans.web.paging import page_of
from cadans.web.requests import PageRequest
from cadans.web.settings.places import groups
from cadans.web.settings.views import tell

KEEPERS = (User.Role.MANAGER, User.Role.ADMIN)


class KeyForm(forms.Form):
    """The key of an account."""

    key = forms.CharField(
        label=gettext_lazy("API key of Mailchimp"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "In Mailchimp under Profile, Extras, API keys. It is checked at once and kept sealed."
        ),
    )


@login_required
@require_GET
def audiences(request: PageRequest) -> HttpResponse:
    """The accounts and their lists."""
    require_role(request.user, *KEEPERS)
    rows: dict[uuid.UUID, list[Audience]] = {}
    for one in queries.audiences():
        rows.setdefault(one.account_id, []).append(one)
    accounts = [(one, rows.get(one.id, [])) for one in queries.accounts()]
    return _page(request, "settings/audiences.html", {"accounts": accounts})


@login_required
@require_http_methods(["GET", "POST"])
def connect(request: PageRequest) -> HttpResponse:
    """Enter a key, in the side panel; it is checked before it is kept."""
    require_role(request.user, User.Role.ADMIN)
    if not request.htmx:
        return redirect("settings:audiences")
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = connect_account(request.user, key=form.cleaned_data["key"])
        except CadansError as error:
            tell(form, error)
        else:
            told = _("“%(name)s” is connected.") % {"name": account.name}
            messages.success(request, told)
            return HttpResponseClientRedirect(reverse("settings:audiences"))
    status = 422 if form.errors else 200
    return render(request, "settings/_connect_audiences.html", {"form": form}, status=status)


@login_required
@require_POST
def fetch(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Ask the service anew for its lists and tags."""
    require_role(request.user, *KEEPERS)
    try:
        fetch_audiences(request.user, _account(id))
    except CadansError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Lists and tags are up to date."))
    return HttpResponseClientRedirect(reverse("settings:audiences"))


@login_required
@require_http_methods(["GET", "POST"])
def disconnect(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Ask once, then forget the account."""
    require_role(request.user, User.Role.ADMIN)
    account = _account(id)
    if request.method == "GET":
        if not request.htmx:
            return redirect("settings:audiences")
        return render(request, "settings/_disconnect_audiences.html", {"account": account})
    disconnect_account(request.user, account)
    messages.success(request, _("“%(name)s” is disconnected.") % {"name": account.name})
    return HttpResponseClientRedirect(reverse("settings:audiences"))


@login_required
@require_GET
def audience(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """One list: how it stands, and who is not as they should be."""
    require_role(request.user, *KEEPERS)
    one = _audience(id)
    state = request.GET.get("state", "")
    if state not in Membership.State.values:
        state = next((name for name in ("refused", "waiting") if getattr(one, name)), "done")
    found: QuerySet[Membership] = queries.memberships_in(one, state=state)
    page = page_of(request, found, whole=lambda rows: rows.select_related("person", "audience"))
    context: dict[str, Any] = {
        "audience": one,
        "states": [
            ("refused", _("Refused"), one.refused),  # type: ignore[attr-defined]
            ("waiting", _("Waiting"), one.waiting),  # type: ignore[attr-defined]
            ("done", _("In order"), one.in_order),  # type: ignore[attr-defined]
        ],
        "state": state,
        "page": page,
        "rows": [shown(row) for row in page.rows],
        "hook": _hook_address(one) if request.user.role == User.Role.ADMIN else "",
    }
    if request.htmx and request.htmx.target == "more":
        return render(request, "settings/_audience_rows.html", context)
    return _page(request, "settings/audience.html", context)


@login_required
@require_POST
def retry(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Try again what was refused."""
    require_role(request.user, *KEEPERS)
    one = _audience(id)
    count = retry_memberships(request.user, one)
    told = ngettext("%(n)d person is tried again.", "%(n)d people are tried again.", count)
    messages.success(request, told % {"n": count})
    return HttpResponseClientRedirect(reverse("settings:audience", args=[one.id]))


@login_required
@require_POST
def listen(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Have the service tell us at once what changes."""
    one = _audience(id)
    try:
        listen_to(request.user, one, _hook_address(one))
    except CadansError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Changes on this list are told here from now on."))
    return HttpResponseClientRedirect(reverse("settings:audience", args=[one.id]))


def _hook_address(one: Audience) -> str:
    return settings.BASE_URL + reverse("audience_hook", args=[one.id, hook_secret(one)])


def _account(id: uuid.UUID) -> MailingAccount:
    found = queries.accounts().filter(id=id).first()
    if found is None:
        raise NotFound(_("There is no such account."))
    return found


def _audience(id: uuid.UUID) -> Audience:
    found = queries.audiences().filter(id=id).first()
    if found is None:
        raise NotFound(_("There is no such mailing list."))
    return found


def _page(request: PageRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    context |= {"groups": groups(request.user), "current": "audiences"}
    context["may_connect"] = request.user.role == User.Role.ADMIN
    return render(request, template, context)
