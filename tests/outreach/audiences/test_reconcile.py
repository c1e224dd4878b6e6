"""What should be on a list and what is are brought together, whatever the service does."""

import random

import pytest
from django.utils import timezone

from cadans.outreach.audiences.actions import work
from cadans.outreach.audiences.actions.wishes import Wish, lay_wishes, retry_memberships
from cadans.outreach.models.audiences import MailingAccount, Membership
from cadans.outreach.models.suppression import Suppression
from tests.outreach.mailchimp_server import Member, hashed

pytestmark = pytest.mark.django_db(transaction=False)

A, B, C = "anna@zon.nl", "bas@zon.nl", "cem@zon.nl"


def test_who_is_enrolled_comes_on_the_list_with_tags_in_one_call(desk):
    desk.enrol(A, B, tags=["klant"])
    desk.reconcile()
    assert desk.there(A) == desk.there(B) == "subscribed"
    assert desk.tags(A) == {"klant"}
    assert desk.service.calls["batch"] == 1
    assert {one.state for one in Membership.objects.all()} == {"done"}


def test_nothing_is_asked_when_all_is_in_order(desk):
    desk.enrol(A)
    desk.reconcile()
    desk.service.calls.clear()
    desk.reconcile()
    assert not desk.service.calls


def test_at_most_five_hundred_a_call_and_ten_calls_at_a_time(desk):
    desk.enrol(*(f"p{n}@zon.nl" for n in range(1100)))
    desk.reconcile()
    assert desk.service.calls["batch"] == 3
    desk.wish("archive", *(f"p{n}@zon.nl" for n in range(60)))
    desk.reconcile()
    assert desk.there("p59@zon.nl") == "archived"
    assert 1 < desk.service.most_running <= 10
    assert not desk.service.calls["429"]


def test_members_are_unsubscribed_archived_and_lose_their_tags(desk):
    desk.enrol(A, B, C, tags=["klant", "nl"])
    desk.reconcile()
    desk.audience.refresh_from_db()
    desk.wish("unsubscribe", A)
    desk.wish("archive", B)
    desk.wish("tag_off", C, tags=["klant"])
    desk.list.add_tag("klant")
    desk.audience.tags = {name: str(id) for id, name in desk.list.tags.items()}
    desk.audience.save()
    desk.reconcile()
    assert (desk.there(A), desk.there(B)) == ("unsubscribed", "archived")
    assert desk.there(C) == "subscribed"
    assert desk.tags(C) == {"nl"}
    assert not Membership.objects.exclude(state="done").exists()


def test_who_was_archived_can_come_back(desk):
    desk.enrol(A)
    desk.reconcile()
    desk.wish("archive", A)
    desk.reconcile()
    desk.enrol(A)
    desk.reconcile()
    assert desk.there(A) == "subscribed"


def test_who_is_there_already_is_not_touched_but_for_tags(desk):
    desk.list.members[hashed(A)] = Member(A, "subscribed", {"oud"})
    desk.enrol(A, tags=["klant"])
    desk.reconcile()
    assert desk.tags(A) == {"oud", "klant"}
    assert desk.one(A).state == "done"


def test_who_unsubscribed_is_never_put_on_again(desk):
    desk.service.opt_out(desk.list, A)
    desk.enrol(A)
    desk.reconcile()
    assert desk.there(A) == "unsubscribed"
    assert (desk.one(A).state, desk.one(A).refusal) == ("refused", "opted_out")
    desk.service.calls.clear()
    desk.enrol(A)
    desk.wish("archive", A)
    desk.enrol(A)
    desk.reconcile()
    assert not desk.service.calls
    assert not desk.service.touched


def test_who_was_unsubscribed_by_us_stays_so_too(desk):
    desk.enrol(A)
    desk.reconcile()
    desk.wish("unsubscribe", A)
    desk.reconcile()
    desk.enrol(A)
    assert (desk.one(A).state, desk.one(A).refusal) == ("refused", "opted_out")


def test_who_unsubscribes_between_two_rounds_is_left_alone(desk):
    desk.enrol(A, B)
    desk.reconcile()
    desk.service.opt_out(desk.list, A)
    desk.wish("archive", A, B)
    desk.reconcile()
    assert (desk.there(A), desk.there(B)) == ("unsubscribed", "archived")
    assert not desk.service.touched


def test_who_subscribes_again_by_themselves_counts_as_on_it(desk):
    desk.service.opt_out(desk.list, A)
    desk.enrol(A)
    desk.reconcile()
    member = desk.list.members[hashed(A)]
    member.status, member.opted_out, member.changed = "subscribed", False, timezone.now()
    desk.enrol(B)
    desk.reconcile()
    assert (desk.one(A).state, desk.one(A).status) == ("done", "subscribed")


@pytest.mark.parametrize(
    ("email", "refusal", "words"),
    [
        ("weg@zon.nl", "forgotten", "permanently deleted"),
        ("nep@example.com", "invalid", "looks fake"),
    ],
)
def test_each_refusal_is_told_in_its_own_words_and_the_others_go_on(desk, email, refusal, words):
    desk.list.forgotten.add(hashed("weg@zon.nl"))
    desk.enrol(A, email)
    desk.reconcile()
    one = desk.one(email)
    assert (one.state, one.refusal) == ("refused", refusal)
    assert words in one.detail
    assert desk.there(A) == "subscribed"
    desk.service.calls.clear()
    desk.enrol(email)
    desk.reconcile()
    assert not desk.service.calls, "the same wish would get the same answer"


def test_fields_that_the_list_requires_are_told_and_tried_again_by_hand(desk):
    desk.list.needs_name = True
    desk.enrol(A)
    desk.reconcile()
    assert desk.one(A).refusal == "fields"
    desk.list.needs_name = False
    assert retry_memberships(None, desk.audience) == 1
    desk.reconcile()
    assert desk.one(A).state == "done"


