"""Thousands of members, enrolled and removed, while the service fails and workers are killed.

The normal suite takes 600 members; `CADANS_JUDGE_MEMBERS=10000` takes as many as it says.
"""

import multiprocessing
import os
import random
import signal
import time

import pytest
from django.db import connections

from cadans.outreach.audiences.actions import work
from cadans.outreach.audiences.mailchimp import provider as there
from cadans.outreach.audiences.providers import provider_of
from cadans.outreach.audiences.reconcile import reconcile
from cadans.outreach.models.audiences import MailingAccount, Membership
from tests.outreach.mailchimp_server import hashed

pytestmark = pytest.mark.django_db(transaction=True)

MEMBERS = int(os.environ.get("CADANS_JUDGE_MEMBERS", "600"))
SECONDS = 0.8
"""How long a worker waits for an answer; the service that is mute takes longer."""


def work_on() -> None:
    """A worker: again and again until nothing waits, with pauses cut short."""
    while Membership.objects.waiting().exists():
        MailingAccount.objects.update(paused_until=None)
        account = MailingAccount.objects.get()
        if not work.claim_account(account):
            time.sleep(0.02)
            continue
        provider = provider_of(account)
        provider._limits = there.Limits(SECONDS, 20_000_000, 0)
        reconcile(account, provider)
        provider.close()


def killed_at_random(dice: random.Random, meanwhile, most: float) -> int:
    """Run workers one after another, each killed after a while, until one ends by itself."""
    kills = 0
    while True:
        connections.close_all()
        worker = multiprocessing.get_context("fork").Process(target=work_on, daemon=True)
        worker.start()
        worker.join(dice.uniform(0.05, most) if kills < 25 else 120)
        if not worker.is_alive():
            assert worker.exitcode == 0
            return kills
        os.kill(worker.pid, signal.SIGKILL)
        worker.join()
        kills += 1
        meanwhile()
        # What three minutes of silence would do.
        MailingAccount.objects.update(claimed_until=None)


def test_all_is_as_it_should_be_and_nothing_was_done_twice(desk):
    service, dice = desk.service, random.Random(11)
    emails = [f"p{n}@zon.nl" for n in range(MEMBERS)]
    service.faults.busy = service.faults.broken = 0.03
    service.faults.mute = service.faults.cut = 0.01
    service.mute_for = SECONDS + 0.5

    def opt_some_out() -> None:
        with service.guard:
            on = [one.email for one in desk.list.members.values() if one.status == "subscribed"]
            for email in dice.sample(on, min(3, len(on))):
                service.opt_out(desk.list, email)

    def outage() -> None:
        opt_some_out()
        service.faults.certain = ["broken"] * dice.randint(0, 5)

    for email in emails[:20]:
        service.opt_out(desk.list, email)
    desk.enrol(*emails, tags=["klant"])
    kills = killed_at_random(dice, outage, 0.6)
    desk.audience.refresh_from_db()
    desk.audience.tags = {name: str(id) for id, name in desk.list.tags.items()}
    desk.audience.save()

    third = MEMBERS // 3
    archived, untagged, kept = emails[:third], emails[third : 2 * third], emails[2 * third :]
    desk.wish("archive", *archived)
    desk.wish("tag_off", *untagged, tags=["klant"])
    kills += killed_at_random(dice, outage, 2.5)

    assert kills >= 5
    assert not Membership.objects.waiting().exists()
    for email in emails:
        member = desk.list.members[hashed(email)]
        if member.opted_out:
            assert member.status == "unsubscribed"
        elif email in set(archived):
            assert member.status == "archived"
        else:
            assert member.status == "subscribed"
    for email in untagged:
        member = desk.list.members[hashed(email)]
        assert member.opted_out or "klant" not in member.tags
    assert all(service.changed[one] <= 1 for one in kept)
    assert all(service.changed[one] <= 2 for one in emails)
    assert not service.touched
    # Adding somebody who is there is the one way to learn it of whom we know nothing.
    assert all(one.startswith("add ") for one in service.repeated)
    told = f"{MEMBERS} members, {kills} kills, {len(service.repeated)} asked twice"
    print(told, dict(service.calls))
