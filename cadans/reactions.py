"""How news travels up: one table from kinds of events to the jobs that follow, and the one job
that every act defers, `react`.

What follows from an event has one answer, here. Actions never defer jobs themselves.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app

from cadans.automations import jobs as automations
from cadans.enrichment import jobs as enrichment
from cadans.events.models import Event
from cadans.exchange import jobs as exchange
from cadans.insight.jobs import alerts
from cadans.leads import jobs as leads
from cadans.notifications import jobs as notifications
from cadans.outreach import jobs as outreach
from cadans.outreach.audiences import jobs as audiences
from cadans.playbooks import jobs as playbooks

REACTIONS: dict[str, tuple[Any, ...]] = {
    "import_asked": (exchange.carry_out_import,),
    "company_added": (enrichment.look_up_new_company,),
    "company_changed": (leads.settle_leads_of_company, enrichment.look_up_new_company),
    "person_added": (enrichment.look_up_new_person,),
    "person_changed": (leads.settle_leads_of_person, enrichment.look_up_new_person),
    "lookup_asked": (enrichment.look_up_again,),
    "lead_assigned": (notifications.tell_of_assignment,),
    "task_added": (notifications.tell_of_task,),
    "notification_to_mail": (notifications.mail_notification,),
    "automation_begun": (automations.carry_out,),
    "process_published": (leads.settle_leads_of_pipeline,),
    "drop_found": (alerts.tell_of_drop,),
    "mail_queued": (outreach.send_queued_mail,),
    "try_asked": (playbooks.try_out,),
    "routing_try_asked": (playbooks.try_routing_out,),
    "stage_entered": (audiences.lay_audiences,),
    "stage_left": (audiences.lay_audiences,),
    "lead_person_set": (audiences.lay_audiences,),
    "audience_retried": (audiences.see_to_audience,),
}


@app.task(name="cadans.reactions.react", retry=5)
def react(*, act: str) -> None:
    """Defer the jobs that follow from an act's events, each under a key of its own.

    All are deferred in one transaction, so that a worker that dies half-way and tries again
    defers none of them twice.
    """
    events = Event.objects.filter(act=uuid.UUID(act), kind__in=REACTIONS).order_by("id")
    with transaction.atomic():
        for event in events:
            for job in REACTIONS[event.kind]:
                job.configure(lock=f"{job.name}:{event.subject}").defer(
                    event=str(event.id), subject=str(event.subject)
                )
