"""What a company's or a person's page shows of leads: which ones, and what was done with them."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from cadans.contacts.models import Company, Person
from cadans.events.models import Event
from cadans.leads.activity import Activity
from cadans.leads.lead import Lead, LeadPerson
from cadans.team.models import User

MOST = 50


def leads_of_company(user: User, company: Company) -> list[Lead]:
    """The company's leads that this user may see, open ones first, newest first."""
    rows = Lead.objects.visible_to(user).filter(company=company)
    return _open_first(rows)


def leads_of_person(user: User, person: Person) -> list[Lead]:
    """The leads with this person that this user may see, open ones first, newest first."""
    part = LeadPerson.objects.filter(lead=OuterRef("id"), person=person)
    return _open_first(Lead.objects.visible_to(user).filter(Exists(part)))


def activities_with(
    user: User, *, company: Company | None = None, person: Person | None = None
) -> list[Activity]:
    """What was done last with a company's leads, or with a person, as this user may see it."""
    rows = Activity.objects.filter(held=True)
    if company is not None:
        rows = rows.filter(lead__in=Lead.objects.visible_to(user).filter(company=company))
    if person is not None:
        rows = rows.filter(people=person, lead__in=Lead.objects.visible_to(user))
    return list(rows.select_related("by", "lead").order_by("-at", "-id")[:MOST])


def events_about(thing: Company | Person) -> list[Event]:
    """What happened to the company's or the person's own record, newest first."""
    return list(Event.objects.filter(subject=thing.id).order_by("-id")[:MOST])


def _open_first(rows: QuerySet[Lead]) -> list[Lead]:
    found = list(rows.select_related("stage", "owner", "company").order_by("-opened_at")[:MOST])
    return sorted(found, key=lambda lead: not lead.is_open)
