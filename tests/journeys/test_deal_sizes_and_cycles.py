"""A manager looks at deal sizes and cycles, and drafts a rule for those who leave at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cadans.leads import actions
from cadans.leads.models import Source
from cadans.process.models import Pipeline
from tests.journeys.axe import complaints


@pytest.fixture
def sold(world, transactional_db):
    """Twenty leads won after forty days, and twenty from the fair lost after three."""
    begin = timezone.now() - timedelta(days=60)
    fair, site = (Source.objects.create(name=name) for name in ("The fair", "The site"))
    for n in range(20):
        lead = world.lead(
            f"Won {n}", owner=world.anna, value=1000 + 100 * n, source=site, opened_at=begin
        )
        actions.win_lead(world.anna, lead, at=begin + timedelta(days=40))
        lead = world.lead(f"Lost {n}", owner=world.anna, source=fair, opened_at=begin)
        actions.lose_lead(world.anna, lead, at=begin + timedelta(days=3))
    return world


def test_a_trait_becomes_a_rule_in_the_draft_with_one_click(visit, sold):
    page = visit(sold.manager, "/insight/cycle/", language="nl")
    page.get_by_role("link", name="Snelle nee").click()
    page.get_by_role("heading", name="Bron: The fair").wait_for()
    page.get_by_role("button", name="Regel in het concept").click()
    page.get_by_text("De regel ligt in het concept").first.wait_for()
    page.get_by_text("Snelle nee? Bron: The fair").filter(visible=True).first.wait_for()
    pipeline = Pipeline.objects.get(key="new-customers")
    rules = pipeline.draft["stages"][0]["rules"]
    assert rules[0]["name"] == "Snelle nee? Bron: The fair"
    assert rules[0]["to"]["users"] == [str(sold.manager.id)]


def test_a_deal_size_opens_its_leads_and_comes_back(visit, sold):
    page = visit(sold.manager, "/insight/deal-size/", language="en")
    page.get_by_role("link", name=sold.anna.name).last.click()
    page.get_by_role("heading", name="Leads won").wait_for()
    assert page.get_by_role("row").count() == 21
    page.get_by_role("main").get_by_role("link", name="Deal size").click()
    page.get_by_role("heading", name="What changed").wait_for()


@pytest.mark.parametrize(
    ("language", "width", "dark"), [("en", 1440, True), ("nl", 390, False)], ids=["wide", "phone"]
)
def test_axe_finds_nothing(visit, sold, language, width, dark):
    page = visit(
        sold.admin, "/insight/deal-size/", language=language, width=width, height=3000, dark=dark
    )
    found = complaints(page)
    for path in (
        "/insight/deal-size/?by=month",
        "/insight/cycle/",
        "/insight/cycle/?by=loss_reason",
        "/insight/cycle/quick-no/",
        "/insight/cycle/committee/",
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        found += complaints(page)
    assert not found, "\n".join(found)
