"""/quotas: what reps and teams are to win in a month, a quarter or a year."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Router

from cadans.api.answers import nothing, small
from cadans.api.auth import SET_UP, ApiRequest
from cadans.api.etags import require_same
from cadans.api.paging import Page, Part, page
from cadans.api.schemas.kinds import MoneyWish
from cadans.api.schemas.quota import NewQuota, QuotaChanges, QuotaShown, quota_shown
from cadans.ground.errors import Invalid
from cadans.ground.rows import locked, one_of
from cadans.insight.actions import quotas as actions
from cadans.insight.quotas import quotas_seen_by
from cadans.team.named import team_named, user_named
from cadans.team.queries import organisation

router = Router(tags=["quotas"], auth=SET_UP)


@router.get("", response=Page[QuotaShown])
def list_quotas(request: ApiRequest, paging: Part) -> HttpResponse:
    """Those that the token's user may see, the newest first."""
    return page(quotas_seen_by(request.auth.user), paging, each=quota_shown, by=("-id",))


@router.post("", response={201: QuotaShown})
def add_quota(request: ApiRequest, body: NewQuota) -> HttpResponse:
    """A quota for an owner or a team; a second one for the same period is refused (409)."""
    if (body.owner is None) == (body.team is None):
        raise Invalid(_("Name an owner or a team, one of the two."), pointer="/owner")
    quota = actions.add_quota(
        request.auth.user,
        holder=user_named(body.owner) if body.owner else team_named(body.team or ""),
        unit=body.unit,
        since=body.since,
        amount=_amount(body.amount),
        via="api",
    )
    return small(quota_shown(quota), status=201)


@router.get("/{quota}", response=QuotaShown)
def show_quota(request: ApiRequest, quota: uuid.UUID) -> HttpResponse:
    """One of them."""
    return small(quota_shown(one_of(quotas_seen_by(request.auth.user), quota)))


@router.patch("/{quota}", response=QuotaShown)
def change_quota(request: ApiRequest, quota: uuid.UUID, body: QuotaChanges) -> HttpResponse:
    """Ask for another amount."""
    with transaction.atomic():
        found = locked(quotas_seen_by(request.auth.user), quota)
        require_same(request, quota_shown(found))
        amount = found.amount if body.amount is None else _amount(body.amount)
        changed = actions.change_quota(request.auth.user, found, amount=amount, via="api")
    return small(quota_shown(changed))


@router.delete("/{quota}", response={204: None})
def delete_quota(request: ApiRequest, quota: uuid.UUID) -> HttpResponse:
    """Ask for nothing any more."""
    with transaction.atomic():
        found = locked(quotas_seen_by(request.auth.user), quota)
        require_same(request, quota_shown(found))
        actions.delete_quota(request.auth.user, found, via="api")
    return nothing()


def _amount(wish: MoneyWish) -> Decimal:
    currency = organisation().currency
    if wish.currency not in (None, currency):
        raise Invalid(
            _("Quotas are in the organisation’s currency, %(currency)s.") % {"currency": currency},
            pointer="/amount/currency",
        )
    return wish.amount
