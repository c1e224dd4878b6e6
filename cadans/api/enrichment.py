"""What was looked up about people and companies: facts with their source, yes or no to them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Literal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel

from cadans.api.answers import answer
from cadans.api.auth import SET_UP, ApiRequest
from cadans.api.schemas.kinds import Wish
from cadans.contacts.models import Company, Person
from cadans.contacts.queries import companies, people
from cadans.enrichment import actions
from cadans.enrichment.models import Fact
from cadans.enrichment.queries import fact_named, facts_about, inquiry_about, switches
from cadans.ground.errors import NotFound
from cadans.ground.rows import one_of

router = Router(tags=["lookups"])
switching = Router(tags=["lookups"], auth=SET_UP)
of_companies = Router(tags=["lookups"])
of_people = Router(tags=["lookups"])


class FactShown(BaseModel):
    """A fact: its value, from where, when, how sure (0 to 100), and what became of it."""

    id: uuid.UUID
    field: str
    value: str
    source: str
    url: str
    confidence: int
    found_at: datetime
    state: Literal["suggested", "filled", "accepted", "noted", "dismissed", "undone"]


class LookupShown(BaseModel):
    """What is known by looking somebody or something up; `ended_at` is null while it goes on."""

    begun_at: datetime | None
    ended_at: datetime | None
    trouble: str
    facts: list[FactShown]


class SwitchesShown(BaseModel):
    """What may be asked outside."""

    asks_sites: bool
    asks_gravatar: bool


class SwitchesWish(Wish):
    """Which switches to turn; what is left out stays."""

    asks_sites: bool | None = None
    asks_gravatar: bool | None = None


@of_companies.get("/{company}/facts", response=LookupShown)
def show_company_facts(request: ApiRequest, company: uuid.UUID) -> HttpResponse:
    """What was found about a company."""
    return _lookup(one_of(companies(), company))


@of_people.get("/{person}/facts", response=LookupShown)
def show_person_facts(request: ApiRequest, person: uuid.UUID) -> HttpResponse:
    """What was found about a person."""
    return _lookup(one_of(people(), person))


@of_companies.post("/{company}/look-up", response={202: LookupShown})
def look_company_up(request: ApiRequest, company: uuid.UUID) -> HttpResponse:
    """Look a company up anew, in the background. 409 when it is off, or was asked just now."""
    found = one_of(companies(), company)
    actions.ask_look_up(request.auth.user, found, via="api")
    return _lookup(found, status=202)


@of_people.post("/{person}/look-up", response={202: LookupShown})
def look_person_up(request: ApiRequest, person: uuid.UUID) -> HttpResponse:
    """Look a person up anew, in the background. 409 when it is off, or was asked just now."""
    found = one_of(people(), person)
    actions.ask_look_up(request.auth.user, found, via="api")
    return _lookup(found, status=202)


@router.post("/facts/{fact}/accept", response=FactShown)
def accept_fact(request: ApiRequest, fact: uuid.UUID) -> HttpResponse:
    """Put a suggestion in its field, over what is there."""
    return _show(actions.accept_fact(request.auth.user, _fact(fact), via="api"))


@router.post("/facts/{fact}/dismiss", response=FactShown)
def dismiss_fact(request: ApiRequest, fact: uuid.UUID) -> HttpResponse:
    """Say no to a fact; it does not come back."""
    return _show(actions.dismiss_fact(request.auth.user, _fact(fact), via="api"))


@router.post("/facts/{fact}/undo", response=FactShown)
def undo_fact(request: ApiRequest, fact: uuid.UUID) -> HttpResponse:
    """Take a fact out of its field again; 409 when the field was changed since."""
    return _show(actions.undo_fact(request.auth.user, _fact(fact), via="api"))


@switching.get("/lookups", response=SwitchesShown)
def show_lookup_switches(request: ApiRequest) -> HttpResponse:
    """What may be asked outside."""
    now = switches()
    return answer(SwitchesShown(asks_sites=now.asks_sites, asks_gravatar=now.asks_gravatar))


@switching.patch("/lookups", response=SwitchesShown)
def change_lookup_switches(request: ApiRequest, body: SwitchesWish) -> HttpResponse:
    """Turn looking up on or off. For administrators."""
    wanted = {name: getattr(body, name) for name in body.model_fields_set}
    changes = {name: value for name, value in wanted.items() if value is not None}
    now = actions.change_switches(request.auth.user, changes=changes, via="api")
    return answer(SwitchesShown(asks_sites=now.asks_sites, asks_gravatar=now.asks_gravatar))


def _fact(id: uuid.UUID) -> Fact:
    fact = fact_named(id)
    if fact is None:
        raise NotFound(_("It is no longer there."))
    return fact


def _lookup(subject: Company | Person, *, status: int = 200) -> HttpResponse:
    inquiry = inquiry_about(subject)
    return answer(
        LookupShown(
            begun_at=inquiry.begun_at if inquiry else None,
            ended_at=inquiry.ended_at if inquiry else None,
            trouble=inquiry.trouble if inquiry else "",
            facts=[_shown(fact) for fact in facts_about(subject)],
        ),
        status=status,
    )


def _show(fact: Fact) -> HttpResponse:
    return answer(_shown(fact))


def _shown(fact: Fact) -> FactShown:
    return FactShown.model_construct(
        **{name: getattr(fact, name) for name in FactShown.model_fields}
    )
