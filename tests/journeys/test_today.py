"""Today by keyboard: the day is worked through without a mouse."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from cadans.leads import actions


def test_the_day_is_worked_through_by_keyboard(visit, world, transactional_db):
    lead = world.lead("Bakkerij Zon", owner=world.anna, opened_at=timezone.now())
    for name in ("Bel terug", "Stuur brochure"):
        actions.add_task(world.anna, lead, name=name, due_at=timezone.now() - timedelta(days=2))
    page = visit(world.anna, "/", language="nl")
    expect(page.get_by_role("region", name="Te laat")).to_contain_text("Bel terug")

    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator(".task", has_text="Bel terug")).to_have_count(0)
    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(page.locator(".task", has_text="Stuur brochure")).to_have_count(0)
    states = dict(lead.tasks.filter(key="").values_list("name", "state"))
    assert states == {"Bel terug": "done", "Stuur brochure": "skipped"}


def test_a_manager_gives_a_lead_without_owner_to_somebody(visit, world, transactional_db):
    lead = world.lead("Bakkerij Zon")
    actions.assign_lead(world.manager, lead, owner=None)
    page = visit(world.manager, "/", language="en")
    page.get_by_role("link", name="Assign").click()
    panel = page.locator("#drawer")
    panel.get_by_label("Owner").select_option(label="Bram Mulder")
    panel.get_by_role("button", name="Save").click()
    expect(page.get_by_text("is now with Bram Mulder")).to_be_visible()
    lead.refresh_from_db()
    assert lead.owner == world.bram


def test_the_palette_finds_and_goes(visit, world, transactional_db):
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    page = visit(world.anna, "/", language="nl")
    page.keyboard.press("Control+k")
    page.keyboard.type("bakkerij")
    expect(page.locator("#palette-hits .palette-item").first).to_contain_text("Bakkerij Zon")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/leads/{lead.id}/")
