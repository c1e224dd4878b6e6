"""Looking up in the background: who is new, and what a person asked for.

The first job only finds the domain, for the second to wait its turn: so few look-ups run at once
that other jobs never wait for slow sites.
"""

from __future__ import annotations

import uuid
import zlib

from django.utils import translation
from procrastinate.contrib.django import app

from cadans.contacts.models import Company, Person
from cadans.enrichment.actions import look_up
from cadans.enrichment.models import Inquiry
from cadans.enrichment.queries import is_due, key_of, switches
from cadans.team.queries import organisation

AT_ONCE = 2
"""Look-ups that run at the same time, however many workers there are."""


@app.task(name="cadans.enrichment.jobs.look_up_new_company")
def look_up_new_company(*, event: str, subject: str) -> None:
    """Have a new company looked up, or one whose website is another now."""
    _queue(Company.objects.present().filter(id=uuid.UUID(subject)).first())


@app.task(name="cadans.enrichment.jobs.look_up_new_person")
def look_up_new_person(*, event: str, subject: str) -> None:
    """Have a new person looked up, or one whose address is another now."""
    _queue(Person.objects.present().filter(id=uuid.UUID(subject)).first())


@app.task(name="cadans.enrichment.jobs.look_up_again")
def look_up_again(*, event: str, subject: str) -> None:
    """Look up what a person asked for."""
    inquiry = Inquiry.objects.filter(id=uuid.UUID(subject), ended_at=None).first()
    if inquiry is not None:
        _defer(inquiry.subject, asked=True)


@app.task(name="cadans.enrichment.jobs.ask_outside")
def ask_outside(*, kind: str, subject: str, asked: bool) -> None:
    """Ask outside about a company or person. A second run finds that nothing is due."""
    rows = Company.objects.present() if kind == "company" else Person.objects.present()
    found = rows.filter(id=uuid.UUID(subject)).first()
    if found is not None:
        with translation.override(organisation().language):
            look_up(found, asked=asked)


def _queue(subject: Company | Person | None) -> None:
    if subject is not None and switches().asks_sites and is_due(subject, by_hand=False):
        _defer(subject, asked=False)


def _defer(subject: Company | Person, *, asked: bool) -> None:
    domain = key_of(subject).rpartition("@")[2]
    place = zlib.crc32(domain.encode()) % AT_ONCE
    # Behind whatever else there is to do; those of one domain one after the other.
    ask_outside.configure(lock=f"enrichment:{place}", priority=-10).defer(
        kind="company" if isinstance(subject, Company) else "person",
        subject=str(subject.id),
        asked=asked,
    )
