"""Yes or no to what was looked up, looking again, and the switch in the settings."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from cadans.contacts.models import Company, Person
from cadans.contacts.queries import companies, people
from cadans.enrichment.actions import (
    accept_fact,
    ask_look_up,
    change_switches,
    dismiss_fact,
    undo_fact,
    undo_filled,
)
from cadans.enrichment.queries import fact_named, switches
from cadans.ground.errors import CadansError
from cadans.ground.rows import one_of
from cadans.team.models import User
from cadans.team.queries import require_role
from cadans.web.requests import PageRequest, posted
from cadans.web.settings.places import groups

VERDICTS = {"accept": accept_fact, "dismiss": dismiss_fact, "undo": undo_fact}


class SwitchesForm(forms.Form):
    """What may be asked outside."""

    asks_sites = forms.BooleanField(
        label=gettext_lazy("Read companies’ own sites and mail records"),
        required=False,
    )
    asks_gravatar = forms.BooleanField(
        label=gettext_lazy("Ask Gravatar for people’s public profiles"),
        required=False,
    )


@login_required
@require_http_methods(["GET", "POST"])
def settings(request: PageRequest) -> HttpResponse:
    """Whether things are looked up, for administrators."""
    require_role(request.user, User.Role.ADMIN)
    now = switches()
    initial = {"asks_sites": now.asks_sites, "asks_gravatar": now.asks_gravatar}
    form = SwitchesForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        change_switches(request.user, changes=form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("enrichment:settings")
    shown = {"form": form, "groups": groups(request.user), "current": "lookups"}
    return render(request, "enrichment/settings.html", shown)


@login_required
@require_POST
def decide(request: PageRequest, id: uuid.UUID, verdict: str) -> HttpResponse:
    """Take over, refuse or take back one fact."""
    fact, deed = fact_named(id), VERDICTS.get(verdict)
    if deed is None or fact is None:
        raise Http404
    try:
        deed(request.user, fact)
    except CadansError as error:
        messages.error(request, error.message)
    return _back(request, fact.subject)


@login_required
@require_POST
def again(request: PageRequest, kind: str, id: uuid.UUID) -> HttpResponse:
    """Look somebody or something up anew."""
    subject = _subject(kind, id)
    try:
        ask_look_up(request.user, subject)
    except CadansError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Cadans is looking. What it finds will be here."))
    return _back(request, subject)


@login_required
@require_POST
def undo_all(request: PageRequest, kind: str, id: uuid.UUID) -> HttpResponse:
    """Take back all that was filled in by itself."""
    subject = _subject(kind, id)
    undone = len(undo_filled(request.user, subject))
    told = ngettext("%(count)d field is as it was.", "%(count)d fields are as they were.", undone)
    messages.success(request, told % {"count": undone})
    return _back(request, subject)


def _subject(kind: str, id: uuid.UUID) -> Company | Person:
    if kind == "company":
        return one_of(companies(), id)
    if kind == "person":
        return one_of(people(), id)
    raise Http404


def _back(request: PageRequest, subject: Company | Person) -> HttpResponse:
    """To the page on which the button was."""
    back = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/"):
        return redirect(back)
    place = "companies:page" if isinstance(subject, Company) else "people:page"
    return redirect(reverse(place, args=[subject.id]))
