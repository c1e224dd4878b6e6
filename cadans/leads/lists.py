"""Leads, tasks and events in rows: which ones, for whom. Every row begins with `visible_to`."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext as _

from cadans.assignment.queries import territory_with_id
from cadans.contacts.models import Person
from cadans.events.models import Event
from cadans.ground.asking import every
from cadans.ground.errors import Invalid, NotFound
from cadans.ground.ids import id_at
from cadans.leads.activity import Activity
from cadans.leads.finding import with_words
from cadans.leads.lead import Lead, LeadPerson, LeadProduct, LeadQuerySet
from cadans.leads.offer import Source
from cadans.leads.task import Task, TaskQuerySet
from cadans.process.models import Pipeline, Stage
from cadans.team.models import User
from cadans.team.queries import user_with_id


@dataclass(frozen=True)
class Wanted:
    """Which leads are asked for; None and empty text mean: any."""

    pipeline: Pipeline | None = None
    stage: Stage | None = None
    status: str = ""
    owner: User | None = None
    unowned: bool = False
    company: uuid.UUID | None = None
    person: uuid.UUID | None = None
    source: Source | None = None
    external_id: str = ""
    words: str = ""
    changed_since: datetime | None = None
    opened_from: datetime | None = None
    opened_until: datetime | None = None


def leads_wanted(user: User, wanted: Wanted) -> LeadQuerySet:
    """Leads that this user may see and that are wanted, in no order yet."""
    rows = Lead.objects.visible_to(user)
    exact = {
        "pipeline": wanted.pipeline,
        "stage": wanted.stage,
        "status": wanted.status,
        "owner": wanted.owner,
        "company": wanted.company,
        "source": wanted.source,
        "external_id": wanted.external_id,
        "opened_at__gte": wanted.opened_from,
        "opened_at__lt": wanted.opened_until,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if wanted.unowned:
        rows = rows.filter(owner=None)
    if wanted.person is not None:
        part = LeadPerson.objects.filter(lead=OuterRef("id"), person=wanted.person)
        rows = rows.filter(Exists(part))
    if wanted.changed_since is not None:
        # Ids of events are time-ordered, so the index on lead and id serves.
        since = Event.objects.filter(lead=OuterRef("id"), id__gte=id_at(wanted.changed_since))
        rows = rows.filter(Exists(since))
    return with_words(rows, wanted.words) if wanted.words else rows


def with_all(rows: LeadQuerySet) -> QuerySet[Lead]:
    """The leads with everything that shows them whole: four queries for any number."""
    parts = Prefetch("parts", LeadPerson.objects.select_related("person"))
    lines = Prefetch("lines", LeadProduct.objects.select_related("product"))
    return rows.with_names().select_related("loss_reason").prefetch_related(parts, lines, "tags")


def whole_lead(user: User, id: uuid.UUID) -> Lead:
    """A lead that this user may see, with everything that shows it whole. Raises NotFound."""
    lead = with_all(Lead.objects.visible_to(user)).filter(id=id).first()
    if lead is None:
        raise NotFound(_("There is no such lead."))
    return lead


def lead_as_it_stands(id: uuid.UUID) -> Lead:
    """A lead whole, for whoever has just changed it (and may have given it out of their sight)."""
    return with_all(Lead.objects.present()).get(id=id)


def visible_task(user: User, id: uuid.UUID) -> Task:
    """A task that this user may see, with its lead and assignee. Raises NotFound."""
    task = Task.objects.visible_to(user).select_related("lead", "assignee").filter(id=id).first()
    if task is None:
        raise NotFound(_("There is no such task."))
    return task


def tasks_wanted(
    user: User,
    *,
    lead: uuid.UUID | None = None,
    assignee: User | None = None,
    state: str = "",
    due_before: datetime | None = None,
) -> TaskQuerySet:
    """Tasks that this user may see and that are wanted, with their assignees."""
    rows = Task.objects.visible_to(user).select_related("assignee")
    exact = {"lead": lead, "assignee": assignee, "state": state, "due_at__lt": due_before}
    return rows.filter(**{name: value for name, value in exact.items() if value})


def events_of(lead: Lead) -> QuerySet[Event]:
    """What happened to a lead."""
    return Event.objects.filter(lead=lead.id)


def activities_of(lead: Lead) -> QuerySet[Activity]:
    """What was done with a lead, with the people and who did it."""
    return Activity.objects.filter(lead=lead).select_related("by").prefetch_related("people")


def parts_of(lead: Lead) -> list[LeadPerson]:
    """The people on a lead."""
    of_lead = "lead_id = %s ORDER BY is_first DESC, leads_leadperson.id"
    return every(LeadPerson, of_lead, lead.id, along="person")


def with_names_at_hand(lead: Lead) -> Lead:
    """A lead that was just made, with its owner and territory, without asking for them anew."""
    if lead.owner_id:
        lead.owner = user_with_id(lead.owner_id)
    if lead.territory_id:
        lead.territory = territory_with_id(lead.territory_id)
    return lead


def people_on(user: User, lead: uuid.UUID, ids: Iterable[uuid.UUID]) -> list[Person]:
    """People by their ids, who must all be on the lead. Raises Invalid."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return []
    seen = LeadPerson.objects.filter(lead__in=Lead.objects.visible_to(user), lead=lead)
    found = {
        part.person_id: part.person
        for part in seen.filter(person__in=wanted).select_related("person")
    }
    for place, id in enumerate(wanted):
        if id not in found:
            raise Invalid(
                _("This person is not on the lead. Add them to the lead first."),
                pointer=f"/people/{place}",
                code="person_not_on_lead",
            )
    return [found[id] for id in wanted]
