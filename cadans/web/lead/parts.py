"""The people and products on a lead."""

import uuid
from decimal import Decimal

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cadans.contacts.drafts import PersonDraft
from cadans.contacts.models import Person
from cadans.ground.errors import CadansError
from cadans.leads import actions
from cadans.leads.drafts import LineDraft
from cadans.leads.lead import Lead
from cadans.leads.lists import parts_of, people_on
from cadans.leads.queries import visible_lead
from cadans.web.inline import tell
from cadans.web.lead.forms import LineForms, PersonOnLeadForm
from cadans.web.live import changed
from cadans.web.requests import PageRequest, posted

MOST_COLLEAGUES = 200


@login_required
@require_http_methods(["GET", "POST"])
def people(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Put somebody on the lead."""
    lead = visible_lead(request.user, id)
    form = PersonOnLeadForm(
        posted(request), known=_colleagues(lead), initial={"role": request.GET.get("role", "")}
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        person: Person | PersonDraft = given["person"] or PersonDraft(
            email=given["email"],
            name=given["name"],
            phone=given["phone"],
            job_title=given["job_title"],
        )
        try:
            actions.add_person_to_lead(request.user, lead, person=person, role=given["role"])
        except CadansError as error:
            tell(form, error)
        else:
            return changed(_("Added to the lead."), close=True)
    status = 422 if form.errors else 200
    return render(request, "lead/person.html", {"lead": lead, "form": form}, status=status)


@login_required
@require_POST
def role(request: PageRequest, id: uuid.UUID, person: uuid.UUID) -> HttpResponse:
    """Change somebody's buying role."""
    lead = visible_lead(request.user, id)
    found = people_on(request.user, lead.id, [person])[0]
    actions.change_role(request.user, lead, person=found, role=request.POST.get("role", ""))
    return changed()


@login_required
@require_POST
def remove(request: PageRequest, id: uuid.UUID, person: uuid.UUID) -> HttpResponse:
    """Take somebody off the lead."""
    lead = visible_lead(request.user, id)
    found = people_on(request.user, lead.id, [person])[0]
    actions.remove_person_from_lead(request.user, lead, person=found)
    return changed(_("%(person)s is no longer on the lead.") % {"person": found.name}, "info")


@login_required
@require_http_methods(["GET", "POST"])
def products(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """The products on the lead, all at once."""
    lead = visible_lead(request.user, id)
    lines = [
        {"product": line.product_id, "quantity": line.quantity.normalize(), "price": line.price}
        for line in lead.lines.all()
    ]
    # Without initial values a row that was left as it was would count as empty.
    forms = LineForms(request.POST or None, initial=None if request.POST else lines, prefix="lines")
    problem = ""
    if request.method == "POST" and forms.is_valid():
        drafts = [
            LineDraft(given["product"], given["quantity"] or Decimal(1), given["price"])
            for form in forms
            if (given := form.cleaned_data) and given.get("product")
        ]
        try:
            actions.set_products(
                request.user, lead, lines=drafts, sets_value="sets_value" in request.POST
            )
        except CadansError as error:
            problem = error.message
        else:
            return changed(_("Products saved."), close=True)
    failed = request.method == "POST"
    shown = {"lead": lead, "forms": forms, "problem": problem}
    return render(request, "lead/products.html", shown, status=422 if failed else 200)


def _colleagues(lead: Lead) -> object:
    """People of the lead's company who are not on the lead yet."""
    if lead.company_id is None:
        return Person.objects.none()
    on = [part.person_id for part in parts_of(lead)]
    known = Person.objects.present().filter(company=lead.company_id).exclude(id__in=on)
    return known.filter(id__in=known.order_by("name").values("id")[:MOST_COLLEAGUES]).order_by(
        "name"
    )
