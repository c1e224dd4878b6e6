"""A manager builds an assignment rule: groups of conditions, bands of value, who is next."""

import pytest
from playwright.sync_api import Page, expect

from cadans.assignment.models import Territory
from cadans.playbooks.queries import draft_of
from cadans.process.models import Pipeline
from tests.journeys.axe import complaints

RULES = "/process/new-customers/?stage=demo&tab=rules"


@pytest.fixture
def page_of_rules(visit, world, transactional_db):
    Territory.objects.create(name="Noord")
    return visit(world.manager, RULES, language="nl", width=390, height=2600)


def rules():
    return draft_of(Pipeline.objects.get(key="new-customers")).stage("demo").rules


def open_rule(page: Page) -> None:
    page.get_by_role("link", name="Regel toevoegen").click()
    page.get_by_label("Naam van de regel").fill("Inbound")


def keep(page: Page) -> None:
    page.get_by_role("button", name="Toevoegen aan het concept").click()
    expect(page.locator("#part-form")).to_have_count(0)


def test_groups_of_conditions_on_a_phone_by_keyboard(page_of_rules, world):
    page = page_of_rules
    open_rule(page)
    page.get_by_role("button", name="Voorwaarde toevoegen").press("Enter")
    first = page.locator("#condition-rows > .condition-row")
    expect(first.get_by_label("Veld", exact=True)).to_be_focused()
    first.get_by_label("Veld", exact=True).select_option("territory")
    expect(first.get_by_label("Vergelijking").locator("option").first).to_have_text("ligt in")
    first.get_by_label("Waarde", exact=True).select_option("Noord")
    page.get_by_role("button", name="Groep toevoegen").press("Enter")
    group = page.locator(".condition-group")
    group.get_by_label("Veld", exact=True).select_option("value")
    expect(group.get_by_label("Vergelijking")).to_have_value("at_least")
    group.get_by_label("Waarde", exact=True).fill("10000")
    group.get_by_role("button", name="Voorwaarde in deze groep").press("Enter")
    second = group.locator(".condition-row").nth(1)
    expect(second.get_by_label("Veld", exact=True)).to_be_focused()
    second.get_by_label("Veld", exact=True).select_option("source")
    # The answer to choosing a field brings the select in place of the text input.
    second.locator("select[name=when_than]").select_option("Website")
    page.get_by_label("Welk team").select_option(label="Binnendienst")
    page.get_by_label("wie de meeste kans heeft om te winnen").check()
    page.get_by_label("Niemand krijgt meer dan").fill("40")
    page.get_by_role("button", name="Toevoegen wie daarna komt").press("Enter")
    page.get_by_label("Wie is daarna aan de beurt").select_option(label="Bram Mulder")
    page.get_by_label("Open leads die ieder van hen hoogstens mag hebben").fill("20")
    page.get_by_label("Wanneer zij leads krijgen").select_option("office")
    assert complaints(page) == []
    keep(page)
    (rule,) = rules()
    both = rule.when.all
    assert (both[0].field, both[0].than) == ("territory", "Noord")
    assert [one.field for one in both[1].any] == ["value", "source"]
    assert (rule.to.strategy, rule.to.most_share) == ("likeliest_to_win", 40)
    other = rule.otherwise[0]
    assert (other.users, other.most_open, other.hours) == ([world.bram.id], 20, "office")


def test_bands_of_value(page_of_rules, world):
    page = page_of_rules
    open_rule(page)
    page.get_by_label("wie er bij de waarde hoort").check()
    expect(page.get_by_label("Welk team")).to_be_hidden()
    page.get_by_role("button", name="Band toevoegen").click()
    bounds, whos = page.get_by_label("Vanaf welke waarde"), page.get_by_label("Wie hem krijgt")
    for n, (bound, who) in enumerate(
        [("0", "Binnendienst"), ("10.000", "Anna Smit"), ("50.000", "Marit Visser")]
    ):
        bounds.nth(n).fill(bound)
        whos.nth(n).select_option(label=who)
    assert complaints(page) == []
    keep(page)
    (rule,) = rules()
    assert [band.at_least for band in rule.to.bands] == [0, 10000, 50000]
    expect(page.locator("#rules-inbound")).to_contain_text("vanaf 50.000: Marit Visser")
