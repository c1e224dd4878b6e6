"""An organisation's own fields on leads, people and companies.

The definitions lie on the ground floor, which knows no users and no log; so their changes are
made here, in the lowest room that knows all three subjects.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from cadans.contacts.models import Company, Person
from cadans.events.act import Act, Subject
from cadans.ground.custom_fields import CustomField
from cadans.ground.errors import Conflict, Invalid
from cadans.leads.lead import Lead
from cadans.team.models import User
from cadans.team.queries import require_role

HOLDERS: dict[str, type[Lead] | type[Person] | type[Company]] = {
    CustomField.Subject.LEAD: Lead,
    CustomField.Subject.PERSON: Person,
    CustomField.Subject.COMPANY: Company,
}
MOST_OPTIONS = 100


def add_custom_field(
    actor: User | None,
    *,
    subject: str,
    name_nl: str,
    name_en: str = "",
    kind: str = CustomField.Kind.TEXT,
    options: Sequence[str] = (),
    key: str = "",
    via: str = "web",
) -> CustomField:
    """A new field, at the end of its subject's fields. Without a key one is made of the name.

    Raises Invalid, or Conflict when the key is taken.
    """
    require_role(actor, User.Role.MANAGER, User.Role.ADMIN)
    if subject not in CustomField.Subject.values:
        raise _wrong("subject", _("Choose lead, person or company."))
    if kind not in CustomField.Kind.values:
        raise _wrong("kind", _("There is no such kind of field."))
    names = _clean_names(name_nl, name_en)
    key = slugify(key or names[1] or names[0]).replace("-", "_")[:40]
    if not key:
        raise _wrong("name_en", _("Use letters or digits in the name."))
    fields = CustomField.objects.filter(subject=subject)
    with Act(actor, via=via) as act:
        if fields.filter(key=key).exists():
            raise Conflict(
                _("There is already an own field “%(key)s”.") % {"key": key},
                pointer="/key",
                code="duplicate",
            )
        last = fields.aggregate(last=Max("position"))["last"]
        field = CustomField(
            subject=subject,
            key=key,
            name_nl=names[0],
            name_en=names[1],
            kind=kind,
            options=_clean_options(kind, options),
            position=0 if last is None else last + 1,
        )
        field.save(force_insert=True)
        act.record(
            "custom_field_added",
            Subject("custom_field", field.id),
            data={"subject": subject, "key": key, "kind": kind},
        )
    return field


def change_custom_field(
    actor: User | None,
    field: CustomField,
    *,
    name_nl: str,
    name_en: str = "",
    options: Sequence[str] = (),
    via: str = "web",
) -> CustomField:
    """Rename a field or change what one chooses from. Its key and kind stay; so do the values."""
    require_role(actor, User.Role.MANAGER, User.Role.ADMIN)
    field.name_nl, field.name_en = _clean_names(name_nl, name_en)
    field.options = _clean_options(field.kind, options)
    with Act(actor, via=via) as act:
        field.save()
        act.record(
            "custom_field_changed",
            Subject("custom_field", field.id),
            data={"name_nl": field.name_nl, "name_en": field.name_en, "options": field.options},
        )
    return field


def delete_custom_field(actor: User | None, field: CustomField, *, via: str = "web") -> None:
    """Remove a field that nothing has a value in. Raises Conflict."""
    require_role(actor, User.Role.ADMIN)
    holder = HOLDERS[field.subject]
    with Act(actor, via=via) as act:
        if holder.objects.filter(deleted_at=None, custom__has_key=field.key).exists():
            raise Conflict(
                _("“%(name)s” is filled in somewhere, so it cannot be removed.")
                % {"name": field.name},
                code="in_use",
            )
        act.record(
            "custom_field_deleted", Subject("custom_field", field.id), data={"key": field.key}
        )
        field.delete()


def _clean_names(name_nl: str, name_en: str) -> tuple[str, str]:
    dutch, english = name_nl.strip(), name_en.strip()
    dutch, english = dutch or english, english or dutch
    if not dutch:
        raise _wrong("name_nl", _("This cannot be empty."))
    if max(len(dutch), len(english)) > 80:
        raise _wrong("name_nl", _("Too long: at most %(longest)s characters.") % {"longest": 80})
    return dutch, english


def _clean_options(kind: str, options: Sequence[str]) -> list[str]:
    if kind != CustomField.Kind.CHOICE:
        return []
    cleaned = list(dict.fromkeys(option.strip() for option in options if option.strip()))
    if not cleaned:
        raise _wrong("options", _("Give at least one option to choose from."))
    if len(cleaned) > MOST_OPTIONS or any(len(option) > 120 for option in cleaned):
        raise _wrong(
            "options",
            _("At most %(most)s options, each of at most 120 characters.") % {"most": MOST_OPTIONS},
        )
    return cleaned


def _wrong(field: str, message: str) -> Invalid:
    return Invalid(message, pointer=f"/{field}", fields={field: message})
