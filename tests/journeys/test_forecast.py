"""A manager asks for quotas and looks at what will be won; a rep sees their own."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from cadans.insight.actions.snapshots import catch_up
from cadans.insight.forecast import snapshots
from cadans.insight.forecast.snapshots import quarter_of
from cadans.insight.models import Quota
from cadans.leads import actions
from cadans.leads.models import Lead
from cadans.team.queries import today
from tests.journeys.axe import complaints


@pytest.fixture
def sold(world, transactional_db, monkeypatch):
    """Half a year of leads, some of them won, with the snapshots of those nights."""
    now = timezone.now()
    for n in range(24):
        at = now - timedelta(days=7 * n + 20)
        lead = world.lead(f"Lead {n}", owner=world.anna, value=1000 + 100 * n, opened_at=at)
        if n % 4:
            ends = actions.win_lead if n % 2 else actions.lose_lead
            ends(world.anna, lead, at=at + timedelta(days=9))
    Lead.objects.update(made_at=now - timedelta(days=400))
    monkeypatch.setattr(snapshots, "SETTLED", timedelta(0))
    catch_up(today())
    return world


def test_quotas_are_set_in_a_grid_and_stand_beside_the_forecast(visit, sold):
    page = visit(sold.manager, "/insight/quotas/", language="nl")
    page.get_by_label(f"Target van {sold.anna.name}").fill("12.500")
    page.get_by_role("button", name="Targets opslaan").click()
    page.get_by_text("Opgeslagen").first.wait_for()
    quota = Quota.objects.get()
    assert (quota.amount, quota.since) == (Decimal("12500.00"), quarter_of(today()).since)
    page.get_by_role("link", name="Prognose").last.click()
    page.get_by_role("heading", name="Drie methoden naast elkaar").wait_for()
    row = page.get_by_role("row", name=sold.anna.name).first
    assert "12.500" in row.inner_text()
    page.get_by_role("link", name=sold.anna.name).first.click()
    page.get_by_role("heading", name="Leads in de prognose").wait_for()


def test_a_past_forecast_is_followed_to_what_was_won(visit, sold):
    page = visit(sold.manager, "/insight/forecast/?period=month", language="en")
    fall = page.locator("#waterfall")
    fall.get_by_label("Method").select_option("stage")
    page.wait_for_url("**method=stage**")
    fall.get_by_text("As a table").click()
    table = fall.get_by_role("table", name="What lies between")
    assert "Forecast" in table.inner_text()
    table.get_by_role("link").first.click()
    page.wait_for_url("**/insight/leads/**")
    assert page.get_by_role("row").count() > 1


@pytest.mark.parametrize(
    ("language", "width", "dark"), [("en", 1440, True), ("nl", 390, False)], ids=["wide", "phone"]
)
def test_axe_finds_nothing(visit, sold, language, width, dark):
    page = visit(
        sold.admin, "/insight/forecast/", language=language, width=width, height=3000, dark=dark
    )
    found = complaints(page)
    for path in (
        "/insight/forecast/?period=last-quarter&by=team",
        "/insight/forecast/leads/",
        "/insight/quotas/",
        "/insight/quotas/?unit=year",
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        found += complaints(page)
    assert not found, "\n".join(found)