def test_who_is_left_alone_here_is_not_enrolled(desk):
    Suppression.objects.create(address=A, reason="unsubscribed", source="one_click")
    desk.enrol(A, B)
    desk.reconcile()
    assert desk.one(A).refusal == "suppressed"
    assert (desk.there(A), desk.there(B)) == ("absent", "subscribed")


def test_who_must_confirm_waits_for_that(desk):
    desk.enrol(A, confirms=True)
    desk.reconcile()
    assert desk.there(A) == "pending"
    assert desk.one(A).state == "done"


def test_removing_somebody_who_is_not_there_makes_nobody(desk):
    desk.wish("unsubscribe", A)
    desk.wish("archive", B)
    desk.wish("tag_off", C, tags=["klant"])
    desk.reconcile()
    assert not desk.list.members
    assert {one.state for one in Membership.objects.all()} == {"done"}


@pytest.mark.parametrize("fault", ["busy", "broken", "cut"])
def test_after_a_failure_the_account_is_left_in_peace_and_then_all_is_done(desk, fault):
    desk.enrol(A)
    desk.service.faults.certain = ["", fault]
    until = desk.reconcile()
    account = MailingAccount.objects.get()
    assert until == account.paused_until > timezone.now()
    assert account.problem
    assert not work.claim_account(account)
    assert desk.reconcile() is None
    assert desk.there(A) == "subscribed"
    assert desk.service.changed[A] == 1
    assert MailingAccount.objects.get().problem == ""


def test_the_pause_is_as_long_as_the_service_asks_and_doubles_by_itself(desk):
    desk.service.faults.retry_after = "600"
    desk.service.faults.certain = ["busy"]
    desk.enrol(A)
    desk.reconcile()
    assert (MailingAccount.objects.get().paused_until - timezone.now()).total_seconds() > 590
    account = MailingAccount.objects.get()
    pauses = [work.pause_account(account, "down", after=None) - timezone.now() for _n in range(20)]
    assert pauses[0].total_seconds() < 15 < pauses[5].total_seconds()
    assert pauses[-1].total_seconds() <= 15 * 60 * 1.25


def test_a_call_whose_answer_got_lost_is_not_made_again(desk):
    desk.enrol(A, B, tags=["klant"])
    desk.service.faults.certain = ["", "mute"]
    assert desk.reconcile(seconds=0.3) is not None
    assert desk.service.calls["batch"] == 1
    desk.reconcile()
    assert desk.service.calls["batch"] == 1
    assert desk.service.changed == {A: 1, B: 1}
    assert {one.state for one in Membership.objects.all()} == {"done"}


def test_a_wish_that_changes_while_a_call_is_under_way_is_not_lost(desk):
    desk.enrol(A)
    stale = list(Membership.objects.all())
    desk.wish("archive", A)
    from cadans.outreach.audiences.provider import Outcome

    work.take_in_outcomes("enrol", stale, {A: Outcome(status="subscribed")})
    assert (desk.one(A).state, desk.one(A).status) == ("waiting", "subscribed")


def test_only_one_is_at_an_account_and_who_falls_silent_is_succeeded(desk):
    account = MailingAccount.objects.get()
    assert work.claim_account(account)
    assert not work.claim_account(account)
    MailingAccount.objects.update(claimed_until=timezone.now())
    assert work.claim_account(account)


def test_a_key_that_was_withdrawn_stops_the_account_and_says_so(desk, monkeypatch):
    desk.enrol(A)
    monkeypatch.setattr("tests.outreach.mailchimp_server.KEY", "another")
    assert desk.reconcile() is None
    assert "API key" in MailingAccount.objects.get().problem
    assert desk.one(A).state == "waiting"


def test_a_list_that_is_gone_is_marked_so(desk):
    desk.enrol(A)
    desk.service.lists.clear()
    desk.reconcile()
    desk.audience.refresh_from_db()
    assert desk.audience.is_gone


def test_the_same_wish_for_the_same_event_counts_once(desk):
    because = {"event": "1", "step": "x"}
    wish = Wish(email=A, do="enrol", because=because)
    assert lay_wishes(desk.audience, [wish]) == 1
    assert lay_wishes(desk.audience, [wish]) == 0
    assert desk.one(A).revision == 1


def test_any_row_of_faults_ends_as_it_should(desk):
    """400 members, enrolled and removed, while one call in four goes wrong somehow."""
    dice = random.Random(7)
    faults = desk.service.faults
    faults.busy = faults.broken = faults.mute = faults.cut = 0.06
    desk.service.mute_for = 0.25
    emails = [f"p{n}@zon.nl" for n in range(400)]
    want: dict[str, str] = {}
    for _turn in range(12):
        some = dice.sample(emails, 80)
        do = dice.choice(["enrol", "enrol", "archive"])
        desk.wish(do, *some)
        want |= dict.fromkeys(some, do)
        for email in dice.sample(emails, 4):
            if desk.there(email) == "subscribed":
                desk.service.opt_out(desk.list, email)
        desk.reconcile(seconds=0.2)
    faults.busy = faults.broken = faults.mute = faults.cut = 0
    desk.reconcile()
    assert not Membership.objects.waiting().exists()
    for email, do in want.items():
        member = desk.list.members.get(hashed(email))
        if member and member.opted_out:
            assert member.status == "unsubscribed"
        elif do == "enrol":
            assert member.status == "subscribed", email
        else:
            assert member is None or member.status in {"archived", "absent"}, email
    assert not desk.service.touched
    assert not desk.service.repeated
