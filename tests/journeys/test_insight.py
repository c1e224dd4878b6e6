"""Insight: from a figure to the leads behind it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cadans.leads import actions


@pytest.fixture
def sold(world, transactional_db):
    """Three leads decided a week ago: one won by Anna, two lost by Bram."""
    opened, closed = (timezone.now() - timedelta(days=days) for days in (20, 7))
    won = world.lead("Bakkerij Zon", owner=world.anna, opened_at=opened)
    actions.win_lead(world.manager, won, at=closed)
    for name in ("Slagerij Maan", "Kapper Ster"):
        lost = world.lead(name, owner=world.bram, opened_at=opened)
        actions.lose_lead(world.manager, lost, reason=None, at=closed)
    return world


def test_a_manager_finds_out_whose_leads_are_lost(visit, sold):
    page = visit(sold.manager, "/insight/", language="nl")
    expect(page.get_by_text("33,3%").first).to_be_visible()
    page.get_by_role("link", name="Winstpercentage", exact=True).first.click()
    rows = page.get_by_role("table", name="Winstpercentage per eigenaar", exact=True)
    bram = rows.get_by_role("row").filter(has_text="Bram")
    expect(bram).to_contain_text("weinig leads")
    bram.get_by_role("link", name="2", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Verloren leads")
    expect(page.get_by_role("link", name="Slagerij Maan")).to_be_visible()
    expect(page.get_by_role("link", name="Kapper Ster")).to_be_visible()
    expect(page.get_by_role("link", name="Bakkerij Zon")).to_have_count(0)


def test_the_funnel_is_broken_down_and_its_chart_has_a_table(visit, sold):
    page = visit(sold.manager, "/insight/funnel/", language="en")
    page.get_by_text("As a table").click()
    twin = page.get_by_role(
        "table", name="Leads that entered each stage, and the share that went on"
    )
    expect(twin.get_by_role("row").nth(1)).to_contain_text("3")
    page.get_by_label("Break down").select_option("owner")
    page.wait_for_url("**by=owner**")
    parts = page.get_by_role("table", name="Conversion of each stage by owner")
    expect(parts.get_by_role("row").filter(has_text="Anna")).to_contain_text("100%")
    page.get_by_label("Period", exact=True).select_option("last-year")
    page.wait_for_url("**period=last-year**")
    expect(page.get_by_role("table", name="Conversion of each stage by owner")).to_have_count(0)


def test_on_a_phone_the_page_does_not_scroll_sideways(visit, sold):
    page = visit(sold.manager, "/insight/win-rate/", language="nl", width=390)
    expect(page.get_by_text("33,3%").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
