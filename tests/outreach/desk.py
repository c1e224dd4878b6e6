"""A Mailchimp of the test's own, an account at it, and short ways to use them."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.utils import timezone

from cadans.outreach.audiences.actions import work
from cadans.outreach.audiences.actions.accounts import connect_account
from cadans.outreach.audiences.actions.wishes import Wish, lay_wishes
from cadans.outreach.audiences.mailchimp import provider as there
from cadans.outreach.audiences.providers import provider_of
from cadans.outreach.audiences.reconcile import reconcile
from cadans.outreach.models.audiences import Audience, MailingAccount, Membership
from tests.outreach.mailchimp_server import KEY, Listing, MailchimpServer, hashed, mailchimp


@pytest.fixture
def service(
    monkeypatch: pytest.MonkeyPatch, settings: pytest.FixtureRequest
) -> Iterator[MailchimpServer]:
    settings.OUTGOING_ALLOW = ["127.0.0.1/32"]  # type: ignore[attr-defined]
    with mailchimp() as ours:
        ours.add_list()
        monkeypatch.setattr(there, "ADDRESS", ours.address)
        yield ours


class Desk:
    """Short ways to wish, to reconcile and to look."""

    def __init__(self, service: MailchimpServer) -> None:
        self.service = service
        self.account = connect_account(None, key=KEY)
        self.audience = Audience.objects.get()
        self.list: Listing = service.lists[self.audience.remote_id]
        service.calls.clear()

    def wish(self, do: str, *emails: str, **more: object) -> None:
        lay_wishes(self.audience, [Wish(email=one, do=do, **more) for one in emails])  # type: ignore[arg-type]

    def enrol(self, *emails: str, **more: object) -> None:
        self.wish("enrol", *emails, **more)

    def reconcile(self, *, seconds: float | None = None) -> datetime | None:
        """One round, as the job goes about it."""
        MailingAccount.objects.update(paused_until=None)
        account = MailingAccount.objects.get()
        assert work.claim_account(account)
        provider = provider_of(account)
        if seconds:
            provider._limits = there.Limits(seconds, 10_000_000, 0)  # type: ignore[attr-defined]
        try:
            return reconcile(account, provider)
        finally:
            provider.close()

    def one(self, email: str) -> Membership:
        return Membership.objects.get(email=email)

    def there(self, email: str) -> str:
        found = self.list.members.get(hashed(email))
        return found.status if found else "absent"

    def tags(self, email: str) -> set[str]:
        return self.list.members[hashed(email)].tags

    def rested(self) -> None:
        Membership.objects.update(retry_at=timezone.now())


@pytest.fixture
def desk(db: None, service: MailchimpServer) -> Desk:
    return Desk(service)
