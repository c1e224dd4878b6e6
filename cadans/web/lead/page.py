"""Everything a lead's page shows, gathered once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from moneyed import Money

from cadans.contacts.models import BuyingRole
from cadans.ground.money import as_money
from cadans.leads.activity import Activity, ActivityKind
from cadans.leads.lead import Lead
from cadans.leads.planned import planned_on
from cadans.leads.queries import Standing, live_token_of_lead, standing
from cadans.leads.task import Task
from cadans.team.models import User
from cadans.web.enrichment.panel import suggested_on
from cadans.web.inline import Inline
from cadans.web.lead.fields import details_of, title_of
from cadans.web.lead.forms import LogForm, TaskForm
from cadans.web.lead.goals import goals_shown, still_missing
from cadans.web.lead.story import story_of
from cadans.web.writing import number

ENDED_TASKS = 5
"""Done and skipped tasks that stay in sight."""


@dataclass(frozen=True)
class Step:
    """One stage on the path."""

    name: str
    state: str
    note: str
    url: str


def lead_shown(user: User, lead: Lead) -> dict[str, Any]:
    """The context of the page and of its live inside."""
    # The token is read first: what happens meanwhile is then shown again rather than missed.
    token = live_token_of_lead(lead.id)
    stands = standing(lead)
    goals = goals_shown(lead, stands.stage, stands.progress) if lead.is_open else []
    details: list[Inline] = details_of(lead)
    parts = list(lead.parts.select_related("person"))
    return {
        "lead": lead,
        "token": token,
        "stands": stands,
        "steps": steps_of(lead, stands),
        "goals": goals,
        "goals_met": sum(goal.met for goal in goals),
        "ask": ask_of(lead, stands),
        "still_missing": still_missing(stands.progress) if lead.is_open else "",
        "any_goal": stands.stage.goals_needed == "any" and len(goals) > 1,
        "waits": lead.is_open and bool(goals) and stands.progress.met,
        "guidance": stands.stage.guidance_in(),
        "title_field": title_of(lead),
        "details": details,
        "planned": planned_on(lead),
        "tasks": open_tasks(lead),
        "ended": ended_tasks(lead),
        "task_form": TaskForm(user=user),
        "parts": parts,
        "lookups": suggested_on(lead, [part.person for part in parts]),
        "lines": lines_of(lead),
        "roles": BuyingRole.choices,
        "log_form": LogForm(people=[part.person for part in parts]),
        "story": story_of(lead),
        "is_idle": lead.is_idle(),
    }


@dataclass(frozen=True)
class Ask:
    """In this stage the decision is asked for: whether somebody did since the lead entered it."""

    asked: Activity | None = None


def ask_of(lead: Lead, stands: Standing) -> Ask | None:
    """The ask in the present stage; None where the decision is not asked for."""
    if not lead.is_open or not stands.stage.is_ask:
        return None
    asked = Activity.objects.filter(
        lead=lead, kind=ActivityKind.ASK, held=True, at__gte=lead.stage_entered_at
    )
    return Ask(asked.select_related("by").order_by("-at").first())


def steps_of(lead: Lead, stands: Standing) -> list[Step]:
    """The path: the stages of the process, each done, present or to come."""
    design = stands.process.design
    here = design.position(stands.stage.key)
    steps = []
    for place, stage in enumerate(design.stages):
        if stage.ends_in == "lost" and stage.key != stands.stage.key:
            continue
        state, note = "todo", ""
        if stage.ends_in == "won" and lead.status == Lead.Status.WON:
            state = "won"
        elif place < here:
            state = "done" if stands.was_in(stage.key) else "todo"
        elif place == here:
            state = {"open": "current", "won": "won"}.get(lead.status, "lost")
            note = _note(lead, stands)
        url = reverse("lead:stage", args=[lead.id, stage.key])
        steps.append(Step(stage.label(), state, note, url))
    return steps


def _note(lead: Lead, stands: Standing) -> str:
    if not lead.is_open:
        return str(lead.get_status_display())
    days = lead.days_in_stage()
    age = ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
    if not stands.progress.goals:
        return age
    goals = len(stands.progress.goals)
    reached = _("%(met)d of %(goals)d goals") % {"met": stands.progress.done, "goals": goals}
    return f"{reached} · {age}"


@dataclass(frozen=True)
class Line:
    """A product on the lead: how many, and what they cost together."""

    name: str
    quantity: str
    money: Money | None


def lines_of(lead: Lead) -> list[Line]:
    """The products on the lead."""
    lines = []
    for line in lead.lines.select_related("product"):
        currency = lead.currency or line.product.currency
        total = None if line.price is None or not currency else line.quantity * line.price
        places = max(-int(line.quantity.normalize().as_tuple().exponent), 0)
        lines.append(
            Line(line.product.name, number(line.quantity, places), as_money(total, currency))
        )
    return lines


def open_tasks(lead: Lead) -> list[Task]:
    """The lead's open tasks, due first."""
    rows = lead.tasks.filter(state=Task.State.OPEN).select_related("assignee")
    return list(rows.order_by(F("due_at").asc(nulls_last=True), "id"))


def ended_tasks(lead: Lead) -> list[Task]:
    """The tasks that were done or skipped last."""
    ended = lead.tasks.exclude(state=Task.State.OPEN)
    return list(ended.select_related("ended_by").order_by("-ended_at", "-id")[:ENDED_TASKS])
