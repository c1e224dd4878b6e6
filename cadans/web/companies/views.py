"""Companies: the list, a company's page with its fields, leads and people, a new one."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from cadans.contacts.actions import add_company, change_company, clean_domain, delete_company
from cadans.contacts.models import Company
from cadans.contacts.queries import companies as all_companies
from cadans.ground.custom_fields import CustomField
from cadans.ground.errors import Conflict, Invalid, NotFound
from cadans.leads.contacts import activities_with, events_about, leads_of_company
from cadans.leads.finding import companies_with_words
from cadans.team.models import User
from cadans.web.companies.forms import OWN, CompanyForm
from cadans.web.contact_story import history_of
from cadans.web.enrichment.panel import panel_of
from cadans.web.inline import Inline, Own, custom_own, edit_inline, tell
from cadans.web.paging import page_of
from cadans.web.requests import PageRequest, posted

SORTS = {"name": "name", "changed": "changed_at", "city": "city", "industry": "industry"}
SUGGESTED = 8
MOST_PEOPLE = 100


@login_required
@require_GET
def companies(request: PageRequest) -> HttpResponse:
    """The list; for htmx's "more" only the following rows."""
    words = " ".join(request.GET.get("q", "").split())[:80]
    rows = companies_with_words(words) if words else Company.objects.present()
    if country := request.GET.get("country", "")[:2]:
        rows = rows.filter(country=country)
    sort = request.GET.get("sort", "-changed")
    sign, name = ("-", sort[1:]) if sort.startswith("-") else ("", sort)
    rows = rows.order_by(f"{sign}{SORTS.get(name, 'changed_at')}", "id")
    shown = {"page": page_of(request, rows), "sort": sort, "words": words}
    if request.htmx and request.htmx.target == "more":
        return render(request, "companies/_rows.html", shown)
    return render(request, "companies/list.html", shown)


@login_required
@require_GET
def suggest(request: PageRequest) -> HttpResponse:
    """Names of companies that begin with or hold what somebody types, as JSON."""
    words = " ".join(request.GET.get("q", "").split())[:80]
    if len(words) < 2:
        return JsonResponse([], safe=False)
    found = companies_with_words(words).values_list("name", flat=True)[:SUGGESTED]
    return JsonResponse(list(dict.fromkeys(found)), safe=False)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: PageRequest) -> HttpResponse:
    """The form, or the new company."""
    form = CompanyForm(posted(request))
    other = None
    if request.method == "POST" and form.is_valid():
        try:
            company = add_company(request.user, **form.cleaned_data)
        except (Invalid, Conflict) as error:
            other = _same(form.cleaned_data)
            tell(form, error)
        else:
            messages.success(request, _("%(company)s is added.") % {"company": company.name})
            return redirect("companies:page", id=company.id)
    status = 422 if request.method == "POST" else 200
    return render(request, "companies/new.html", {"form": form, "other": other}, status=status)


@login_required
@require_GET
def page(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """A company: its fields, leads, people and history."""
    company = _company(id)
    custom = _custom_fields()
    labels = {name: own.label() for name, own in OWN.items()}
    shown = {
        "company": company,
        "name_field": _inline(company, "name", OWN["name"]),
        "details": [
            *(_inline(company, name, own) for name, own in OWN.items() if name != "name"),
            *(_inline(company, f"custom.{one.key}", custom_own(one)) for one in custom),
        ],
        "lookups": panel_of(company),
        "leads": leads_of_company(request.user, company),
        "people": list(company.people.filter(deleted_at=None).order_by("name")[:MOST_PEOPLE]),
        "history": history_of(
            events_about(company), activities_with(request.user, company=company), labels
        ),
    }
    return render(request, "companies/page.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
def field(request: PageRequest, id: uuid.UUID, name: str) -> HttpResponse:
    """One field: its value, its form, or the change."""
    company = _company(id)
    own = _own(name)
    user: User = request.user

    def save(cleaned: Mapping[str, Any]) -> Inline:
        change_company(user, company, changes=own.changes(user, cleaned))
        return _inline(_company(id), name, own)

    def make_form(data: Mapping[str, Any] | None) -> forms.Form:
        return own.form(company, data)

    return edit_inline(request, _inline(company, name, own), make_form, save, other=_same)


@login_required
@require_http_methods(["GET", "POST"])
def delete(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Ask once, then take the company out of sight."""
    company = _company(id)
    if request.method == "GET":
        return render(request, "companies/delete.html", {"company": company})
    delete_company(request.user, company)
    messages.success(request, _("%(company)s is deleted.") % {"company": company.name})
    target = reverse("companies:list")
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)


def _company(id: uuid.UUID) -> Company:
    company = all_companies().filter(id=id).first()
    if company is None:
        raise NotFound(_("There is no such company."))
    return company


def _custom_fields() -> list[CustomField]:
    return list(CustomField.objects.filter(subject=CustomField.Subject.COMPANY))


def _own(name: str) -> Own:
    if name in OWN:
        return OWN[name]
    found = next((one for one in _custom_fields() if f"custom.{one.key}" == name), None)
    if found is None:
        raise Http404
    return custom_own(found)


def _inline(company: Company, name: str, own: Own) -> Inline:
    return own.shown(company, name, reverse("companies:field", args=[company.id, name]))


def _same(cleaned: Mapping[str, Any]) -> tuple[str, str] | None:
    """The company that has this website already: its name and address."""
    try:
        domain = clean_domain(cleaned.get("domain") or "")
    except Invalid:
        return None
    other = Company.objects.present().filter(domain=domain).first() if domain else None
    return (other.name, reverse("companies:page", args=[other.id])) if other else None
