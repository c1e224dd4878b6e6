"""Pages of the settings: oneself, the organisation, tokens, and the lists a manager keeps."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from cadans.ground.errors import CadansError, Invalid, NotAllowed
from cadans.team.actions import (
    change_organisation,
    change_user,
    create_token,
    revoke_token,
)
from cadans.team.models import ApiToken, User
from cadans.team.queries import organisation as settings_of_organisation
from cadans.team.queries import require_role
from cadans.web.requests import PageRequest
from cadans.web.settings.forms import OrganisationForm, ProfileForm, TokenForm
from cadans.web.settings.listing import Listing
from cadans.web.settings.places import LISTINGS, groups


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: PageRequest) -> HttpResponse:
    """One's own name, language and look; links to password and two-factor."""
    user = request.user
    form = ProfileForm(
        request.POST or None,
        initial={"name": user.name, "language": user.language, "theme": user.theme},
    )
    if request.method == "POST" and form.is_valid():
        change_user(user, user, changes=form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("settings:profile")
    return _page(request, "settings/profile.html", {"form": form}, "profile")


@login_required
@require_http_methods(["GET", "POST"])
def organisation(request: PageRequest) -> HttpResponse:
    """How the organisation works: its currency, hours, holidays, and who sees what."""
    require_role(request.user, User.Role.ADMIN)
    now = settings_of_organisation()
    initial = {name: getattr(now, name) for name in OrganisationForm.base_fields}
    initial |= {"workdays": [*now.workdays], "country": request.GET.get("country", now.country)}
    form = OrganisationForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_organisation(request.user, changes=form.changes())
        except CadansError as error:
            tell(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("settings:organisation")
    return _page(request, "settings/organisation.html", {"form": form}, "organisation")


@login_required
@require_GET
def tokens(request: PageRequest) -> HttpResponse:
    """One's own API tokens; administrators see everybody's."""
    rows = ApiToken.objects.select_related("user").filter(revoked_at=None)
    if request.user.role != User.Role.ADMIN:
        rows = rows.filter(user=request.user)
    return _page(request, "settings/tokens.html", {"tokens": rows}, "tokens")


@login_required
@require_http_methods(["GET", "POST"])
def new_token(request: PageRequest) -> HttpResponse:
    """Make a token, in the side panel; its text is shown once."""
    if not request.htmx:
        return redirect("settings:tokens")
    form = TokenForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            token, text = create_token(request.user, request.user, **form.cleaned_data)
        except CadansError as error:
            tell(form, error)
        else:
            return render(request, "settings/_token_made.html", {"token": token, "text": text})
    status = 422 if form.errors else 200
    return render(request, "settings/_token.html", {"form": form}, status=status)


@login_required
@require_POST
def revoke(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Make a token worthless."""
    token = ApiToken.objects.filter(id=id, revoked_at=None).first()
    if token is None:
        raise Http404
    revoke_token(request.user, token)
    messages.success(request, _("The token “%(name)s” no longer works.") % {"name": token.name})
    return HttpResponseClientRedirect(reverse("settings:tokens"))


@login_required
@require_GET
def listing(request: PageRequest, key: str) -> HttpResponse:
    """One of the lists: products, sources, users, …"""
    place = _listing(request, key)
    context = {"listing": place, "rows": list(place.rows(request.user))}
    return _page(request, "settings/listing.html", context, key)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: PageRequest, key: str, id: uuid.UUID | None = None) -> HttpResponse:
    """Add to a list, or change something in it, in the side panel."""
    place = _listing(request, key)
    if not request.htmx:
        return redirect("settings:listing", key=key)
    thing = _thing(request, place, id) if id else None
    if thing is not None and place.change is None:
        raise Http404
    form = place.form(
        request.POST if request.method == "POST" else None,
        initial=place.initial(thing) if thing else None,
        user=request.user,
        thing=thing,
    )
    if request.method == "POST" and form.is_valid():
        try:
            if thing is None:
                place.add(request.user, form.cleaned_data)
            elif place.change:
                place.change(request.user, thing, form.cleaned_data)
        except CadansError as error:
            tell(form, error)
        else:
            return HttpResponseClientRedirect(reverse("settings:listing", args=[key]))
    context = {"listing": place, "form": form, "thing": thing}
    context |= place.beside(request, thing) if place.beside else {}
    return render(request, "settings/_edit.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def delete(request: PageRequest, key: str, id: uuid.UUID) -> HttpResponse:
    """Remove something from a list."""
    place = _listing(request, key)
    if place.delete is None:
        raise Http404
    place.delete(request.user, _thing(request, place, id))
    return HttpResponseClientRedirect(reverse("settings:listing", args=[key]))


@login_required
@require_POST
def order(request: PageRequest, key: str) -> HttpResponse:
    """Put something at another place in its list."""
    place = _listing(request, key)
    to = request.POST.get("to", "")
    if place.order is None or not to.isdigit():
        raise Http404
    place.order(request.user, request.POST.get("key", ""), int(to))
    return _page(
        request,
        "settings/_rows.html",
        {"listing": place, "rows": list(place.rows(request.user))},
        key,
    )


def tell(form: forms.Form, error: CadansError) -> None:
    """Put what an action refused at its field in the form, else above it."""
    fields: Mapping[str, str] = error.fields if isinstance(error, Invalid) else {}
    known = {name: words for name, words in fields.items() if name in form.fields}
    pointed = error.pointer.lstrip("/")
    if not known and pointed in form.fields:
        known = {pointed: error.message}
    for name, words in known.items():
        form.add_error(name, words)
    if not known:
        form.add_error(None, error.message)


def _listing(request: PageRequest, key: str) -> Listing:
    place = LISTINGS.get(key)
    if place is None:
        raise Http404
    if request.user.role not in place.roles:
        raise NotAllowed(_("Your role does not allow this. Ask an administrator."))
    return place


def _thing(request: PageRequest, place: Listing, id: uuid.UUID) -> Any:
    thing = place.find(request.user, str(id))
    if thing is None:
        raise Http404
    return thing


def _page(
    request: PageRequest, template: str, context: dict[str, Any], current: str
) -> HttpResponse:
    form = context.get("form")
    status = 422 if form is not None and form.errors else 200
    context |= {"groups": groups(request.user), "current": current}
    return render(request, template, context, status=status)
