"""A lead's page in a browser: the work that carries it on, seen by others, nothing typed lost."""

from playwright.sync_api import expect

from cadans.leads import actions


def test_an_activity_that_meets_the_last_goal_moves_the_lead(visit, world, transactional_db):
    lead = world.lead("Bakkerij Zon", owner=world.anna, value=12500)
    page = visit(world.anna, f"/leads/{lead.id}/", language="nl")
    expect(page.locator("#lead .section-title", has_text="Nieuw")).to_be_visible()

    form = page.locator("#log-form")
    form.get_by_text("Gesproken", exact=True).click()
    form.locator("textarea").fill("Wil **twee** offertes zien.")
    form.get_by_role("button", name="Leg vast").click()

    expect(page.get_by_text("ging door naar “Demo”").first).to_be_visible()
    expect(page.locator("#lead .section-title", has_text="Demo")).to_be_visible()
    expect(page.locator("#tasks")).to_contain_text("Demo voorbereiden")
    expect(page.locator("#story strong", has_text="twee")).to_be_visible()
    expect(form.locator("textarea")).to_have_value("")
    assert world.stage_of(lead) == "demo"


def test_why_shows_the_rule_the_version_and_what_was_seen(visit, world, transactional_db):
    lead = world.lead("Bakkerij Zon", owner=world.anna, value=12500)
    world.call(lead)
    page = visit(world.anna, f"/leads/{lead.id}/", language="en")
    item = page.locator(".story-item", has_text="Went on to “Demo”").last
    item.get_by_text("Why?").click()
    for told in ("Anna Smit called.", "The goals of “New” were met", "Value known", "12"):
        expect(item.locator(".why")).to_contain_text(told)
    item.get_by_role("button", name="Undo").click()
    expect(page.locator("#lead .section-title", has_text="New")).to_be_visible()
    assert world.stage_of(lead) == "new"


def test_ticking_a_goal_and_doing_the_task_brings_the_next_stage(visit, world, transactional_db):
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    world.put_in(lead, "proposal")
    page = visit(world.anna, f"/leads/{lead.id}/", language="nl")
    page.get_by_role("button", name="Akkoord op hoofdlijnen").click()
    expect(page.get_by_text("Anna Smit, ").first).to_be_visible()
    page.get_by_role("button", name="Klaar: Voorstel sturen").click()
    expect(page.locator("#lead .section-title", has_text="Contract")).to_be_visible()
    assert world.stage_of(lead) == "contract"


def test_losing_asks_why_and_reopening_brings_it_back(visit, world, transactional_db):
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    page = visit(world.anna, f"/leads/{lead.id}/", language="en")
    page.get_by_role("link", name="Lost").click()
    panel = page.locator("#drawer")
    panel.get_by_label("Te duur").check()
    panel.get_by_role("button", name="Close as lost").click()
    expect(page.locator(".page-header", has_text="Lost: Te duur")).to_be_visible()
    page.get_by_role("button", name="Reopen").click()
    expect(page.get_by_role("button", name="Won")).to_be_visible()
    lead.refresh_from_db()
    assert lead.is_open


def test_what_a_colleague_does_appears_and_what_one_types_stays(visit, world, transactional_db):
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    page = visit(world.anna, f"/leads/{lead.id}/", language="nl")
    note = page.locator("#log-form textarea")
    note.fill("Ik ben nog bezig")
    page.get_by_role("button", name="Concurrent wijzigen").click()
    page.locator("#field-competitor input[name=competitor]").fill("Zonnig")

    actions.change_lead(world.bram, lead, changes={"title": "Bakkerij Zon en Maan", "value": 900})

    expect(page.get_by_role("heading", level=1)).to_contain_text("Zon en Maan", timeout=2_000)
    expect(note).to_have_value("Ik ben nog bezig")
    expect(page.locator("#field-competitor input[name=competitor]")).to_have_value("Zonnig")
    page.locator("#field-competitor").get_by_role("button", name="Opslaan").click()
    expect(page.locator("#field-competitor")).to_contain_text("Zonnig")
    lead.refresh_from_db()
    assert lead.competitor == "Zonnig"


def test_a_lost_race_is_told_and_nothing_is_overwritten(visit, world, transactional_db):
    lead = world.lead("Bakkerij Zon", owner=world.anna, value=100)
    page = visit(world.anna, f"/leads/{lead.id}/", language="nl")
    page.get_by_role("button", name="Waarde wijzigen").click()
    field = page.locator("#field-value")
    field.locator("input[name=value]").fill("1.250,50")
    actions.change_lead(world.bram, lead, changes={"value": 900})
    field.get_by_role("button", name="Opslaan").click()
    expect(field).to_contain_text("Iemand anders maakte hier intussen")
    field.get_by_role("button", name="Opslaan").click()
    expect(field).to_contain_text("1.250,50")


def test_a_rep_on_the_road_logs_a_call_with_one_thumb(visit, world, transactional_db):
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    page = visit(world.anna, "/", language="nl", width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    row = page.locator(".task", has_text="Eerste belafspraak")
    row.get_by_role("link", name="Leg vast").click()
    panel = page.locator("#drawer")
    panel.get_by_text("Geen gehoor").click()
    panel.get_by_role("button", name="Leg vast").click()
    expect(page.get_by_text("Vastgelegd.")).to_be_visible()
    expect(page.locator(".task", has_text="Eerste belafspraak")).to_have_count(0)
    assert lead.activities.get().outcome == "no_answer"
    assert world.task(lead, "first_call").state == "done"


def test_people_get_a_role_and_products_make_the_value(visit, world, transactional_db):
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    page = visit(world.anna, f"/leads/{lead.id}/", language="en")
    page.get_by_role("combobox", name="Buying role of").select_option("champion")
    page.locator(".panel", has_text="Products").get_by_role("link", name="Change").click()
    panel = page.locator("#drawer")
    panel.get_by_label("Product").first.select_option(label="Warmtepomp 8 kW")
    panel.get_by_label("Quantity").first.fill("2")
    panel.get_by_label("Their sum is the value of the lead").check()
    panel.get_by_role("button", name="Save").click()
    expect(page.locator(".lead-facts")).to_contain_text("€14,900")
    assert lead.parts.get().role == "champion"


def test_nothing_on_the_page_has_the_same_id_twice(visit, world, transactional_db):
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    page = visit(world.anna, f"/leads/{lead.id}/", language="en")
    page.locator(".goal-hint", has_text="Log").first.click()
    expect(page.locator("#drawer")).to_contain_text("Log what you did")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(ids) == len(set(ids)), sorted(id for id in set(ids) if ids.count(id) > 1)


def test_a_refused_form_begins_where_the_mistake_is(visit, world, transactional_db):
    page = visit(world.anna, "/leads/new/", language="nl")
    page.get_by_label("Bedrijf").fill("Bakkerij Zon")
    page.get_by_label("Waarde").fill("veel")
    page.get_by_role("button", name="Lead toevoegen").click()
    expect(page.get_by_text("Vul een bedrag in")).to_be_visible()
    expect(page.get_by_label("Waarde")).to_be_focused()


def test_a_long_note_leaves_the_rest_of_the_timeline_in_sight(visit, world, transactional_db):
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    actions.log_activity(world.anna, lead, kind="note", note="Een lange mail. " * 400 + "Groet")
    page = visit(world.anna, f"/leads/{lead.id}/", language="nl")
    note = page.locator(".note-long")
    assert note.bounding_box()["height"] < 260
    note.get_by_text("De hele notitie").click()
    assert note.bounding_box()["height"] > 600
