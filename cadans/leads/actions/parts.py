"""The people and products on a lead."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from cadans.contacts.actions import find_or_add_person
from cadans.contacts.drafts import PersonDraft
from cadans.contacts.models import BuyingRole, Person
from cadans.events.act import Act
from cadans.ground.errors import Invalid, NotFound
from cadans.leads.actions.locking import take
from cadans.leads.drafts import LineDraft
from cadans.leads.facts import people_on
from cadans.leads.lead import Lead, LeadPerson, LeadProduct
from cadans.leads.settle import settle
from cadans.team.models import User


def add_person_to_lead(
    actor: User | None,
    lead: Lead | uuid.UUID,
    *,
    person: Person | PersonDraft,
    role: str = "",
    via: str = "web",
) -> LeadPerson:
    """Put a person on a lead (found or made when a draft); on it already, their role changes."""
    _check_role(role)
    with Act(actor, via=via) as act:
        deed = take(act, lead, actor=actor)
        if isinstance(person, PersonDraft):
            person = find_or_add_person(act, person, deed.lead.company)
        part = LeadPerson.objects.filter(lead=deed.lead, person=person).first()
        if part is not None:
            part.role = role or part.role
            part.save(update_fields=["role"])
        else:
            first = not LeadPerson.objects.filter(lead=deed.lead, is_first=True).exists()
            part = LeadPerson(lead=deed.lead, person=person, role=role, is_first=first)
            part.save(force_insert=True)
            if person in act.new(Person):  # whose row is written when the act ends
                somebody = (role, person.name, person.email, person.phone)
                deed.gathered["people"] = (*people_on(deed.lead), somebody)
        event = act.record(
            "lead_person_set", deed.subject, data={"person": person.id, "role": part.role}
        )
        act.caused_from_now_on_by(event)
        settle(deed)
    return part


def change_role(
    actor: User | None, lead: Lead | uuid.UUID, *, person: Person, role: str, via: str = "web"
) -> LeadPerson:
    """Change a person's buying role on a lead ("" for none known)."""
    _check_role(role)
    with Act(actor, via=via) as act:
        deed = take(act, lead, actor=actor)
        part = _part(deed.lead, person)
        part.role = role
        part.save(update_fields=["role"])
        event = act.record(
            "lead_person_set", deed.subject, data={"person": person.id, "role": role}
        )
        act.caused_from_now_on_by(event)
        settle(deed)
    return part


def remove_person_from_lead(
    actor: User | None, lead: Lead | uuid.UUID, *, person: Person, via: str = "web"
) -> None:
    """Take a person off a lead."""
    with Act(actor, via=via) as act:
        deed = take(act, lead, actor=actor)
        _part(deed.lead, person).delete()
        act.record("lead_person_removed", deed.subject, data={"person": person.id})
        settle(deed)


def set_products(
    actor: User | None,
    lead: Lead | uuid.UUID,
    *,
    lines: Sequence[LineDraft],
    sets_value: bool = False,
    via: str = "web",
) -> Lead:
    """Replace the products on a lead; with `sets_value` their sum becomes the lead's value."""
    with Act(actor, via=via) as act:
        deed = take(act, lead, actor=actor)
        for n, line in enumerate(lines):
            if line.quantity <= 0:
                raise Invalid(_("The quantity must be above 0."), pointer=f"/products/{n}/quantity")
        LeadProduct.objects.filter(lead=deed.lead).delete()
        rows = [
            LeadProduct(
                lead=deed.lead,
                product=line.product,
                quantity=line.quantity,
                price=line.product.price if line.price is None else line.price,
            )
            for line in lines
        ]
        LeadProduct.objects.bulk_create(rows)
        event = act.record(
            "lead_products_set",
            deed.subject,
            data={
                "products": [
                    {"product": row.product_id, "quantity": row.quantity, "price": row.price}
                    for row in rows
                ]
            },
        )
        act.caused_from_now_on_by(event)
        if sets_value:
            _set_value(deed.lead, rows, act, deed.subject)
        settle(deed)
    return deed.lead


def _set_value(lead: Lead, rows: Sequence[LeadProduct], act: Act, subject: object) -> None:
    total = sum((row.quantity * (row.price or Decimal(0)) for row in rows), Decimal(0))
    before = lead.value
    currency = lead.currency or next(
        (row.product.currency for row in rows if row.product.currency), ""
    )
    if not currency:
        return
    lead.value, lead.currency = total.quantize(Decimal("0.01")), currency
    act.record(
        "lead_changed",
        subject,  # type: ignore[arg-type]
        data={"changes": {"value": [before, lead.value]}},
    )


def _part(lead: Lead, person: Person) -> LeadPerson:
    part = LeadPerson.objects.filter(lead=lead, person=person).first()
    if part is None:
        raise NotFound(_("“%(person)s” is not on this lead.") % {"person": person.name})
    return part


def _check_role(role: str) -> None:
    if role and role not in BuyingRole.values:
        raise Invalid(
            _("“%(role)s” is not a buying role. It can be: %(known)s.")
            % {"role": role, "known": ", ".join(BuyingRole.values)},
            pointer="/role",
        )
