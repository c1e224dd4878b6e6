"""Looking somebody or something up: on asking, or because they are new."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cadans.contacts.actions import add_company
from cadans.contacts.models import Company, Person
from cadans.enrichment.actions.keeping import keep_facts
from cadans.enrichment.gravatar import profile_facts
from cadans.enrichment.models import Inquiry, Switches
from cadans.enrichment.queries import is_due, key_of, switches, whom
from cadans.enrichment.reading.addresses import Address, Domain, address_of, kind_of_domain, name_in
from cadans.enrichment.reading.found import Found
from cadans.enrichment.records import mail_facts
from cadans.enrichment.visiting import Visit, visit
from cadans.events.act import Act, Subject
from cadans.ground.errors import Conflict, Invalid
from cadans.ground.fetching import Fetcher
from cadans.team.models import User
from cadans.team.queries import require_role

VIA = "lookup"
"""How the log tells that it was not a person who filled something in."""


def change_switches(
    actor: User | None, *, changes: Mapping[str, bool], via: str = "web"
) -> Switches:
    """Turn looking up on or off. Raises NotAllowed, or Invalid for an unknown switch."""
    require_role(actor, User.Role.ADMIN)
    with Act(actor, via=via) as act:
        now = Switches.objects.select_for_update().first() or Switches()
        for name, is_on in changes.items():
            if name not in {"asks_sites", "asks_gravatar"}:
                raise Invalid(
                    _("There is no field “%(name)s”.") % {"name": name}, pointer=f"/{name}"
                )
            setattr(now, name, is_on)
        now.save()
        act.record("lookups_switched", Subject("switches", now.id), data={"changes": changes})
    return now


def ask_look_up(actor: User | None, subject: Company | Person, *, via: str = "web") -> Inquiry:
    """Have somebody or something looked up anew, in the background.

    Raises Conflict where looking up is off, where there is nothing to begin with, or where it
    was asked a moment ago.
    """
    now = switches()
    if not (now.asks_sites or (now.asks_gravatar and isinstance(subject, Person))):
        raise Conflict(
            _("Looking up is off. An administrator can turn it on in the settings."),
            code="lookups_off",
        )
    if not key_of(subject):
        words = (
            _("Fill in the website first: that is where looking up begins.")
            if isinstance(subject, Company)
            else _("Fill in the e-mail address first: that is where looking up begins.")
        )
        raise Conflict(words, code="nothing_to_begin_with")
    with Act(actor, via=via) as act:
        if not is_due(subject, by_hand=True):
            raise Conflict(
                _("This was looked up a moment ago. Try again in a minute."), code="just_looked_up"
            )
        inquiry = _begun(subject)
        act.record("lookup_asked", Subject("inquiry", inquiry.id))
    return inquiry


def look_up(subject: Company | Person, *, asked: bool = False) -> None:
    """Ask outside what is to be known, and keep it. Does nothing where it may not or need not.

    `asked`: a person did, so that what is known already does not hold us back.
    """
    if not asked:
        if not is_due(subject, by_hand=False):
            return
        _begun(subject)
    with Fetcher(connections=2) as out:
        if isinstance(subject, Company):
            _look_up_company(out, subject)
        else:
            _look_up_person(out, subject)


def _look_up_company(out: Fetcher, company: Company) -> None:
    if not switches().asks_sites or not company.domain:
        return _ended(company)
    if kind_of_domain(company.domain) is not Domain.COMPANY:
        return _ended(company, _("This is not a domain of a company's own."))
    seen = visit(out, company.domain)
    facts = [*seen.facts, *mail_facts(company.domain)]
    keep_facts(company, facts, whole=seen.was_answered)
    return _ended(company, _trouble(seen))


def _look_up_person(out: Fetcher, person: Person) -> None:
    now, address = switches(), address_of(person.email)
    if address is None:
        return _ended(person)
    found = [fact for fact in (name_in(address), _kind_of(address)) if fact is not None]
    if now.asks_gravatar and address.kind is not Domain.RESERVED:
        found += profile_facts(out, person.email)
    trouble = ""
    if now.asks_sites and address.kind is Domain.COMPANY and person.company_id is None:
        trouble = _find_employer(out, address, found)
    keep_facts(person, found)
    return _ended(person, trouble)


def _find_employer(out: Fetcher, address: Address, found: list[Found]) -> str:
    """Find the company of the address's domain, or make it where the domain has a site of its
    own; else only suggest it."""
    company = Company.objects.filter(domain=address.domain, deleted_at=None).first()
    if company is not None:
        found.append(Found("employer", address.domain, "address", "", 90))
        return ""
    seen = visit(out, address.domain)
    mail = mail_facts(address.domain)
    names = [fact for fact in seen.facts if fact.field == "name" and fact.confidence >= 65]
    own = any(fact.field == "website" and fact.confidence > 60 for fact in seen.facts)
    if not own:
        found.append(Found("employer", address.domain, "address", "", 50))
        return _trouble(seen)
    with transaction.atomic():
        company = add_company(
            None,
            name=names[0].value if names else address.domain,
            domain=address.domain,
            via=VIA,
        )
        _begun(company)
        keep_facts(company, [*seen.facts, *mail])
        _ended(company)
    found.append(Found("employer", address.domain, "address", "", 90))
    return ""


def _kind_of(address: Address) -> Found | None:
    if address.kind is Domain.COMPANY and address.is_shared:
        return Found("mailbox", "shared", "address", "", 90)
    if address.kind in {Domain.FREE, Domain.THROWAWAY}:
        return Found("mailbox", address.kind.value, "address", "", 90)
    return None


def _trouble(seen: Visit) -> str:
    return seen.trouble.message if seen.trouble is not None else ""


def _begun(subject: Company | Person) -> Inquiry:
    inquiry, _new = Inquiry.objects.update_or_create(
        **whom(subject),
        defaults={
            "key": key_of(subject),
            "begun_at": timezone.now(),
            "ended_at": None,
            "trouble": "",
        },
    )
    return inquiry


def _ended(subject: Company | Person, trouble: str = "") -> None:
    Inquiry.objects.filter(**whom(subject)).update(ended_at=timezone.now(), trouble=trouble[:300])
