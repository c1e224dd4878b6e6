"""People: the list, a person's page with their fields and leads, a new one."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from cadans.contacts.actions import add_person, change_person, delete_person
from cadans.contacts.models import Person
from cadans.contacts.queries import people as all_people
from cadans.ground.custom_fields import CustomField
from cadans.ground.errors import Conflict, Invalid, NotFound
from cadans.leads.contacts import activities_with, events_about, leads_of_person
from cadans.leads.finding import people_with_words
from cadans.team.models import User
from cadans.web.audience_words import shown_memberships
from cadans.web.contact_story import history_of
from cadans.web.enrichment.panel import panel_of
from cadans.web.inline import Inline, Own, custom_own, edit_inline, tell
from cadans.web.paging import page_of
from cadans.web.people.forms import OWN, PersonForm, company_from
from cadans.web.requests import PageRequest, posted

SORTS = {"name": "name", "changed": "changed_at", "email": "email", "company": "company__name"}


@login_required
@require_GET
def people(request: PageRequest) -> HttpResponse:
    """The list; for htmx's "more" only the following rows."""
    words = " ".join(request.GET.get("q", "").split())[:80]
    rows = people_with_words(words) if words else Person.objects.present()
    sort = request.GET.get("sort", "-changed")
    sign, name = ("-", sort[1:]) if sort.startswith("-") else ("", sort)
    rows = rows.order_by(f"{sign}{SORTS.get(name, 'changed_at')}", "id")
    page = page_of(request, rows, whole=lambda rows: rows.select_related("company"))
    shown = {"page": page, "sort": sort, "words": words}
    if request.htmx and request.htmx.target == "more":
        return render(request, "people/_rows.html", shown)
    return render(request, "people/list.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: PageRequest) -> HttpResponse:
    """The form, or the new person."""
    form = PersonForm(
        posted(request),
        initial={"company": request.GET.get("company", "")},
    )
    other = None
    if request.method == "POST" and form.is_valid():
        fields = dict(form.cleaned_data)
        try:
            with transaction.atomic():
                fields["company"] = company_from(request.user, fields["company"])
                person = add_person(request.user, **fields)
        except (Invalid, Conflict) as error:
            other = _same(form.cleaned_data)
            tell(form, error)
        else:
            messages.success(request, _("%(person)s is added.") % {"person": person.name})
            return redirect("people:page", id=person.id)
    status = 422 if request.method == "POST" else 200
    return render(request, "people/new.html", {"form": form, "other": other}, status=status)


@login_required
@require_GET
def page(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """A person: their fields, leads and history."""
    person = _person(id)
    custom = _custom_fields()
    labels = {name: own.label() for name, own in OWN.items()}
    shown = {
        "person": person,
        "name_field": _inline(person, "name", OWN["name"]),
        "details": [
            *(_inline(person, name, own) for name, own in OWN.items() if name != "name"),
            *(_inline(person, f"custom.{one.key}", custom_own(one)) for one in custom),
        ],
        "lookups": panel_of(person),
        "memberships": shown_memberships(person),
        "leads": leads_of_person(request.user, person),
        "history": history_of(
            events_about(person), activities_with(request.user, person=person), labels
        ),
    }
    return render(request, "people/page.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
def field(request: PageRequest, id: uuid.UUID, name: str) -> HttpResponse:
    """One field: its value, its form, or the change."""
    person = _person(id)
    own = _own(name)
    user: User = request.user

    def save(cleaned: Mapping[str, Any]) -> Inline:
        with transaction.atomic():
            change_person(user, person, changes=own.changes(user, cleaned))
        return _inline(_person(id), name, own)

    def make_form(data: Mapping[str, Any] | None) -> forms.Form:
        return own.form(person, data)

    return edit_inline(request, _inline(person, name, own), make_form, save, other=_same)


@login_required
@require_http_methods(["GET", "POST"])
def delete(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Ask once, then take the person out of sight."""
    person = _person(id)
    if request.method == "GET":
        return render(request, "people/delete.html", {"person": person})
    delete_person(request.user, person)
    messages.success(request, _("%(person)s is deleted.") % {"person": person.name})
    target = reverse("people:list")
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)


def _person(id: uuid.UUID) -> Person:
    person = all_people().filter(id=id).first()
    if person is None:
        raise NotFound(_("There is no such person."))
    return person


def _custom_fields() -> list[CustomField]:
    return list(CustomField.objects.filter(subject=CustomField.Subject.PERSON))


def _own(name: str) -> Own:
    if name in OWN:
        return OWN[name]
    found = next((one for one in _custom_fields() if f"custom.{one.key}" == name), None)
    if found is None:
        raise Http404
    return custom_own(found)


def _inline(person: Person, name: str, own: Own) -> Inline:
    return own.shown(person, name, reverse("people:field", args=[person.id, name]))


def _same(cleaned: Mapping[str, Any]) -> tuple[str, str] | None:
    """The person who has this e-mail address already: their name and address."""
    email = (cleaned.get("email") or "").strip().lower()
    other = Person.objects.present().filter(email=email).first() if email else None
    return (other.name, reverse("people:page", args=[other.id])) if other else None
