"""Accounts at mailing services: the key entered and checked, lists and tags fetched."""

from __future__ import annotations

import secrets

from django.utils import timezone
from django.utils.translation import gettext as _

from cadans.events.act import Act, Subject
from cadans.ground.errors import Conflict, Invalid
from cadans.ground.sealed import open_sealed, seal
from cadans.outreach.audiences.keys import free_key
from cadans.outreach.audiences.provider import AudienceError, AudienceTold, Provider
from cadans.outreach.audiences.providers import NAMES, PROVIDERS, SEALED_FOR, provider_of
from cadans.outreach.models.audiences import Audience, MailingAccount
from cadans.team.models import User
from cadans.team.queries import require_role

HOOK_SEALED_FOR = "audience hook"


def connect_account(
    actor: User | None, *, key: str, provider: str = "mailchimp", via: str = "web"
) -> MailingAccount:
    """Check a key with the service and keep it, sealed, with the account's lists and tags.

    A key of an account that is there already takes the place of the old one. Raises Invalid when
    that is no key, and AudienceError when the service refuses it or cannot be reached.
    """
    require_role(actor, User.Role.ADMIN)
    if provider not in PROVIDERS:
        raise Invalid(_("There is no such mailing service."), pointer="/provider")
    key = key.strip()
    service = PROVIDERS[provider](key)
    try:
        name, told = service.account_name(), service.audiences()
    finally:
        service.close()
    with Act(actor, via=via) as act:
        account = MailingAccount.objects.select_for_update().filter(
            provider=provider, name=name
        ).first() or MailingAccount(provider=provider, name=name)
        account.key, account.key_ends = seal(key, for_what=SEALED_FOR), key[-9:]
        account.checked_at, account.problem = act.at, ""
        account.failures, account.paused_until = 0, None
        account.save()
        _note(account, told)
        act.record(
            "mailing_account_connected",
            Subject("mailing_account", account.id),
            data={"provider": NAMES[provider], "name": name},
        )
    return account


def fetch_audiences(
    actor: User | None, account: MailingAccount, *, via: str = "web"
) -> MailingAccount:
    """Ask the service anew for its lists and tags. Raises AudienceError, and keeps what it said."""
    require_role(actor, User.Role.ADMIN, User.Role.MANAGER)
    service = provider_of(account)
    try:
        told = service.audiences()
    except AudienceError as problem:
        MailingAccount.objects.filter(id=account.id).update(problem=problem.message[:300])
        raise
    finally:
        service.close()
    with Act(actor, via=via) as act:
        account.checked_at, account.problem = act.at, ""
        account.failures, account.paused_until = 0, None
        account.save(update_fields=["checked_at", "problem", "failures", "paused_until"])
        _note(account, told)
        act.record("audiences_fetched", Subject("mailing_account", account.id))
    return account


def disconnect_account(actor: User | None, account: MailingAccount, *, via: str = "web") -> None:
    """Forget an account, its key and what is known of its members. Nothing changes there."""
    require_role(actor, User.Role.ADMIN)
    with Act(actor, via=via) as act:
        act.record(
            "mailing_account_disconnected",
            Subject("mailing_account", account.id),
            data={"provider": NAMES[account.provider], "name": account.name},
        )
        account.delete()


def listen_to(actor: User | None, audience: Audience, url: str, *, via: str = "web") -> Audience:
    """Have the service tell us at an address what changes there. Raises AudienceError."""
    require_role(actor, User.Role.ADMIN)
    if audience.is_gone:
        raise Conflict(_("This list is no longer there."))
    service: Provider = provider_of(audience.account)
    try:
        agreed = service.listen(audience.remote_id, url)
    finally:
        service.close()
    with Act(actor, via=via) as act:
        audience.hook_id = agreed
        audience.save(update_fields=["hook_id"])
        act.record("audience_listened_to", Subject("audience", audience.id))
    return audience


def hook_secret(audience: Audience) -> str:
    """The part of its address that only the service knows."""
    return open_sealed(audience.hook_secret, for_what=HOOK_SEALED_FOR)


def _note(account: MailingAccount, told: list[AudienceTold]) -> None:
    present = {one.remote_id: one for one in account.audiences.all()}
    taken = set(Audience.objects.values_list("key", flat=True))
    for one in told:
        row = present.pop(one.id, None)
        if row is None:
            row = Audience(account=account, remote_id=one.id, key=free_key(one.name, taken))
            row.hook_secret = seal(secrets.token_urlsafe(24), for_what=HOOK_SEALED_FOR)
            taken.add(row.key)
        row.name, row.members = one.name[:160], one.members
        row.tags = dict(one.tags)
        row.is_gone, row.fetched_at = False, timezone.now()
        row.save()
    for row in present.values():
        row.is_gone = True
        row.save(update_fields=["is_gone"])
