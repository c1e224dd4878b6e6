"""Every change to companies, people and tags."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from cadans.contacts.countries import country_code
from cadans.contacts.drafts import CompanyDraft, PersonDraft
from cadans.contacts.models import Company, Person, Tag
from cadans.events.act import Act, Subject
from cadans.ground.asking import first
from cadans.ground.custom_fields import CustomField, clean_values
from cadans.ground.errors import Conflict, Invalid, NotFound, Outdated
from cadans.team.models import User

COMPANY_FIELDS = frozenset(
    {
        "name",
        "domain",
        "industry",
        "kind",
        "market",
        "employees",
        "address",
        "postcode",
        "city",
        "region",
        "country",
        "phone",
        "parent",
        "external_id",
        "custom",
        "tags",
    }
)
PERSON_FIELDS = frozenset(
    {
        "name",
        "email",
        "phone",
        "job_title",
        "company",
        "language",
        "external_id",
        "custom",
        "tags",
    }
)

Contact = TypeVar("Contact", Company, Person)


def add_company(actor: User | None, *, via: str = "web", **fields: Any) -> Company:
    """Make a company. Raises Invalid, or Conflict when its domain is taken."""
    tags = fields.pop("tags", None)
    company = Company(**_clean_company(fields))
    _refuse_taken_domain(company)
    with Act(actor, via=via) as act:
        _insert(act, company, fields)
        _tag(company, tags)
    return company


def change_company(
    actor: User | None,
    company: Company,
    *,
    changes: Mapping[str, Any],
    revision: int | None = None,
    via: str = "web",
) -> Company:
    """Change fields of a company. Raises Invalid, Conflict, or Outdated on a lost race."""
    with Act(actor, via=via) as act:
        company = _locked(Company, company.id, revision)
        tags = changes.get("tags")
        cleaned = _clean_company({k: v for k, v in changes.items() if k != "tags"}, company)
        before = {name: getattr(company, name) for name in cleaned}
        for name, value in cleaned.items():
            setattr(company, name, value)
        if "domain" in cleaned:
            _refuse_taken_domain(company)
        _update(act, company, before, cleaned)
        _tag(company, tags)
    return company


def delete_company(
    actor: User | None, company: Company, *, revision: int | None = None, via: str = "web"
) -> None:
    """Take a company out of sight. Its leads and people stay and keep their history."""
    with Act(actor, via=via) as act:
        _delete(act, _locked(Company, company.id, revision))


def add_person(actor: User | None, *, via: str = "web", **fields: Any) -> Person:
    """Make a person. Raises Invalid, or Conflict when the e-mail address is taken."""
    tags = fields.pop("tags", None)
    person = Person(**_clean_person(fields))
    _refuse_taken_email(person)
    with Act(actor, via=via) as act:
        _insert(act, person, fields)
        _tag(person, tags)
    return person


def change_person(
    actor: User | None,
    person: Person,
    *,
    changes: Mapping[str, Any],
    revision: int | None = None,
    via: str = "web",
) -> Person:
    """Change fields of a person. Raises Invalid, Conflict, or Outdated on a lost race."""
    with Act(actor, via=via) as act:
        person = _locked(Person, person.id, revision)
        tags = changes.get("tags")
        cleaned = _clean_person({k: v for k, v in changes.items() if k != "tags"}, person)
        before = {name: getattr(person, name) for name in cleaned}
        for name, value in cleaned.items():
            setattr(person, name, value)
        if "email" in cleaned:
            _refuse_taken_email(person)
        _update(act, person, before, cleaned)
        _tag(person, tags)
    return person


def delete_person(
    actor: User | None, person: Person, *, revision: int | None = None, via: str = "web"
) -> None:
    """Take a person out of sight. Their part in leads stays in the history."""
    with Act(actor, via=via) as act:
        _delete(act, _locked(Person, person.id, revision))


def find_or_add_company(act: Act, draft: CompanyDraft) -> Company:
    """The company of that domain (else of exactly that name), made within `act` when missing.

    What the draft knows of a company that is there, and the company does not, is filled in.
    """
    fields = _clean_company(
        {
            "name": draft.name or draft.domain,
            "domain": draft.domain,
            "country": draft.country,
            "external_id": draft.external_id,
        }
    )
    domain, name = fields["domain"], fields["name"].lower()
    if domain:
        # Both ways at once; the domain, where it is known, comes first.
        found = first(
            Company,
            "deleted_at IS NULL AND (domain = %s OR (lower(name) = %s AND domain = '')) "
            "ORDER BY domain DESC, made_at LIMIT 1",
            domain,
            name,
        )
    else:
        found = first(
            Company, "deleted_at IS NULL AND lower(name) = %s ORDER BY made_at LIMIT 1", name
        )
    if found is not None:
        return _with_blanks_filled(act, found, fields)
    if (made := _made_just_now(act, Company, "domain", domain)) is not None:
        return made
    company = Company(**fields)
    _insert(act, company, fields)
    return company


def find_or_add_person(act: Act, draft: PersonDraft, company: Company | None = None) -> Person:
    """The person with that e-mail address, made within `act` when missing.

    What the draft knows of somebody who is there, and we did not, is filled in.
    """
    fields = _clean_person(
        {
            "email": draft.email,
            "name": draft.name,
            "phone": draft.phone,
            "job_title": draft.job_title,
            "external_id": draft.external_id,
            "company": company,
        }
    )
    if fields["email"]:
        found = first(Person, "deleted_at IS NULL AND email = %s LIMIT 1", fields["email"])
        if found is not None:
            return _with_blanks_filled(act, found, fields)
        if (made := _made_just_now(act, Person, "email", fields["email"])) is not None:
            return made
    person = Person(**fields)
    _insert(act, person, fields)
    return person


def _with_blanks_filled(act: Act, found: Contact, fields: Mapping[str, Any]) -> Contact:
    """What is known stays; and an id of another system is given by its maker, not guessed."""
    if not _blanks(found, fields):
        return found
    thing = _locked(type(found), found.id, None)
    blanks = _blanks(thing, fields)
    before = {name: getattr(thing, name) for name in blanks}
    for name, value in blanks.items():
        setattr(thing, name, value)
    _update(act, thing, before, blanks)
    return thing


def _blanks(thing: Company | Person, fields: Mapping[str, Any]) -> dict[str, Any]:
    column = {"company": "company_id"}
    return {
        name: value
        for name, value in fields.items()
        if name != "external_id" and value and not getattr(thing, column.get(name, name))
    }


def _made_just_now(act: Act, kind: type[Contact], field: str, value: str) -> Contact | None:
    return next((one for one in act.new(kind) if value and getattr(one, field) == value), None)


def tags_named(names: Iterable[str]) -> list[Tag]:
    """The tags with these names, made when missing (in any case of letters)."""
    tags = []
    for name in dict.fromkeys(name.strip()[:40] for name in names if name.strip()):
        tag = Tag.objects.filter(name__iexact=name).first()
        tags.append(tag or Tag.objects.create(name=name))
    return tags


def clean_domain(raw: str) -> str:
    """A bare domain from what people type: no scheme, path or www. Raises Invalid."""
    text = raw.strip().lower()
    text = re.sub(r"^[a-z]+://", "", text).split("/")[0].split("?")[0].removeprefix("www.")
    if text and not re.fullmatch(r"[\w-]+(\.[\w-]+)+", text):
        raise Invalid(
            _("“%(domain)s” is not a website domain, such as example.com.") % {"domain": raw},
            pointer="/domain",
            fields={"domain": _("Enter a domain such as example.com.")},
        )
    return text


def clean_country(raw: str) -> str:
    """A country's two letters (ISO 3166-1) from its code or name. Raises Invalid."""
    text = raw.strip()
    if not text:
        return ""
    code = country_code(text)
    if code is None:
        message = _("“%(country)s” is not a country (use a code such as NL).") % {"country": raw}
        raise Invalid(message, pointer="/country", fields={"country": message})
    return code


