"""Custom fields: an organisation's own fields on leads, people and companies.

The definitions are rows; the values lie in a JSONB column `custom` of the thing itself,
keyed by the field's key. Dates are ISO strings, amounts decimal strings, choices their key.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from cadans.ground.errors import Invalid
from cadans.ground.ids import Row


class CustomField(Row):
    """The definition of one own field."""

    class Subject(models.TextChoices):
        LEAD = "lead", gettext_lazy("Lead")
        PERSON = "person", gettext_lazy("Person")
        COMPANY = "company", gettext_lazy("Company")

    class Kind(models.TextChoices):
        TEXT = "text", gettext_lazy("Text")
        NUMBER = "number", gettext_lazy("Number")
        DATE = "date", gettext_lazy("Date")
        YES_NO = "yes_no", gettext_lazy("Yes or no")
        CHOICE = "choice", gettext_lazy("Choice")

    subject = models.CharField(max_length=10, choices=Subject)
    key = models.SlugField(max_length=40)
    name_nl = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TEXT)
    options = models.JSONField(default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["subject", "position", "key"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "key"], name="custom_key_once_a_subject"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The field's name in the reader's language."""
        return self.name_nl if (get_language() or "nl").startswith("nl") else self.name_en


def clean_value(field: CustomField, raw: Any) -> Any:
    """`raw` as the field's kind stores it, or None when empty. Raises Invalid."""
    pointer = f"/custom/{field.key}"
    if raw is None or raw == "":
        return None
    try:
        match field.kind:
            case CustomField.Kind.NUMBER:
                return str(Decimal(str(raw).strip()))
            case CustomField.Kind.DATE:
                return date.fromisoformat(str(raw).strip()).isoformat()
            case CustomField.Kind.YES_NO:
                return _clean_yes_no(raw)
    except (ValueError, InvalidOperation):
        raise Invalid(
            _("“%(field)s” cannot be “%(value)s”.") % {"field": field.name, "value": raw},
            pointer=pointer,
        ) from None
    text = str(raw).strip()
    if field.kind == CustomField.Kind.CHOICE and text not in field.options:
        raise Invalid(
            _("“%(field)s” must be one of: %(options)s.")
            % {"field": field.name, "options": ", ".join(field.options)},
            pointer=pointer,
        )
    if len(text) > 2000:
        raise Invalid(
            _("“%(field)s” is too long (at most 2000 characters).") % {"field": field.name},
            pointer=pointer,
        )
    return text


def clean_values(fields: Iterable[CustomField], raw: Mapping[str, Any]) -> dict[str, Any]:
    """Check a mapping of own fields (key → value); empty values are left out. Raises Invalid."""
    known = {field.key: field for field in fields}
    cleaned: dict[str, Any] = {}
    for key, value in raw.items():
        if key not in known:
            raise Invalid(
                _("There is no own field “%(key)s”.") % {"key": key}, pointer=f"/custom/{key}"
            )
        stored = clean_value(known[key], value)
        if stored is not None:
            cleaned[key] = stored
    return cleaned


def _clean_yes_no(raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().lower()
    if word in {"1", "true", "yes", "ja"}:
        return True
    if word in {"0", "false", "no", "nee"}:
        return False
    raise ValueError(word)
