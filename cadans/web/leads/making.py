"""Make a lead: a short form, with a hint when something like it is there already."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cadans.ground.errors import CadansError
from cadans.leads.actions import create_lead
from cadans.leads.finding import alike as leads_alike
from cadans.web.inline import tell
from cadans.web.leads.forms import NewLeadForm
from cadans.web.requests import PageRequest


@login_required
@require_http_methods(["GET", "POST"])
def new(request: PageRequest) -> HttpResponse:
    """The form, or the new lead."""
    if request.method == "GET":
        first = {name: request.GET[name] for name in ("pipeline", "company") if name in request.GET}
        form = NewLeadForm(user=request.user, initial=first)
        return render(request, "leads/new.html", {"form": form})
    form = NewLeadForm(request.POST, user=request.user)
    if form.is_valid():
        try:
            lead = create_lead(request.user, form.draft(), assign=form.assigns)
        except CadansError as error:
            tell(form, error)
        else:
            messages.success(request, _("“%(lead)s” is on the board.") % {"lead": lead.title})
            return redirect("lead:page", id=lead.id)
    return render(request, "leads/new.html", {"form": form}, status=422)


@login_required
@require_GET
def alike(request: PageRequest) -> HttpResponse:
    """What is known already of the company and the address that somebody is typing."""
    found = leads_alike(
        request.user,
        company=request.GET.get("company", "").strip()[:160],
        email=request.GET.get("email", "").strip()[:254],
    )
    return render(request, "leads/_alike.html", {"found": found})
