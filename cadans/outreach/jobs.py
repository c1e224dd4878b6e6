"""Jobs that follow from mail on leads, and from the clock. Each may run twice without harm."""

from __future__ import annotations

import uuid
from contextlib import suppress

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from cadans.events.models import Event
from cadans.outreach.actions.sending import take_back
from cadans.outreach.audiences import jobs as audiences
from cadans.outreach.delivering import deliver
from cadans.outreach.fetching import fetch
from cadans.outreach.models import Mailbox
from cadans.outreach.queries.mail import due_mail

__all__ = ["audiences"]  # its jobs are found through this module

AT_ONCE = 500
"""How many waiting mails are taken up a minute."""


@app.task(name="cadans.outreach.jobs.send_queued_mail")
def send_queued_mail(*, event: str, subject: str) -> None:
    """Send the mail that was put on its way, and what else waits on its lead: jobs about one lead
    wait for each other, and the queue looks only now and then whether the next may begin."""
    told = Event.objects.filter(id=uuid.UUID(event)).values_list("data", flat=True).first() or {}
    if told.get("message"):
        deliver(uuid.UUID(told["message"]))
    for id in due_mail(AT_ONCE, lead=uuid.UUID(subject)):
        deliver(id)


@app.task(name="cadans.outreach.jobs.send_waiting_mail")
def send_waiting_mail(*, message: str) -> None:
    """Send a mail whose turn has come again."""
    deliver(uuid.UUID(message))


@app.periodic(cron="* * * * *", periodic_id="waiting_mail")
@app.task(name="cadans.outreach.jobs.take_up_mail", queueing_lock="cadans.take_up_mail")
def take_up_mail(timestamp: int) -> None:
    """Take back what a process that died left half-way, and send what waits for another try."""
    take_back()
    for id in due_mail(AT_ONCE):
        with suppress(AlreadyEnqueued):
            send_waiting_mail.configure(queueing_lock=f"mail:{id}").defer(message=str(id))


@app.task(name="cadans.outreach.jobs.fetch_mail")
def fetch_mail(*, mailbox: str) -> None:
    """Read what came into one mailbox."""
    found = Mailbox.objects.receiving().filter(id=uuid.UUID(mailbox)).first()
    if found is not None:
        fetch(found)


@app.periodic(cron="* * * * *", periodic_id="incoming_mail")
@app.task(name="cadans.outreach.jobs.fetch_all_mail", queueing_lock="cadans.fetch_all_mail")
def fetch_all_mail(timestamp: int) -> None:
    """Read every mailbox, each in a job of its own, so that a slow server delays no other."""
    for id in Mailbox.objects.receiving().order_by("id").values_list("id", flat=True):
        with suppress(AlreadyEnqueued):
            fetch_mail.configure(queueing_lock=f"fetch:{id}").defer(mailbox=str(id))
