"""The board in a browser: dragging, the keyboard's way, and what colleagues see of it."""

from playwright.sync_api import Page, expect

from tests.world import World


def card(page: Page, title: str):
    return page.locator(".lead-card", has_text=title)


def column(page: Page, world: World, stage: str):
    return page.locator(f'[data-stage="{world.stages[stage].id}"]')


def drag(page: Page, title: str, to) -> None:
    """As a hand does: press, move a little, move over the target, let go."""
    start = card(page, title).bounding_box()
    page.mouse.move(start["x"] + 60, start["y"] + 12)
    page.mouse.down()
    page.mouse.move(start["x"] + 80, start["y"] + 30, steps=4)
    to.wait_for(state="visible")
    end = to.bounding_box()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 40, steps=10)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 44, steps=3)
    page.mouse.up()


def test_a_dragged_card_moves_for_everybody_within_two_seconds(visit, world, transactional_db):
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    mine = visit(world.anna, "/board/", language="nl")
    theirs = visit(world.bram, "/board/", language="en")
    expect(column(theirs, world, "new")).to_contain_text("Bakkerij Zon")

    drag(mine, "Bakkerij Zon", column(mine, world, "demo"))

    expect(column(mine, world, "demo")).to_contain_text("Bakkerij Zon")
    expect(mine.get_by_text("“Bakkerij Zon” staat in “Demo”.")).to_be_visible()
    expect(column(theirs, world, "demo")).to_contain_text("Bakkerij Zon", timeout=2_000)
    assert world.stage_of(lead) == "demo"


def test_undoing_a_move_puts_the_card_back(visit, world, transactional_db):
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    page = visit(world.anna, "/board/", language="en")
    drag(page, "Bakkerij Zon", column(page, world, "demo"))
    page.get_by_role("button", name="Undo").click()
    expect(column(page, world, "new")).to_contain_text("Bakkerij Zon")
    assert world.stage_of(lead) == "new"


def test_a_stage_that_asks_for_a_reason_asks_for_it(visit, world, transactional_db):
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    world.put_in(lead, "proposal")
    page = visit(world.anna, "/board/", language="nl")

    drag(page, "Bakkerij Zon", column(page, world, "contract"))

    panel = page.locator("#drawer")
    expect(panel.get_by_role("heading", name="De doelen zijn nog niet gehaald")).to_be_visible()
    expect(panel).to_contain_text("Voorstel verstuurd")
    # Being asked is no mishap.
    expect(page.locator("#toasts [data-toast]")).to_have_count(0)
    expect(column(page, world, "proposal")).to_contain_text("Bakkerij Zon")
    panel.get_by_role("button", name="Toch verplaatsen").click()
    expect(panel).to_contain_text("Zeg waarom")
    panel.get_by_label("Waarom toch verder?").fill("De directeur tekent vandaag.")
    panel.get_by_role("button", name="Toch verplaatsen").click()
    expect(column(page, world, "contract")).to_contain_text("Bakkerij Zon")
    assert lead.visits.get(stage__key="contract").reason == "De directeur tekent vandaag."


def test_a_stage_that_blocks_says_what_is_missing(visit, world, transactional_db):
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    world.put_in(lead, "contract")
    page = visit(world.anna, "/board/", language="en")
    drag(page, "Bakkerij Zon", page.locator('[data-stage="won"]'))
    # Winning by hand is the rep's right; only a later stage is blocked.
    expect(page.get_by_text("Won! “Bakkerij Zon”")).to_be_visible()
    assert world.stage_of(lead) == "won"


def test_dropping_on_lost_asks_why(visit, world, transactional_db):
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    page = visit(world.anna, "/board/", language="nl")
    card(page, "Bakkerij Zon").get_by_role("link").focus()
    page.keyboard.press("m")
    page.get_by_role("menuitemradio", name="Verloren").click()

    panel = page.locator("#drawer")
    panel.get_by_role("button", name="Sluit als verloren").click()
    expect(panel).to_contain_text("Kies waarom hij verloren is.")
    panel.get_by_label("Te duur").check()
    panel.get_by_role("button", name="Sluit als verloren").click()

    expect(card(page, "Bakkerij Zon")).to_have_count(0)
    lead.refresh_from_db()
    assert (lead.status, lead.loss_reason) == ("lost", world.too_expensive)


def test_a_card_is_moved_by_keyboard_alone(visit, world, transactional_db):
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    page = visit(world.anna, "/board/", language="en")
    page.keyboard.press("j")
    expect(card(page, "Bakkerij Zon").get_by_role("link")).to_be_focused()
    page.keyboard.press("m")
    expect(page.locator("[role=menuitemradio]:focus")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitemradio", name="Demo", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("“Bakkerij Zon” is in “Demo”.")).to_be_visible()
    expect(column(page, world, "demo")).to_contain_text("Bakkerij Zon")
    assert world.stage_of(lead) == "demo"


def test_filters_narrow_the_board_and_stay_in_the_address(visit, world, transactional_db):
    world.lead("Bakkerij Zon", owner=world.anna)
    world.lead("Slagerij Maan", owner=world.bram)
    page = visit(world.anna, "/board/", language="nl")
    page.get_by_role("combobox", name="Alle eigenaren").select_option("me")
    expect(card(page, "Slagerij Maan")).to_have_count(0)
    expect(card(page, "Bakkerij Zon")).to_be_visible()
    assert "owner=me" in page.url
    page.reload()
    expect(card(page, "Slagerij Maan")).to_have_count(0)


def test_a_phone_swipes_from_stage_to_stage(visit, world, transactional_db):
    world.lead("Bakkerij Zon", owner=world.anna)
    page = visit(world.anna, "/board/", language="nl", width=390, height=844)
    expect(card(page, "Bakkerij Zon")).to_be_visible()
    board = page.locator("[data-board]")
    assert board.evaluate("b => b.scrollWidth > b.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
