"""A rep's day: what is late, what is due, what comes, and which leads are going cold."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from cadans.contacts.models import Person
from cadans.leads.activity import Activity
from cadans.leads.lead import Lead, LeadPerson
from cadans.leads.planned import planned
from cadans.leads.task import Task
from cadans.process.models import published
from cadans.team.models import User
from cadans.team.queries import organisation

AHEAD = timedelta(days=7)
"""How far Today looks ahead."""

MOST_TASKS = 120
MOST_PLANNED = 40
MOST_LEADS = 12


@dataclass(frozen=True)
class ToDo:
    """A task with what one needs to do it: how this stage is done, and whom to call."""

    task: Task
    guidance: str = ""
    contact: Person | None = None


@dataclass(frozen=True)
class Day:
    """What one rep has before them."""

    late: list[ToDo] = field(default_factory=list)
    now: list[ToDo] = field(default_factory=list)
    soon: list[ToDo] = field(default_factory=list)
    undated: list[ToDo] = field(default_factory=list)
    planned: list[Activity] = field(default_factory=list)
    cold: list[Lead] = field(default_factory=list)
    unowned: list[Lead] = field(default_factory=list)

    @property
    def is_clear(self) -> bool:
        """Whether nothing must be done today."""
        return not (self.late or self.now or self.planned)


def day_of(viewer: User, rep: User, *, now: datetime | None = None) -> Day:
    """The day of `rep` as `viewer` may see it: six queries, however much there is to do.

    Late tasks come first, the required before the others, then by moment. Leads without an
    owner are listed for managers and administrators.
    """
    now = now or timezone.now()
    begins, ends = bounds_of_day(now)
    rows = Task.objects.visible_to(viewer).open().filter(assignee=rep)
    rows = rows.exclude(due_at__gte=ends + AHEAD)
    tasks = list(
        rows.select_related("lead__company", "lead__stage", "lead__pipeline", "assignee").order_by(
            F("due_at").asc(nulls_last=True), "id"
        )[:MOST_TASKS]
    )
    to_do = _with_help(tasks)
    late = [one for one in to_do if one.task.due_at and one.task.due_at < begins]
    leads = Lead.objects.visible_to(viewer)
    return Day(
        late=sorted(late, key=lambda one: not one.task.required),
        now=[one for one in to_do if one.task.due_at and begins <= one.task.due_at < ends],
        soon=[one for one in to_do if one.task.due_at and one.task.due_at >= ends],
        undated=[one for one in to_do if one.task.due_at is None],
        planned=list(
            planned()
            .filter(by=rep, at__lt=ends, lead__in=leads)
            .select_related("lead__company", "by")[:MOST_PLANNED]
        ),
        cold=list(
            leads.filter(owner=rep)
            .idle(on=now)
            .with_names()
            .order_by(F("value").desc(nulls_last=True), "touched_at")[:MOST_LEADS]
        ),
        unowned=list(
            leads.open().filter(owner=None).with_names().order_by("-opened_at")[:MOST_LEADS]
        )
        if viewer.role != User.Role.REP
        else [],
    )


def day_token(viewer: User, rep: User) -> str:
    """A short text that changes whenever this rep's day does."""
    tasks = (
        Task.objects.open()
        .filter(assignee=rep)
        .values_list("id", "revision", "lead__revision")
        .order_by("id")[: MOST_TASKS * 2]
    )
    owned = Lead.objects.present().open().filter(owner=rep)
    cold = owned.idle(on=timezone.now()).values("id")
    sums = owned.aggregate(
        n=Count("id"), revisions=Sum("revision"), cold=Count("id", filter=Q(id__in=cold))
    )
    unowned = 0
    if viewer.role != User.Role.REP:
        unowned = Lead.objects.present().open().filter(owner=None).count()
    today = bounds_of_day(timezone.now())[0].date()
    told = f"{list(tasks)} {sums} {unowned} {today}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def bounds_of_day(now: datetime) -> tuple[datetime, datetime]:
    """When the day of that moment begins and ends, where the organisation is."""
    zone = ZoneInfo(organisation().time_zone)
    today = now.astimezone(zone).date()
    begins = datetime.combine(today, time(0), zone)
    return begins, datetime.combine(today + timedelta(days=1), time(0), zone)


def _with_help(tasks: Sequence[Task]) -> list[ToDo]:
    contacts = _first_contacts([task.lead_id for task in tasks])
    return [ToDo(task, _guidance(task.lead), contacts.get(task.lead_id)) for task in tasks]


def _guidance(lead: Lead) -> str:
    process = published(lead.version_id)
    if lead.stage.key not in process.stages:
        return ""
    return process.design.stage(lead.stage.key).guidance_in().short


def _first_contacts(leads: Sequence[uuid.UUID]) -> dict[uuid.UUID, Person]:
    parts = LeadPerson.objects.filter(lead__in=leads, is_first=True).select_related("person")
    return {part.lead_id: part.person for part in parts}
