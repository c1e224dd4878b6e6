"""Keep what was found: fill what is blank with what is sure, and suggest the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from cadans.contacts.actions import change_company, change_person
from cadans.contacts.models import Company, Person
from cadans.enrichment.columns import PLACE, change_to, has_column, says_the_same, typed
from cadans.enrichment.models import Fact
from cadans.enrichment.queries import whom
from cadans.enrichment.reading.found import SURE, Found, agreed
from cadans.ground.errors import CadansError
from cadans.team.models import User

NOTED = 60
"""What has no field of its own is shown from this confidence on."""

State = Fact.State


def keep_facts(
    subject: Company | Person, found: Iterable[Found], *, whole: bool = True
) -> list[Fact]:
    """Keep facts about somebody or something, and fill blank fields with those that are sure.

    What a person typed is never changed, and what they refused does not come back. Suggestions
    of an earlier look that were not found again go, unless only part of the look came through
    (not `whole`).
    """
    facts = agreed(found)
    with transaction.atomic():
        subject = _held(subject)
        known = {
            (one.field, one.value.casefold()): one for one in Fact.objects.filter(**whom(subject))
        }
        kept, to_fill = [], []
        for one in facts:
            state = _state(subject, one, facts)
            fact = known.get((one.field, one.value.casefold()))
            if fact is None and state is None:
                continue
            if fact is None:
                fact = Fact(field=one.field, value=one.value, **whom(subject))
            if state is not None and fact.state in {"", State.SUGGESTED, State.NOTED}:
                fact.state = state
                to_fill += [fact] if state == State.FILLED else []
            fact.source, fact.url, fact.confidence = one.source, one.url, one.confidence
            fact.found_at = timezone.now()
            kept.append(fact)
        stays = {one.id for one in kept}
        gone = [
            one.id
            for one in known.values()
            if whole and one.id not in stays and one.state in {State.SUGGESTED, State.NOTED}
        ]
        Fact.objects.filter(id__in=gone).delete()
        _fill(subject, to_fill)
        for fact in kept:
            fact.save()
    return kept


def _held(subject: Company | Person) -> Company | Person:
    """The row as it is now, held, so that nobody types into it meanwhile."""
    rows = type(subject)._default_manager.select_for_update(of=("self",))
    found: Company | Person = rows.get(id=subject.id)
    return found


def _state(subject: Company | Person, one: Found, facts: Sequence[Found]) -> Fact.State | None:
    """What becomes of a new fact; None when it is not worth keeping."""
    if not has_column(subject, one.field):
        return State.NOTED if one.confidence >= NOTED else None
    there = typed(subject, one.field)
    if there and says_the_same(one.field, there, one.value):
        return State.NOTED
    if one.confidence < SURE:
        return None if there else State.SUGGESTED
    if there:
        return State.SUGGESTED
    return State.FILLED if _belongs(subject, one, facts) else State.SUGGESTED


def _belongs(subject: Company | Person, one: Found, facts: Sequence[Found]) -> bool:
    """Whether a part of an address is of the address that is there already."""
    if one.field not in PLACE:
        return True
    values = {fact.field: fact.value for fact in facts}
    return all(
        says_the_same(name, there, values.get(name, ""))
        for name in PLACE
        if (there := typed(subject, name))
    )


def _fill(subject: Company | Person, facts: list[Fact]) -> None:
    """Each for itself: one that its field does not take (too long) remains a suggestion."""
    for fact in facts:
        fact.before = _raw(subject, fact.field)
        try:
            with transaction.atomic():
                put(None, subject, fact.field, fact.value, via="lookup")
        except CadansError:
            fact.state = State.SUGGESTED


def _raw(subject: Company | Person, field: str) -> str:
    if field == "employer":
        return ""
    value = getattr(subject, field)
    return "" if value is None else str(value)[:200]


def put(actor: User | None, subject: Company | Person, field: str, value: str, *, via: str) -> None:
    """Put a value in a field of a person or company, through the actions of their room."""
    if isinstance(subject, Company):
        change_company(actor, subject, changes=change_to(field, value), via=via)
    elif field == "employer":
        company = Company.objects.filter(domain=value, deleted_at=None).first() if value else None
        change_person(actor, subject, changes={"company": company}, via=via)
    else:
        change_person(actor, subject, changes=change_to(field, value), via=via)
