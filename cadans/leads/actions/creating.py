"""Make a lead: find or make its people, route it, assign it, begin its first stage."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from cadans.assignment.queries import atlas
from cadans.contacts.actions import find_or_add_company, find_or_add_person, tags_named
from cadans.contacts.drafts import CompanyDraft, PersonDraft
from cadans.contacts.models import BuyingRole, Company, Person
from cadans.events.act import Act
from cadans.ground.asking import rows
from cadans.ground.custom_fields import CustomField, clean_values
from cadans.ground.errors import Conflict, Invalid
from cadans.ground.money import LARGEST, check_currency
from cadans.leads.actions.locating import piece_of_company
from cadans.leads.actions.locking import past, short
from cadans.leads.drafts import LeadDraft
from cadans.leads.facts import ROUTED_BY, facts_for_routing, nothing_yet
from cadans.leads.lead import Lead, LeadPerson, LeadProduct
from cadans.leads.settle import Deed, carry_out, settle
from cadans.process import decide
from cadans.process.models import Pipeline, published
from cadans.process.queries import route, stage_named
from cadans.team.models import User
from cadans.team.queries import organisation


def create_lead(
    actor: User | None,
    draft: LeadDraft,
    *,
    assign: bool = True,
    quietly: bool = False,
    via: str = "web",
) -> Lead:
    """Make a lead and begin its first stage (or the stage the draft names).

    Without a pipeline the routing rules choose one. Without an owner the assignment rules of
    the stage choose one when `assign` is set; else the actor owns it. Raises Invalid, and
    Conflict when the external id is taken.
    """
    at = past(draft.opened_at, pointer="/opened_at")
    value, currency = clean_value(draft.value, draft.currency)
    _refuse_taken_id(draft.external_id)
    with _told_when_taken(draft), Act(actor, at=at, via=via, quietly=quietly) as act:
        company = draft.company
        if company is not None and not isinstance(company, Company):
            company = _company(act, company)
        people = _people(act, draft, company)
        territory, found_by = _territory(draft, company)
        pipeline, routed = _pipeline(draft, value, currency, company, territory)
        process = published(_version_of(pipeline))
        if draft.stage:
            key = stage_named(pipeline, draft.stage).key
        else:
            key = process.design.stages[0].key
        lead = Lead(
            title=_title(draft, company, [person for person, _role in people]),
            pipeline=pipeline,
            version_id=process.version,
            stage=process.stage(key),
            value=value,
            currency=currency,
            owner=draft.owner or (None if assign else actor),
            company=company,
            source=draft.source,
            territory_id=territory,
            competitor=short(draft.competitor, 120, pointer="/competitor"),
            opened_at=at,
            stage_entered_at=at,
            touched_at=at,
            expected_close=draft.expected_close,
            custom=_custom(draft.custom),
            external_id=draft.external_id or None,
            revision=0,
        )
        act.add(lead)
        parts = _hang_on(act, lead, draft, people)
        deed = Deed(act, lead, process, None, gathered=nothing_yet(parts))
        created = deed.record(
            "lead_created", data={"fields": told(lead)}, because={**routed, **found_by}
        )
        act.caused_from_now_on_by(created)
        stage = process.design.stage(key)
        choose = assign and draft.owner is None
        because = {"rule": "created", "stage": key, "version": process.number}
        carry_out(deed, decide.enter(stage, because, assign=choose))
        settle(deed)
    return lead


def clean_value(
    value: Any, currency: str, *, pointer: str = "/value"
) -> tuple[Decimal | None, str]:
    """An amount and its currency (the organisation's by default). Raises Invalid."""
    if value is None:
        return None, ""
    amount = Decimal(value)
    if not amount.is_finite() or amount < 0 or amount > LARGEST:
        raise Invalid(
            _("The value must be an amount of 0 or more, at most %(largest)s.")
            % {"largest": LARGEST},
            pointer=f"{pointer}/amount",
        )
    exponent = amount.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -2:
        raise Invalid(_("The value has more than two decimals."), pointer=f"{pointer}/amount")
    code = (currency or organisation().currency).upper()
    try:
        check_currency(code)
    except Exception as error:
        raise Invalid(
            _("“%(code)s” is not a currency (use a code such as EUR).") % {"code": currency},
            pointer=f"{pointer}/currency",
        ) from error
    return amount.quantize(Decimal("0.01")), code


def told(lead: Lead) -> dict[str, Any]:
    """A lead's own fields as events tell them."""
    return {
        "title": lead.title,
        "pipeline": lead.pipeline_id,
        "value": lead.value,
        "currency": lead.currency,
        "owner": lead.owner_id,
        "company": lead.company_id,
        "source": lead.source_id,
        "territory": lead.territory_id,
        "competitor": lead.competitor,
        "opened_at": lead.opened_at,
        "expected_close": lead.expected_close,
        "custom": lead.custom,
        "external_id": lead.external_id,
    }


def _company(act: Act, draft: CompanyDraft) -> Company:
    try:
        return find_or_add_company(act, draft)
    except Invalid as error:
        error.pointer = f"/company{error.pointer}"
        raise


def _people(act: Act, draft: LeadDraft, company: Company | None) -> list[tuple[Person, str]]:
    people: dict[Any, tuple[Person, str]] = {}
    for n, part in enumerate(draft.people):
        if part.role and part.role not in BuyingRole.values:
            raise Invalid(
                _("“%(role)s” is not a buying role. It can be: %(known)s.")
                % {"role": part.role, "known": ", ".join(BuyingRole.values)},
                pointer=f"/people/{n}/role",
            )
        try:
            person = (
                find_or_add_person(act, part.person, company)
                if isinstance(part.person, PersonDraft)
                else part.person
            )
        except Invalid as error:
            error.pointer = f"/people/{n}{error.pointer}"
            raise
        people.setdefault(person.id, (person, part.role))
    return list(people.values())


def _territory(
    draft: LeadDraft, company: Company | None
) -> tuple[uuid.UUID | None, Mapping[str, Any]]:
    """The territory that the draft names, else the one in which its company lies; and by what."""
    if draft.territory is not None or company is None:
        return draft.territory.id if draft.territory else None, {}
    piece = piece_of_company(company)
    if piece is None:
        return None, {}
    return piece.territory, {"territory": piece.path[0], "area": str(piece)}


def _pipeline(
    draft: LeadDraft,
    value: Decimal | None,
    currency: str,
    company: Company | None,
    territory: uuid.UUID | None,
) -> tuple[Pipeline, Mapping[str, Any]]:
    if draft.pipeline is not None:
        return draft.pipeline, {}
    return route(lambda: _routing_facts(draft, value, currency, company, territory))


def _routing_facts(
    draft: LeadDraft,
    value: Decimal | None,
    currency: str,
    company: Company | None,
    territory: uuid.UUID | None,
) -> dict[str, Any]:
    return facts_for_routing(
        title=draft.title,
        value=value,
        currency=currency,
        competitor=draft.competitor,
        tags=draft.tags,
        source=draft.source.name if draft.source else None,
        territory=atlas().paths.get(territory, ()) if territory else None,
        products=[
            (line.product.name, line.product.line.name if line.product.line else "")
            for line in draft.products
        ],
        company={name: getattr(company, name) for name in ROUTED_BY} if company else {},
        custom=draft.custom,
    )


def _version_of(pipeline: Pipeline) -> Any:
    if pipeline.version_id is None or pipeline.archived_at is not None:
        raise Invalid(
            _("Pipeline “%(name)s” is not published, so it takes no leads.")
            % {"name": pipeline.name},
            pointer="/pipeline",
            code="pipeline_not_live",
        )
    return pipeline.version_id


def _title(draft: LeadDraft, company: Company | None, people: list[Person]) -> str:
    title = short(draft.title, 200, pointer="/title")
    title = title or (company.name if company else "") or (people[0].name if people else "")
    if not title:
        message = _("A lead needs a title, a company or a person.")
        raise Invalid(message, pointer="/title", fields={"title": message})
    return title[:200]


def _custom(raw: Mapping[str, Any]) -> dict[str, Any]:
    if not raw:
        return {}
    return clean_values(CustomField.objects.filter(subject=CustomField.Subject.LEAD), raw)


def _hang_on(
    act: Act, lead: Lead, draft: LeadDraft, people: list[tuple[Person, str]]
) -> list[LeadPerson]:
    parts = [
        LeadPerson(lead=lead, person=person, role=role, is_first=n == 0)
        for n, (person, role) in enumerate(people)
    ]
    act.add(*parts)
    if draft.products:
        LeadProduct.objects.bulk_create(
            LeadProduct(
                lead=lead,
                product=line.product,
                quantity=line.quantity,
                price=line.product.price if line.price is None else line.price,
            )
            for line in draft.products
        )
    if draft.tags:
        lead.tags.set(tags_named(draft.tags))
    return parts


def _refuse_taken_id(external_id: str | None) -> None:
    taken = "SELECT FROM leads_lead WHERE external_id = %s AND deleted_at IS NULL"
    if external_id and rows(taken, external_id):
        raise _taken(external_id)


@contextmanager
def _told_when_taken(draft: LeadDraft) -> Iterator[None]:
    """Two programs that make the same lead at once: the second learns that it is there."""
    try:
        yield
    except IntegrityError as error:
        if "one_lead_an_external_id" not in str(error):
            raise
        raise _taken(draft.external_id) from error


def _taken(external_id: str | None) -> Conflict:
    return Conflict(
        _("There is already a lead with external id “%(id)s”.") % {"id": external_id},
        pointer="/external_id",
        code="duplicate",
    )
