"""The daily work on a lead: log what was done, tick goals, put tasks on it."""

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cadans.ground.errors import CadansError
from cadans.leads import actions
from cadans.leads.activity import Activity
from cadans.leads.activity_kinds import kinds_in_use
from cadans.leads.lead import Lead
from cadans.leads.lists import parts_of, visible_task
from cadans.leads.planned import visible_activity
from cadans.leads.queries import visible_lead
from cadans.team.named import as_id
from cadans.web.inline import tell
from cadans.web.lead.forms import LogForm, PlannedForm, TaskForm
from cadans.web.live import changed, with_news
from cadans.web.requests import PageRequest, posted
from cadans.web.writing import moment


@login_required
@require_http_methods(["GET", "POST"])
def log(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Log an activity: from the page's own form, or from the side panel (then with ?task=)."""
    lead = visible_lead(request.user, id)
    people = [part.person for part in parts_of(lead)]
    task = as_id(request.GET.get("task", ""))
    in_drawer = "drawer" in request.POST or request.method == "GET"
    shown: dict[str, Any] = {"lead": lead, "task": task, "in_drawer": in_drawer}
    if request.method == "GET":
        kind = request.GET.get("kind", "call")
        shown["form"] = LogForm(
            people=people,
            in_drawer=True,
            initial={"kind": kind if kind in dict(kinds_in_use()) else "call"},
        )
        return render(request, "lead/log.html", shown)
    form = LogForm(request.POST, people=people, in_drawer=in_drawer)
    told = _logged(request, lead, form, task) if form.is_valid() else None
    if told is None:
        return render(request, "lead/_log_form.html", shown | {"form": form}, status=422)
    if in_drawer:
        return changed(told, close=True)
    fresh = render(request, "lead/_log_form.html", shown | {"form": LogForm(people=people)})
    return with_news(fresh, told)


def _logged(request: PageRequest, lead: Lead, form: LogForm, task: uuid.UUID | None) -> str | None:
    """Log it, tick the task it was for; what happened in words, or None when it was refused."""
    given = form.cleaned_data
    before = lead.stage_id
    try:
        activity = actions.log_activity(
            request.user,
            lead,
            kind=given["kind"],
            at=given["at"],
            outcome=given["outcome"],
            note=given["note"],
            people=list(given["people"]),
        )
        if task is not None and activity.held:
            _tick_task(request, lead, task)
    except CadansError as error:
        tell(form, error)
        return None
    told = _("Logged.") if activity.held else _("Planned.")
    return onward(visible_lead(request.user, lead.id), before, told)


@login_required
@require_http_methods(["GET", "POST"])
def planned(request: PageRequest, id: uuid.UUID, activity: uuid.UUID) -> HttpResponse:
    """Say what became of a planned activity: it was held, it moves, it is off."""
    lead = visible_lead(request.user, id)
    found = visible_activity(request.user, activity)
    if found.lead_id != lead.id:
        raise Http404
    likely = "held" if found.is_past else "moved"
    form = PlannedForm(posted(request), initial={"what": likely})
    if request.method == "POST" and form.is_valid():
        told = _told_of(request, lead, found, form)
        if told is not None:
            return changed(told, close=True)
    shown = {"lead": lead, "activity": found, "form": form}
    return render(request, "lead/planned.html", shown, status=422 if form.errors else 200)


def _told_of(request: PageRequest, lead: Lead, activity: Activity, form: PlannedForm) -> str | None:
    """Carry it out; what happened in words, or None when it was refused."""
    given = form.cleaned_data
    before = lead.stage_id
    try:
        match given["what"]:
            case "held":
                actions.hold_activity(
                    request.user, activity, outcome=given["outcome"], note=given["note"]
                )
                told = _("Logged.")
            case "moved":
                moved = actions.replan_activity(request.user, activity, at=given["to"])
                told = _("Planned for %(moment)s.") % {"moment": moment(moved.at)}
            case _:
                actions.call_off_activity(request.user, activity, reason=given["reason"])
                told = _("Called off.")
    except CadansError as error:
        error.pointer = {"/at": "/to"}.get(error.pointer, error.pointer)
        tell(form, error)
        return None
    return onward(visible_lead(request.user, lead.id), before, told)


def _tick_task(request: PageRequest, lead: Lead, task: uuid.UUID) -> None:
    """The task that the activity was for, unless the lead's progress skipped it already."""
    found = visible_task(request.user, task)
    if found.lead_id == lead.id and found.state == found.State.OPEN:
        actions.do_task(request.user, found)


def onward(lead: Lead, before: uuid.UUID, told: str = "") -> str:
    """What to tell after a change: that the lead went on by itself, else just that it is done."""
    if lead.status == Lead.Status.WON:
        return _("All goals are met: “%(lead)s” is won!") % {"lead": lead.title}
    if lead.stage_id != before:
        return _("Goals met: “%(lead)s” went on to “%(stage)s”.") % {
            "lead": lead.title,
            "stage": lead.stage.label,
        }
    return told


@login_required
@require_POST
def tick(request: PageRequest, id: uuid.UUID, key: str) -> HttpResponse:
    """Tick a goal, or untick it when it is ticked."""
    lead = visible_lead(request.user, id)
    before = lead.stage_id
    ticked = lead.ticks.filter(stage=before, goal=key).exists()
    lead = actions.tick_goal(request.user, lead, goal=key, on=not ticked)
    return changed(onward(lead, before))


@login_required
@require_POST
def add_task(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Put a task of one's own on the lead."""
    lead = visible_lead(request.user, id)
    form = TaskForm(request.POST, user=request.user)
    if form.is_valid():
        try:
            actions.add_task(request.user, lead, **form.cleaned_data)
        except CadansError as error:
            tell(form, error)
    if form.errors:
        return render(request, "lead/_task_form.html", {"lead": lead, "form": form}, status=422)
    fresh = {"lead": lead, "form": TaskForm(user=request.user)}
    return with_news(render(request, "lead/_task_form.html", fresh), _("Task added."))
