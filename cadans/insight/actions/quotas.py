"""Set what reps and teams are to win."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cadans.events.act import Act, Subject
from cadans.ground.errors import Conflict, Invalid
from cadans.ground.money import CENT, LARGEST
from cadans.ground.years import is_meant, outside
from cadans.insight.models import Quota
from cadans.team.models import Team, User
from cadans.team.queries import organisation, require_role

KEEPERS = (User.Role.MANAGER, User.Role.ADMIN)

FIRST_MONTHS = {"month": range(1, 13), "quarter": (1, 4, 7, 10), "year": (1,)}
"""The months in which a period of each kind can begin."""

Holder = User | Team


def add_quota(
    actor: User | None,
    *,
    holder: Holder,
    unit: str,
    since: date,
    amount: Decimal,
    via: str = "web",
) -> Quota:
    """A quota of a rep or a team for a month, a quarter or a year, in the organisation's currency.

    Raises Invalid, or Conflict when there is one for that period.
    """
    require_role(actor, *KEEPERS)
    clean_since(unit, since)
    quota = _quota(holder, unit, since, clean_amount(amount))
    with Act(actor, via=via) as act:
        try:
            with transaction.atomic():
                quota.save(force_insert=True)
        except IntegrityError as error:
            raise Conflict(
                _("%(name)s has a quota for this period. Change that one.") % {"name": holder},
                code="taken",
            ) from error
        act.record("quota_added", _subject(quota), data=_told(quota))
    return quota


def change_quota(actor: User | None, quota: Quota, *, amount: Decimal, via: str = "web") -> Quota:
    """Ask for another amount. Raises Invalid."""
    require_role(actor, *KEEPERS)
    amount = clean_amount(amount)
    with Act(actor, via=via) as act:
        before, quota.amount, quota.currency = quota.amount, amount, organisation().currency
        quota.save()
        act.record("quota_changed", _subject(quota), data={**_told(quota), "before": before})
    return quota


def delete_quota(actor: User | None, quota: Quota, *, via: str = "web") -> None:
    """Ask for nothing any more."""
    require_role(actor, *KEEPERS)
    with Act(actor, via=via) as act:
        act.record("quota_deleted", _subject(quota), data=_told(quota))
        quota.delete()


def set_quotas(
    actor: User | None,
    *,
    unit: str,
    since: date,
    amounts: Mapping[Holder, Decimal | None],
    via: str = "web",
) -> int:
    """Set the quotas of many for one period at once; None takes one away. All or none.

    Answers how many changed. Raises Invalid.
    """
    require_role(actor, *KEEPERS)
    clean_since(unit, since)
    wanted = {
        holder: None if amount is None else clean_amount(amount)
        for holder, amount in amounts.items()
    }
    changed = 0
    with Act(actor, via=via) as act:
        there = {
            (quota.user_id or quota.team_id): quota
            for quota in Quota.objects.select_for_update().of_period(unit, since)
        }
        for holder, amount in wanted.items():
            quota = there.get(holder.id)
            if amount == (quota and quota.amount):
                continue
            changed += 1
            if quota is None:
                assert amount is not None
                quota = _quota(holder, unit, since, amount)
                quota.save(force_insert=True)
                act.record("quota_added", _subject(quota), data=_told(quota))
            elif amount is None:
                act.record("quota_deleted", _subject(quota), data=_told(quota))
                quota.delete()
            else:
                before, quota.amount = quota.amount, amount
                quota.currency = organisation().currency
                quota.save()
                data = {**_told(quota), "before": before}
                act.record("quota_changed", _subject(quota), data=data)
    return changed


def copy_quotas(actor: User | None, *, unit: str, since: date, via: str = "web") -> int:
    """Give whoever has no quota for this period that of the period before; answers to how many.

    People who no longer sell get none.
    """
    before = since - relativedelta(months=Quota.MONTHS[unit])
    kept = {quota.user_id or quota.team_id for quota in Quota.objects.of_period(unit, since)}
    rows = Quota.objects.of_period(unit, before).select_related("user", "team")
    amounts: dict[Holder, Decimal | None] = {}
    for quota in rows:
        holder = quota.user or quota.team
        assert holder is not None
        if holder.id not in kept and (isinstance(holder, Team) or holder.is_active):
            amounts[holder] = quota.amount
    return set_quotas(actor, unit=unit, since=since, amounts=amounts, via=via)


def clean_since(unit: str, since: date) -> None:
    """Raise Invalid unless a period of this kind can begin on the day."""
    if unit not in FIRST_MONTHS:
        raise Invalid(_("Choose a month, a quarter or a year."), pointer="/unit")
    if not is_meant(since):
        raise Invalid(outside(), pointer="/from")
    if since.day != 1 or since.month not in FIRST_MONTHS[unit]:
        raise Invalid(
            _("A period begins on its first day: “%(day)s” is not one of a %(unit)s.")
            % {"day": since.isoformat(), "unit": Quota.Unit(unit).label.lower()},
            pointer="/from",
        )


def clean_amount(amount: Decimal) -> Decimal:
    """The amount, if somebody can be asked for it. Raises Invalid."""
    if not amount.is_finite() or amount != amount.quantize(CENT):
        raise Invalid(_("An amount has at most two decimals."), pointer="/amount")
    if not 0 < amount <= LARGEST:
        message = _("A quota is more than nothing. Leave it empty for none.")
        raise Invalid(message, pointer="/amount")
    return amount.quantize(CENT)


def _quota(holder: Holder, unit: str, since: date, amount: Decimal) -> Quota:
    whose = {"team": holder} if isinstance(holder, Team) else {"user": holder}
    return Quota(unit=unit, since=since, amount=amount, currency=organisation().currency, **whose)


def _subject(quota: Quota) -> Subject:
    return Subject("quota", quota.id)


def _told(quota: Quota) -> dict[str, object]:
    return {
        "user": quota.user_id,
        "team": quota.team_id,
        "unit": quota.unit,
        "since": quota.since,
        "amount": quota.amount,
        "currency": quota.currency,
    }