def clean_email(raw: str) -> str:
    """An e-mail address in lower case. Raises Invalid."""
    text = raw.strip().lower()
    if text:
        try:
            validate_email(text)
        except ValidationError:
            message = _("“%(email)s” is not an e-mail address.") % {"email": raw}
            raise Invalid(message, pointer="/email", fields={"email": message}) from None
    return text


def _clean_company(raw: Mapping[str, Any], company: Company | None = None) -> dict[str, Any]:
    if "country" in raw:
        raw = {**raw, "country": clean_country(raw["country"] or "")}
    fields = _clean(Company, raw, COMPANY_FIELDS, CustomField.Subject.COMPANY, company)
    if "domain" in fields:
        fields["domain"] = clean_domain(fields["domain"])
    if (company is None or "name" in fields) and not fields.get("name"):
        message = _("A company needs a name.")
        raise Invalid(message, pointer="/name", fields={"name": message})
    return fields


def _clean_person(raw: Mapping[str, Any], person: Person | None = None) -> dict[str, Any]:
    fields = _clean(Person, raw, PERSON_FIELDS, CustomField.Subject.PERSON, person)
    if "email" in fields:
        fields["email"] = clean_email(fields["email"])
    if person is None and not fields.get("name"):
        fields["name"] = fields.get("email", "").split("@")[0].replace(".", " ").title()
    if (person is None or "name" in fields) and not fields.get("name"):
        message = _("A person needs a name or an e-mail address.")
        raise Invalid(message, pointer="/name", fields={"name": message})
    return fields


