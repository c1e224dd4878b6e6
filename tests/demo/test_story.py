"""The story of the demo company can be found back in its figures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Avg, Count, F, Q
from django.utils import timezone

from cadans.demo.load import load_demo
from cadans.demo.people import LOG_INS, SELLERS
from cadans.demo.story import POOR_SOURCE
from cadans.ground.errors import Conflict
from cadans.leads.models import Activity, Closing, Lead, StageVisit, Task
from cadans.team.models import User

pytestmark = pytest.mark.django_db
WON = Q(status="won")


@pytest.fixture(scope="module")
def company(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The demo company with a few thousand leads, for the whole module."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_demo(leads=2500, months=20, seed=7, in_bulk=True)
        yield
        transaction.set_rollback(True)


def win_rates(by: str) -> dict[Any, float]:
    rows = Closing.objects.values(by).annotate(won=Count("id", filter=WON), all=Count("id"))
    return {row[by]: row["won"] / row["all"] for row in rows}


def on_from(stage: str) -> dict[str, float]:
    """For each rep, the share of finished stays in a stage after which the lead went on."""
    stays = StageVisit.objects.filter(stage__key=stage, left_at__isnull=False)
    rows = stays.values("owner__name").annotate(
        on=Count("id", filter=Q(how__in=["advanced", "moved"])), all=Count("id")
    )
    return {row["owner__name"]: row["on"] / row["all"] for row in rows}


def test_daan_is_weak_in_the_demo_and_nowhere_else(company: None) -> None:
    demo = on_from("demo")
    others = [rate for name, rate in demo.items() if name != "Daan Kuipers"]
    assert demo["Daan Kuipers"] < 0.65 * sum(others) / len(others)
    first = on_from("new")
    others = [rate for name, rate in first.items() if name != "Daan Kuipers"]
    assert first["Daan Kuipers"] > 0.85 * sum(others) / len(others)


def test_the_comparison_site_brings_poor_leads(company: None) -> None:
    classic = Closing.objects.filter(pipeline__key="b2b-classic")
    rows = classic.values("lead__source__name").annotate(
        won=Count("id", filter=WON), all=Count("id")
    )
    rates = {row["lead__source__name"]: row["won"] / row["all"] for row in rows}
    assert min(rates, key=lambda name: rates[name]) == POOR_SOURCE
    assert rates["Aanbeveling van klant"] > 2 * rates[POOR_SOURCE]


def test_the_second_version_paid(company: None) -> None:
    """More is won under it, in fewer days, as a report by process version shows."""
    for pipeline in ("b2b-classic", "inbound-trial"):
        closed = Closing.objects.filter(pipeline__key=pipeline)
        rate, days = {}, {}
        for number in (1, 2):
            under = closed.filter(version__number=number)
            won = under.filter(WON)
            rate[number] = won.count() / under.count()
            days[number] = won.aggregate(days=Avg(F("at") - F("opened_at")))["days"]
        assert rate[2] > 1.15 * rate[1], pipeline
        assert days[2] < 0.9 * days[1], pipeline


def test_august_and_december_are_quiet(company: None) -> None:
    months = dict(
        Lead.objects.values_list("opened_at__month")
        .annotate(n=Count("id"))
        .order_by("opened_at__month")
    )
    seen = Lead.objects.dates("opened_at", "month")
    a_month = {n: months[n] / sum(day.month == n for day in seen) for n in months}
    usual = sum(a_month.values()) / len(a_month)
    assert a_month[8] < 0.75 * usual
    assert a_month[12] < 0.85 * usual


def test_nobody_sells_on_sunday(company: None) -> None:
    held = Activity.objects.filter(held=True)
    assert not held.filter(at__week_day__in=[1, 7]).exists()
    assert held.count() > 2000


def test_there_is_something_to_do_today(company: None) -> None:
    now = timezone.now()
    tasks = Task.objects.filter(state="open", lead__status="open")
    assert tasks.filter(due_at__lt=now).count() > 20
    assert tasks.filter(due_at__gte=now).count() > 30
    assert Lead.objects.open().idle(on=now).exists()
    assert set(Lead.objects.open().values_list("owner__email", flat=True)) == {
        one.email for one in SELLERS
    }
    assert Activity.objects.filter(held=False, at__gt=now).exists()


def test_breaches_can_be_found(company: None) -> None:
    assert StageVisit.objects.filter(how="moved", goals_met=False).count() > 50
    assert StageVisit.objects.filter(jumped=True).exists()
    assert Closing.objects.filter(status="lost", reason=None).exists()
    assert Task.objects.filter(state="done", ended_at__gt=F("due_at")).count() > 100


def test_four_log_in_and_nobody_else(company: None) -> None:
    can = {user.email for user in User.objects.all() if user.has_usable_password()}
    assert can == {email for _role, email, _password in LOG_INS}
    for role, email, password in LOG_INS:
        user = User.objects.get(email=email)
        assert user.role == role
        assert user.check_password(password)


def test_the_demo_goes_into_an_empty_cadans_only(company: None) -> None:
    with pytest.raises(Conflict):
        load_demo(leads=1)
