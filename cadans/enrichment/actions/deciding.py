"""A person's yes or no to what was found, and taking back what was filled in."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from cadans.contacts.actions import add_company
from cadans.contacts.models import Company, Person
from cadans.enrichment.actions.keeping import put
from cadans.enrichment.columns import has_column, made_up_name, typed
from cadans.enrichment.models import Fact
from cadans.enrichment.queries import whom
from cadans.ground.errors import Conflict, NotFound
from cadans.team.models import User

State = Fact.State


def accept_fact(actor: User, fact: Fact, *, via: str = "web") -> Fact:
    """Put a suggestion in its field, over what is there: a person chose so. Raises Conflict."""
    with transaction.atomic():
        fact = _held(fact)
        if fact.state not in {State.SUGGESTED, State.DISMISSED, State.UNDONE}:
            raise Conflict(_("This is not a suggestion any more."), code="not_suggested")
        subject = fact.subject
        if not has_column(subject, fact.field):
            fact.state = State.NOTED
        else:
            fact.before = typed(subject, fact.field)[:200]
            if fact.field == "employer":
                _make_employer(actor, fact.value, via)
            put(actor, subject, fact.field, fact.value, via=via)
            fact.state = State.ACCEPTED
            others = Fact.objects.filter(**whom(subject), state=State.SUGGESTED, field=fact.field)
            others.exclude(id=fact.id).update(state=State.DISMISSED)
        fact.save()
    return fact


def dismiss_fact(actor: User, fact: Fact, *, via: str = "web") -> Fact:
    """Say no to a suggestion, or to a note; it does not come back. Raises Conflict."""
    with transaction.atomic():
        fact = _held(fact)
        if fact.state not in {State.SUGGESTED, State.NOTED}:
            raise Conflict(_("This is not a suggestion any more."), code="not_suggested")
        fact.state = State.DISMISSED
        fact.save()
    return fact


def undo_fact(actor: User, fact: Fact, *, via: str = "web") -> Fact:
    """Take a fact out of its field again, where it still is; it does not come back by itself.

    What was there before returns. Raises Conflict when somebody changed the field since.
    """
    with transaction.atomic():
        fact = _held(fact)
        if fact.state not in {State.FILLED, State.ACCEPTED}:
            raise Conflict(_("There is nothing to take back."), code="not_filled")
        subject = fact.subject
        if typed(subject, fact.field) != fact.value:
            raise Conflict(
                _("Somebody changed this field since; it stays as it is."), code="changed_since"
            )
        before = fact.before
        if fact.field == "name" and not before:
            before = made_up_name(subject)
        put(actor, subject, fact.field, before, via=via)
        fact.state = State.UNDONE
        fact.save()
    return fact


def undo_filled(actor: User, subject: Company | Person, *, via: str = "web") -> list[Fact]:
    """Take back everything that was filled in by itself and is still as it was filled in."""
    undone = []
    with transaction.atomic():
        for fact in Fact.objects.filter(**whom(subject), state=State.FILLED):
            try:
                with transaction.atomic():
                    undone.append(undo_fact(actor, fact, via=via))
            except Conflict:
                continue
    return undone


def _held(fact: Fact) -> Fact:
    found = Fact.objects.select_for_update(of=("self",)).filter(id=fact.id).first()
    if found is None or found.subject.deleted_at is not None:
        raise NotFound(_("It is no longer there."))
    return found


def _make_employer(actor: User, domain: str, via: str) -> None:
    if not Company.objects.filter(domain=domain, deleted_at=None).exists():
        add_company(actor, name=domain, domain=domain, via=via)
