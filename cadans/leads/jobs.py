"""Jobs that follow from events elsewhere, and from the clock. Each may run twice without harm."""

from __future__ import annotations

import uuid

from procrastinate.contrib.django import app

from cadans.events.models import Event
from cadans.leads.actions import (
    locate_lead,
    notice_idle_leads,
    notice_overdue_tasks,
    settle_lead,
)
from cadans.leads.lead import Lead

PLACE = {"country", "region", "postcode"}
"""Fields of a company that say where it lies."""


@app.task(name="cadans.leads.jobs.settle_leads_of_company")
def settle_leads_of_company(*, event: str, subject: str) -> None:
    """Find the territories of the open leads at a company that changed, and weigh their goals."""
    leads = Lead.objects.present().open().filter(company=uuid.UUID(subject))
    if _told_where(event):
        for lead in leads.order_by("id").values_list("id", flat=True).iterator():
            locate_lead(lead, cause=uuid.UUID(event))
    _settle(event, leads)


@app.task(name="cadans.leads.jobs.settle_leads_of_person")
def settle_leads_of_person(*, event: str, subject: str) -> None:
    """Weigh the goals of the open leads on which a person is who changed."""
    _settle(event, Lead.objects.present().open().filter(parts__person=uuid.UUID(subject)))


@app.task(name="cadans.leads.jobs.settle_leads_of_pipeline")
def settle_leads_of_pipeline(*, event: str, subject: str) -> None:
    """Weigh the goals of the open leads of a pipeline whose design was published."""
    _settle(event, Lead.objects.present().open().filter(pipeline=uuid.UUID(subject)))


@app.periodic(cron="*/5 * * * *", periodic_id="idle")
@app.task(name="cadans.leads.jobs.notice_idle", queueing_lock="cadans.notice_idle")
def notice_idle(timestamp: int) -> None:
    """Notice the leads that became idle since anybody looked, however long ago that was."""
    notice_idle_leads()


@app.periodic(cron="* * * * *", periodic_id="overdue")
@app.task(name="cadans.leads.jobs.notice_overdue", queueing_lock="cadans.notice_overdue")
def notice_overdue(timestamp: int) -> None:
    """Notice the tasks whose due date passed since anybody looked, however long ago that was."""
    notice_overdue_tasks()


def _told_where(event: str) -> bool:
    told = Event.objects.filter(id=uuid.UUID(event)).values_list("data", flat=True).first() or {}
    return not PLACE.isdisjoint(told.get("changes", {}))


def _settle(event: str, leads) -> None:  # type: ignore[no-untyped-def]
    for lead in leads.order_by("id").values_list("id", flat=True).iterator():
        settle_lead(lead, cause=uuid.UUID(event))