def _clean(
    model: type[Company] | type[Person],
    raw: Mapping[str, Any],
    known: frozenset[str],
    subject: str,
    thing: Company | Person | None,
) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in raw.items():
        if name not in known:
            raise Invalid(_("There is no field “%(name)s”.") % {"name": name}, pointer=f"/{name}")
        field = model._meta.get_field(name)
        if isinstance(field, models.CharField) and not field.null:
            value = _short(name, value, field.max_length or 200)
        elif name == "external_id":
            value = str(value).strip()[:120] or None if value is not None else None
        elif isinstance(field, models.PositiveIntegerField):
            value = _count(name, value)
        elif name == "custom":
            cleaned = clean_values(CustomField.objects.filter(subject=subject), value or {})
            removed = {key for key, one in (value or {}).items() if one in (None, "")}
            before = dict(thing.custom) if thing else {}
            value = {key: one for key, one in {**before, **cleaned}.items() if key not in removed}
        fields[name] = value
    return fields


def _short(name: str, value: Any, longest: int) -> str:
    text = "" if value is None else str(value).strip()
    if "\x00" in text or len(text) > longest:
        message = _("Too long: at most %(longest)s characters.") % {"longest": longest}
        raise Invalid(message, pointer=f"/{name}", fields={name: message})
    return text


def _count(name: str, value: Any) -> int | None:
    if value is None or value == "":
        return None
    try:
        number = int(str(value))
    except ValueError:
        number = -1
    if not 0 <= number <= 2_000_000_000:
        message = _("“%(value)s” is not a whole number of 0 or more.") % {"value": value}
        raise Invalid(message, pointer=f"/{name}", fields={name: message})
    return number


def _refuse_taken_domain(company: Company) -> None:
    if not company.domain:
        return
    other = "deleted_at IS NULL AND domain = %s AND id <> %s"
    if (taken := first(Company, other, company.domain, company.id)) is not None:
        raise Conflict(
            _("“%(domain)s” already belongs to %(company)s.")
            % {"domain": company.domain, "company": taken.name},
            pointer="/domain",
            code="duplicate",
        )


def _refuse_taken_email(person: Person) -> None:
    if not person.email:
        return
    other = "deleted_at IS NULL AND email = %s AND id <> %s"
    if (taken := first(Person, other, person.email, person.id)) is not None:
        raise Conflict(
            _("“%(email)s” already belongs to %(person)s.")
            % {"email": person.email, "person": taken.name},
            pointer="/email",
            code="duplicate",
        )


def _subject(thing: Company | Person) -> Subject:
    return Subject("company" if isinstance(thing, Company) else "person", thing.id)


def _told(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value


def _insert(act: Act, thing: Company | Person, fields: Mapping[str, Any]) -> None:
    act.add(thing)
    kind = _subject(thing).kind
    data = {name: _told(getattr(thing, name)) for name in fields if name != "tags"}
    act.record(f"{kind}_added", _subject(thing), data={"fields": data})


def _update(
    act: Act, thing: Company | Person, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    changes = {
        name: [_told(before[name]), _told(value)]
        for name, value in after.items()
        if before[name] != value
    }
    if not changes:
        return
    thing.revision += 1
    thing.changed_at = timezone.now()
    thing.save(update_fields=[*changes, "revision", "changed_at"])
    act.record(f"{_subject(thing).kind}_changed", _subject(thing), data={"changes": changes})


def _delete(act: Act, thing: Company | Person) -> None:
    thing.deleted_at = timezone.now()
    thing.revision += 1
    thing.external_id = None
    thing.save(update_fields=["deleted_at", "revision", "external_id"])
    act.record(f"{_subject(thing).kind}_deleted", _subject(thing))


def _locked(model: type[Contact], id: uuid.UUID, revision: int | None) -> Contact:
    thing = model._default_manager.select_for_update().filter(id=id, deleted_at=None).first()
    if thing is None:
        raise NotFound(_("It is no longer there."))
    if revision is not None and thing.revision != revision:
        raise Outdated(_("Somebody else changed this in the meantime. Look again, then change it."))
    return thing


def _tag(thing: Company | Person, names: Iterable[str] | None) -> None:
    if names is not None:
        thing.tags.set(tags_named(names))
