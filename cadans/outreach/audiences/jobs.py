"""Mailing lists: wishes that follow from what happened to leads, and the job that fulfils them."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import datetime

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from cadans.events.models import Event
from cadans.ground.sealed import CannotOpen
from cadans.outreach.audiences.actions import work
from cadans.outreach.audiences.laying import lay_for
from cadans.outreach.audiences.providers import provider_of
from cadans.outreach.audiences.queries import accounts_with_work
from cadans.outreach.audiences.reconcile import reconcile
from cadans.outreach.models.audiences import Audience, MailingAccount


@app.task(name="cadans.outreach.jobs.lay_audiences", retry=5)
def lay_audiences(*, event: str, subject: str) -> None:
    """Lay what the audience steps of a stage ask for, and set the work going."""
    told = Event.objects.filter(id=uuid.UUID(event)).first()
    for account in lay_for(told) if told else ():
        _set_going(account)


@app.task(name="cadans.outreach.jobs.see_to_audience")
def see_to_audience(*, event: str, subject: str) -> None:
    """Set the work on a list going."""
    for account in Audience.objects.filter(id=uuid.UUID(subject)).values_list("account", flat=True):
        _set_going(account)


@app.task(name="cadans.outreach.jobs.reconcile_account")
def reconcile_account(*, account: str) -> None:
    """See to one account, unless somebody is at it or it is to be left in peace.

    Whoever is at it goes on until nothing is due; what comes too late for that is found by the
    clock.
    """
    row = MailingAccount.objects.filter(id=uuid.UUID(account)).first()
    if row is None or not work.claim_account(row):
        return
    try:
        provider = provider_of(row)
    except CannotOpen as problem:
        work.stop_account(row, problem.message)
        return
    try:
        again = reconcile(row, provider)
    finally:
        provider.close()
    if again is not None:
        _set_going(row.id, at=again)


@app.periodic(cron="* * * * *", periodic_id="audiences")
@app.task(name="cadans.outreach.jobs.see_to_audiences", queueing_lock="cadans.see_to_audiences")
def see_to_audiences(timestamp: int) -> None:
    """Set the work going where something is due, also what a stopped worker left behind."""
    for account in accounts_with_work():
        _set_going(account)


def _set_going(account: uuid.UUID, *, at: datetime | None = None) -> None:
    name = f"audiences:{account}" + (":later" if at else "")
    with suppress(AlreadyEnqueued):
        reconcile_account.configure(queueing_lock=name, schedule_at=at).defer(account=str(account))
