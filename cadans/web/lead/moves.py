"""Carry a lead through the process by hand: move, win, lose, cancel, reopen, assign, delete."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from cadans.ground.errors import CadansError, Conflict
from cadans.leads import actions
from cadans.leads.lead import Lead
from cadans.leads.queries import standing, visible_lead
from cadans.team.models import User
from cadans.web.inline import tell
from cadans.web.lead.forms import AssignForm, LoseForm, MoveForm
from cadans.web.lead.goals import goals_shown
from cadans.web.live import changed, open_drawer
from cadans.web.requests import PageRequest, posted


@login_required
@require_http_methods(["GET", "POST"])
def move(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Move to the stage that is sent; "won" and "lost" close the lead. GET: ask for the reason."""
    lead = visible_lead(request.user, id)
    if request.method == "GET":
        form = MoveForm(initial={"stage": request.GET.get("stage", "")})
        return render(request, "lead/move.html", _why_shown(lead, form))
    target = request.POST.get("stage", "")
    if target == "won":
        return _won(request, lead)
    if target == "lost":
        return open_drawer(reverse("lead:lose", args=[lead.id]))
    if "reason" in request.POST:
        return _move_with_reason(request, lead)
    return _move(request, lead, target)


@login_required
@require_POST
def move_to(request: PageRequest, id: uuid.UUID, key: str) -> HttpResponse:
    """Move to the stage in the address: what "undo" does."""
    return _move(request, visible_lead(request.user, id), key)


@login_required
@require_POST
def win(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Close the lead as won."""
    return _won(request, visible_lead(request.user, id))


@login_required
@require_http_methods(["GET", "POST"])
def lose(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Ask why it was lost, then close the lead."""
    lead = visible_lead(request.user, id)
    form = LoseForm(posted(request))
    if request.method == "POST" and form.is_valid():
        actions.lose_lead(request.user, lead, reason=form.cleaned_data["reason"])
        undo = reverse("lead:reopen", args=[lead.id])
        told = _("“%(lead)s” is lost.") % {"lead": lead.title}
        return changed(told, "info", undo_url=undo, close=True)
    status = 422 if form.errors else 200
    return render(request, "lead/lose.html", {"lead": lead, "form": form}, status=status)


@login_required
@require_POST
def cancel(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Close a lead that was entered by mistake."""
    lead = actions.cancel_lead(request.user, visible_lead(request.user, id))
    told = _("“%(lead)s” is cancelled and counts in no figure.") % {"lead": lead.title}
    return changed(told, "info", undo_url=reverse("lead:reopen", args=[lead.id]))


@login_required
@require_POST
def reopen(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Open a closed lead again."""
    lead = actions.reopen_lead(request.user, visible_lead(request.user, id))
    told = _("“%(lead)s” is open again, in “%(stage)s”.")
    return changed(told % {"lead": lead.title, "stage": lead.stage.label})


@login_required
@require_POST
def undo(request: PageRequest, id: uuid.UUID, event: uuid.UUID) -> HttpResponse:
    """Take the last move back."""
    lead = actions.undo_move(request.user, visible_lead(request.user, id), event=event)
    told = _("“%(lead)s” is in “%(stage)s” again and waits there until something changes.")
    return changed(told % {"lead": lead.title, "stage": lead.stage.label}, "info")


@login_required
@require_http_methods(["GET", "POST"])
def assign(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Choose who gets the lead."""
    lead = visible_lead(request.user, id)
    form = AssignForm(posted(request), initial={"owner": lead.owner_id})
    if request.method == "POST" and form.is_valid():
        owner: User | None = form.cleaned_data["owner"]
        actions.assign_lead(request.user, lead, owner=owner)
        told = _("“%(lead)s” is now with %(owner)s.") if owner else _("“%(lead)s” has no owner.")
        return changed(told % {"lead": lead.title, "owner": owner}, close=True)
    status = 422 if form.errors else 200
    return render(request, "lead/assign.html", {"lead": lead, "form": form}, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def delete(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Ask once, then take the lead out of sight."""
    lead = visible_lead(request.user, id)
    if request.method == "GET":
        return render(request, "lead/delete.html", {"lead": lead})
    actions.delete_lead(request.user, lead)
    messages.success(request, _("“%(lead)s” is deleted.") % {"lead": lead.title})
    target = reverse("leads:list")
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)


def _won(request: PageRequest, lead: Lead) -> HttpResponse:
    lead = actions.win_lead(request.user, lead)
    told = _("Won! “%(lead)s”") % {"lead": lead.title}
    return changed(told, undo_url=reverse("lead:reopen", args=[lead.id]))


def _move(request: PageRequest, lead: Lead, target: str) -> HttpResponse:
    before = lead.stage
    try:
        moved = actions.move_lead(request.user, lead, stage=target)
    except Conflict as error:
        passable = request.user.role != User.Role.REP
        if error.code == "reason_needed" or (error.code == "goals_unmet" and passable):
            url = reverse("lead:move", args=[lead.id])
            return open_drawer(f"{url}?{urlencode({'stage': target})}")
        raise
    return _moved(moved, before.key)


def _move_with_reason(request: PageRequest, lead: Lead) -> HttpResponse:
    form = MoveForm(request.POST)
    before = lead.stage
    if form.is_valid():
        try:
            moved = actions.move_lead(
                request.user,
                lead,
                stage=form.cleaned_data["stage"],
                reason=form.cleaned_data["reason"],
            )
        except CadansError as error:
            tell(form, error)
        else:
            return _moved(moved, before.key, close=True)
    return render(request, "lead/_move_form.html", _why_shown(lead, form), status=422)


def _moved(lead: Lead, before: str, *, close: bool = False) -> HttpResponse:
    undo = reverse("lead:move_to", args=[lead.id, before]) if lead.is_open else ""
    told = _("“%(lead)s” is in “%(stage)s”.")
    return changed(
        told % {"lead": lead.title, "stage": lead.stage.label}, undo_url=undo, close=close
    )


def _why_shown(lead: Lead, form: MoveForm) -> dict[str, object]:
    stands = standing(lead)
    unmet = [goal for goal in goals_shown(lead, stands.stage, stands.progress) if not goal.met]
    return {"lead": lead, "form": form, "unmet": unmet, "stage": stands.stage.label()}
