"""The mailing services that there are: a class and a line each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cadans.ground.sealed import open_sealed
from cadans.outreach.audiences.mailchimp.provider import Mailchimp
from cadans.outreach.audiences.provider import Provider
from cadans.outreach.models.audiences import MailingAccount

PROVIDERS: Mapping[str, Callable[[str], Provider]] = {"mailchimp": Mailchimp}
"""Name → what is made of a key."""

NAMES: Mapping[str, str] = {"mailchimp": "Mailchimp"}

SEALED_FOR = "mailing account"


def provider_of(account: MailingAccount) -> Provider:
    """The provider of an account. Raises CannotOpen when its key does not open."""
    return PROVIDERS[account.provider](open_sealed(account.key, for_what=SEALED_FOR))
