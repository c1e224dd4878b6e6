"""Edit a lead's own fields, give it to somebody, take it away."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from cadans.contacts.actions import find_or_add_company, tags_named
from cadans.contacts.drafts import CompanyDraft
from cadans.events.act import Act
from cadans.ground.custom_fields import CustomField, clean_values
from cadans.ground.errors import Invalid
from cadans.leads.actions.creating import clean_value
from cadans.leads.actions.locating import locate
from cadans.leads.actions.locking import not_before, past, short, take
from cadans.leads.actions.scheduling import follow_expected_close
from cadans.leads.lead import Lead
from cadans.leads.settle import give, save, settle
from cadans.team.models import User

FIELDS = frozenset(
    {
        "title",
        "value",
        "currency",
        "expected_close",
        "source",
        "territory",
        "company",
        "competitor",
        "custom",
        "owner",
        "tags",
        "external_id",
        "opened_at",
        "loss_reason",
    }
)


def change_lead(
    actor: User | None,
    lead: Lead | uuid.UUID,
    *,
    changes: Mapping[str, Any],
    revision: int | None = None,
    via: str = "web",
) -> Lead:
    """Change fields of a lead, then weigh its goals.

    `changes` maps names of `FIELDS` to values (foreign keys as objects, a company also as a
    draft, `custom` as the keys to change, `tags` as names). Raises Invalid, NotFound, or Outdated
    on a lost race.
    """
    unknown = set(changes) - FIELDS
    if unknown:
        name = sorted(unknown)[0]
        raise Invalid(_("There is no field “%(name)s”.") % {"name": name}, pointer=f"/{name}")
    with Act(actor, via=via) as act:
        deed = take(act, lead, actor=actor, revision=revision)
        if isinstance(company := changes.get("company"), CompanyDraft):
            changes = {**changes, "company": find_or_add_company(act, company)}
        changed = _apply(deed.lead, changes)
        if changed:
            event = deed.record("lead_changed", data={"changes": changed}, because={})
            act.caused_from_now_on_by(event)
        if "company" in changed and "territory" not in changes and deed.lead.is_open:
            locate(deed)
        if "owner" in changes:
            owner = changes["owner"]
            give(deed, owner.id if owner else None, because={})
        if act.events:
            settle(deed)
        if "expected_close" in changed:
            follow_expected_close(deed)
    return deed.lead


def assign_lead(
    actor: User | None,
    lead: Lead | uuid.UUID,
    *,
    owner: User | None,
    revision: int | None = None,
    via: str = "web",
) -> Lead:
    """Give the lead to somebody by hand."""
    return change_lead(actor, lead, changes={"owner": owner}, revision=revision, via=via)


def delete_lead(
    actor: User | None, lead: Lead | uuid.UUID, *, revision: int | None = None, via: str = "web"
) -> None:
    """Take a lead out of sight and out of every figure. Its events stay."""
    with Act(actor, via=via) as act:
        deed = take(act, lead, actor=actor, revision=revision)
        deed.lead.deleted_at = timezone.now()
        deed.record("lead_deleted", data={}, because={})
        save(deed)


def _apply(lead: Lead, changes: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set the new values on the lead; what changed, as field → [before, after]."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name, value in _cleaned(lead, changes).items():
        old = getattr(lead, name)
        if old != value:
            before[name], after[name] = old, value
            setattr(lead, name, value)
    changed = {name: [_told(before[name]), _told(after[name])] for name in after}
    if "tags" in changes:
        old_tags = sorted(lead.tags.values_list("name", flat=True))
        tags = tags_named(changes["tags"] or ())
        new_tags = sorted(tag.name for tag in tags)
        if old_tags != new_tags:
            lead.tags.set(tags)
            changed["tags"] = [old_tags, new_tags]
    return changed


def _cleaned(lead: Lead, changes: Mapping[str, Any]) -> dict[str, Any]:
    cleaned: dict[str, Any] = {
        name: value
        for name, value in changes.items()
        if name in {"expected_close", "source", "territory", "company", "loss_reason"}
    }
    if "title" in changes:
        cleaned["title"] = short(changes["title"] or "", 200, pointer="/title")
        if not cleaned["title"]:
            message = _("A lead needs a title.")
            raise Invalid(message, pointer="/title", fields={"title": message})
    if "value" in changes or "currency" in changes:
        value = changes.get("value", lead.value)
        currency = changes.get("currency") or lead.currency
        cleaned["value"], cleaned["currency"] = clean_value(value, currency)
    if "competitor" in changes:
        cleaned["competitor"] = short(changes["competitor"] or "", 120, pointer="/competitor")
    if "external_id" in changes:
        text = short(changes["external_id"] or "", 120, pointer="/external_id")
        cleaned["external_id"] = text or None
    if "opened_at" in changes:
        opened_at = past(changes["opened_at"], pointer="/opened_at")
        first = lead.visits.order_by("entered_at").values_list("entered_at", flat=True).first()
        if first is not None and opened_at > first:
            not_before(
                first, opened_at, _("The lead was in a stage before that."), pointer="/opened_at"
            )
        cleaned["opened_at"] = opened_at
    if "custom" in changes:
        given = changes["custom"] or {}
        fields = CustomField.objects.filter(subject=CustomField.Subject.LEAD)
        values = clean_values(fields, given)
        kept = {key: value for key, value in lead.custom.items() if key not in given}
        cleaned["custom"] = {**kept, **values}
    return cleaned


def _told(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value
