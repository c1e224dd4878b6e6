"""A manager builds a process in the browser, publishes it, changes it, publishes it again."""

import re
import uuid
from typing import Any

import pytest
from playwright.sync_api import ElementHandle, Locator, Page, expect

from cadans.assignment.models import Territory
from cadans.events.models import Event
from cadans.leads.actions import move_lead
from cadans.leads.models import Lead, StageVisit, Task
from cadans.playbooks.actions import make_pipeline
from cadans.playbooks.queries import draft_of
from cadans.process.models import Pipeline, published
from tests.journeys.axe import complaints
from tests.retold import assert_replay_equals_tables


@pytest.fixture
def trial(world, transactional_db):
    Territory.objects.create(name="Noord")
    return make_pipeline(world.manager, name="Proefabonnement")


def panel(page: Page) -> Locator:
    return page.locator("#drawer")


def add_stage(page: Page, name: str) -> None:
    """A new stage behind the open ones, named at once."""
    tiles = page.locator(".stage-tile")
    there = tiles.count()
    page.get_by_role("button", name="Fase erbij").click()
    expect(tiles).to_have_count(there + 1)
    page.get_by_label("Naam in het Nederlands").fill(name)
    page.get_by_label("Naam in het Nederlands").press("Tab")
    expect(page.locator("[data-current] .stage-label")).to_have_text(name)


def choose(page: Page, stage: str, tab: str) -> None:
    page.locator(".stage-link", has_text=stage).first.click()
    expect(page.locator("[data-current] .stage-label")).to_have_text(stage)
    page.locator(".tab-link", has_text=tab).click()
    expect(page.locator(".tab-link[aria-current]")).to_contain_text(tab)


def fill(page: Page, label: str, value: str) -> None:
    """Whatever stands behind a label in the side panel: a box, a list or text."""
    field = panel(page).get_by_label(label, exact=True)
    match field.evaluate("one => one.type"):
        case "checkbox" | "radio":
            field.check()
        case "select-one":
            field.select_option(label=value)
        case _:
            field.fill(value)


def keep(page: Page) -> None:
    """Save what is in the side panel: it closes."""
    panel(page).get_by_role("button", name="Toevoegen aan het concept").click()
    expect(panel(page).locator("#part-form")).to_have_count(0)


def add_goal(page: Page, kind: str, fields: dict[str, str]) -> None:
    page.locator(f'.pick-item[href*="kind={kind}"]').click()
    for label, value in fields.items():
        fill(page, label, value)
    keep(page)


def add_task(page: Page, fields: dict[str, str]) -> None:
    page.get_by_role("link", name="Taak toevoegen").click()
    for label, value in fields.items():
        fill(page, label, value)
    keep(page)


def add_rule(page: Page, name: str, field: str, comparison: str, value: str) -> None:
    page.get_by_role("link", name="Regel toevoegen").click()
    fill(page, "Naam van de regel", name)
    panel(page).get_by_role("button", name="Voorwaarde toevoegen").click()
    row = panel(page).locator(".condition-row")
    with page.expect_response("**/condition-row/**"):
        row.get_by_label("Veld").select_option(label=field)
    settled(page)
    if row.get_by_label("Vergelijking").input_value() != comparison:
        with page.expect_response("**/condition-row/**"):
            row.get_by_label("Vergelijking").select_option(comparison)
        settled(page)
    than = row.locator("[name$=than]")
    than.select_option(value) if than.evaluate("one => one.tagName") == "SELECT" else than.fill(
        value
    )
    panel(page).get_by_label("Welk team").first.select_option(label="Binnendienst")
    keep(page)


def settled(page: Page) -> None:
    busy = panel(page).locator(".htmx-request, .htmx-swapping, .htmx-settling")
    expect(busy).to_have_count(0)


def publish(page: Page, version: int, why: str, mapping: str = "", moving: int = 0) -> None:
    page.get_by_role("link", name="Publiceren…").click()
    if mapping:
        gone = panel(page).get_by_label(re.compile(f"{moving} leads in .* gaan naar"))
        gone.select_option(label=mapping)
    panel(page).locator("#publish-note").fill(why)
    panel(page).get_by_role("button", name="Live zetten").click()
    expect(page.get_by_text(f"Live: versie {version}")).to_be_visible()


def lines(page: Page) -> list[str]:
    return page.locator(".line-list .line").all_inner_texts()


def test_a_trial_process_is_built_published_changed_and_published_again(visit, world, trial):
    page = visit(world.manager, f"/process/{trial.key}/", language="nl", width=1440, height=1000)
    for name in ("Proef", "Demo", "Voorstel"):
        add_stage(page, name)

    choose(page, "Nieuw", "Doelen")
    add_goal(page, "contact", {"Telefoonnummer": "ja", "Van wie": "Beslisser"})
    add_goal(page, "field", {"Veld": "Bron", "Website": "ja"})
    expect(page.locator(".line-list")).to_contain_text("E-mailadres en telefoonnummer bekend")
    expect(page.locator(".line-list")).to_contain_text("Bron ingevuld · Website")
    choose(page, "Proef", "Doelen")
    add_goal(page, "signal", {"Naam van het signaal": "trial_started", "Geteld": "ook van eerder"})
    choose(page, "Demo", "Doelen")
    add_goal(page, "activity", {"Activiteit": "Demo", "Uitkomst": "Ging goed"})
    choose(page, "Voorstel", "Doelen")
    add_goal(page, "person", {"Wie": "Beslisser"})
    add_goal(page, "box", {"Naam in het Nederlands": "Akkoord op hoofdlijnen"})

    choose(page, "Nieuw", "Taken")
    work = {"Hoeveel": "1", "Eenheid": "werkdagen", "Voor": "iemand uit een team"}
    add_task(page, {"Naam in het Nederlands": "Bel", **work, "Welk team": "Binnendienst"})
    follow = {"Hoeveel": "2", "Geteld": "na een andere taak", "Na welke taak": "Bel"}
    add_task(page, {"Naam in het Nederlands": "Mail na", **follow})
    expect(page.locator(".line-list")).to_contain_text("voor iemand van Binnendienst")
    expect(page.locator(".line-list")).to_contain_text("binnen 2 werkdagen na “Bel”")

    choose(page, "Nieuw", "Toewijzing")
    add_rule(page, "Noord", "Gebied", "equal", "Noord")
    add_rule(page, "Groot", "Waarde", "at_least", "10000")
    expect(page.locator(".line-list")).to_contain_text("Waarde is minstens 10.000")

    choose(page, "Voorstel", "Instellingen")
    page.get_by_label("In deze fase vraag je om het besluit").check()
    expect(page.get_by_text("Vraagfase")).to_be_visible()
    page.get_by_label(re.compile("Tegenhouden")).check()
    page.get_by_label("Stil na").fill("5")
    page.get_by_label("Stil na").press("Tab")
    expect(page.get_by_text("Stil na 5 dagen")).to_be_visible()

    publish(page, 1, "Eerst zien, dan kopen")
    design = published(Pipeline.objects.get(id=trial.id).version_id).design
    kinds = {goal.kind for stage in design.stages for goal in stage.goals}
    assert kinds == {"contact", "field", "signal", "activity", "person", "box"}
    voorstel = design.stage("voorstel")
    assert (voorstel.is_ask, voorstel.enforcement, voorstel.idle_days) == (True, "block", 5)

    live = Pipeline.objects.get(id=trial.id)
    lying = in_flight(world, live, {"new": 170, "proef": 130, "demo": 120, "voorstel": 80})
    everybody = set().union(*lying.values())
    assert len(everybody) == 500
    owners = dict(Lead.objects.values_list("id", "owner"))
    assert set(owners.values()) == {world.anna.id, world.bram.id, world.chris.id}
    bel = Task.objects.get(lead=min(lying["new"]), key="bel")
    assert bel.assignee in {world.anna, world.bram, world.chris}
    assert bel.due_at is not None
    assert Task.objects.get(lead=bel.lead, key="mail-na").due_at is None
    ended, events, stays = past(everybody)

    page.reload()
    choose(page, "Demo", "Instellingen")
    page.get_by_text("Deze fase verwijderen").click()
    page.get_by_role("button", name="“Demo” verwijderen").click()
    expect(page.locator(".stage-tile")).to_have_count(4)
    add_stage(page, "Opname")
    choose(page, "Proef", "Doelen")
    add_goal(page, "box", {"Naam in het Nederlands": "Gegevens geladen"})
    publish(page, 2, "Zonder demo", mapping="Voorstel", moving=120)
    now = {
        stage: set(Lead.objects.filter(stage__key=stage).values_list("id", flat=True))
        for stage in (*lying, "opname")
    }
    # Every lead where the mapping says, and nobody else anywhere else.
    assert now == {
        "new": lying["new"],
        "proef": lying["proef"],
        "demo": set(),
        "voorstel": lying["demo"] | lying["voorstel"],
        "opname": set(),
    }
    assert Lead.objects.filter(pipeline=live, version__number=2, status="open").count() == 500
    assert dict(Lead.objects.values_list("id", "owner")) == owners
    # History is untouched: what was over, and what was told of it, and when each stay began.
    ended_now, events_now, stays_now = past(everybody)
    assert ended <= ended_now
    assert events <= events_now
    assert stays <= stays_now
    began = StageVisit.objects.filter(lead__in=lying["demo"], stage__key="demo")
    assert set(began.values_list("how", "version__number")) == {("moved", 1)}
    assert_replay_equals_tables()

    page.get_by_role("link", name="Versies").click()
    expect(page.get_by_text("Fase “Demo” verwijderd")).to_be_visible()
    expect(page.get_by_text("Eerst zien, dan kopen")).to_be_visible()
    expect(page.get_by_text("Leads in “Demo” gingen verder in “Voorstel”.")).to_be_visible()
    expect(page.get_by_text("500 open leads volgen deze versie.")).to_be_visible()
    page.get_by_role("link", name="Vergelijk met versie 1").click()
    compared = page.locator("#comparison")
    expect(compared.locator(".side-by-side[data-state=removed]")).to_contain_text("Demo")
    expect(compared.locator(".side-by-side[data-state=added]")).to_contain_text("Opname")
    expect(compared).to_contain_text("Gegevens geladen")


def in_flight(world, pipeline: Pipeline, number: dict[str, int]) -> dict[str, set[uuid.UUID]]:
    """So many open leads in each stage, made and moved by the product's own actions."""
    lying: dict[str, set[uuid.UUID]] = {stage: set() for stage in number}
    for stage, many in number.items():
        for _ in range(many):
            fields: dict[str, Any] = {
                "people": [],
                "company": None,
                "owner": None,
                "opened_at": None,
            }
            lead = world.lead(pipeline=pipeline, value=20_000, **fields)
            if stage != "new":
                move_lead(world.manager, lead, stage=stage, reason="Proef loopt")
            lying[stage].add(lead.id)
    return lying


def past(leads: set[uuid.UUID]) -> tuple[set[object], set[object], set[object]]:
    """Stays that are over, events, and when each stay began under which version."""
    visits = StageVisit.objects.filter(lead__in=leads)
    ended = visits.filter(left_at__isnull=False)
    return (
        set(ended.values_list("id", "stage", "version", "entered_at", "left_at", "how")),
        set(Event.objects.filter(lead__in=leads).values_list("id", "kind", "at", "cause")),
        set(visits.values_list("id", "stage", "version", "entered_at")),
    )


def order(page: Page) -> list[str]:
    return page.locator(".stage-tile .stage-label").all_inner_texts()


def test_stages_and_goals_are_put_in_order_by_mouse_and_by_keyboard(visit, world, transactional_db):
    page = visit(world.manager, "/process/new-customers/", language="en", width=1440)
    assert order(page) == ["New", "Demo", "Proposal", "Contract", "Won"]
    page.get_by_role("button", name="Move Proposal forward").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".stage-tile .stage-label").nth(1)).to_have_text("Proposal")
    # The keyboard stays where it was, so that one can go on.
    expect(page.get_by_role("button", name="Move Proposal forward")).to_be_focused()
    page.wait_for_load_state("networkidle")
    # Quicker than the answers: each edit waits for the one before it.
    page.evaluate("one => { one.click(); one.click(); }", stage_button(page, "Proposal back"))
    page.evaluate("one => one.click()", stage_button(page, "Proposal forward"))
    expect(page.locator(".stage-tile .stage-label").nth(2)).to_have_text("Proposal")
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Move Proposal forward").click()
    expect(page.locator(".stage-tile .stage-label").nth(1)).to_have_text("Proposal")
    expect(page.locator("#toasts [data-toast]")).to_have_count(0)

    grip = page.locator(".stage-tile", has_text="Contract").locator("[data-grip]")
    drag(page, grip, page.locator(".stage-tile", has_text="Demo"))
    expect(page.locator(".stage-tile .stage-label").nth(2)).to_have_text("Contract")
    assert order(page) == ["New", "Proposal", "Contract", "Demo", "Won"]

    page.get_by_role("button", name="Move “Value known” up").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".line-name").first).to_have_text("Value known")


def test_a_new_stage_is_named_and_set_up_quicker_than_it_is_saved(visit, world, transactional_db):
    page = visit(world.manager, "/process/new-customers/", language="en", width=1440, height=1200)
    tiles = page.locator(".stage-tile")
    page.get_by_role("button", name="Add stage").click()
    expect(tiles).to_have_count(6)
    page.route("**/settings/", lambda route: (page.wait_for_timeout(300), route.continue_()))
    page.get_by_label("Name in English").fill("Survey")
    page.get_by_label("Name in Dutch").fill("Opname")
    page.get_by_label("Idle after").fill("5")
    page.get_by_label("Idle after").press("Tab")
    expect(page.get_by_text("Idle after 5 days")).to_be_visible()
    expect(page.locator("[data-current] .stage-label")).to_have_text("Survey")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#toasts [data-toast]")).to_have_count(0)
    stage = draft_of(Pipeline.objects.get(key="new-customers")).stage("new-stage")
    assert (stage.name, stage.idle_days) == ({"nl": "Opname", "en": "Survey"}, 5)


def stage_button(page: Page, what: str) -> ElementHandle:
    return page.get_by_role("button", name=f"Move {what}").element_handle()


def drag(page: Page, what: Locator, onto: Locator) -> None:
    start, end = what.bounding_box(), onto.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    for share in (0.3, 0.7, 1.0):
        x = start["x"] + (end["x"] + 20 - start["x"]) * share
        page.mouse.move(x, end["y"] + end["height"] / 2, steps=4)
    page.mouse.up()


@pytest.mark.parametrize(("language", "width"), [("nl", 390), ("en", 1440)])
def test_every_goal_can_be_set_by_everybody(visit, world, transactional_db, language, width):
    page = visit(world.manager, "/process/new-customers/", language=language, width=width)
    found = []
    for kind in (
        *("field", "contact", "person", "activity", "task", "email", "form", "signal", "box"),
    ):
        page.goto("/process/new-customers/")
        page.locator(f'.pick-item[href*="kind={kind}"]').click()
        expect(panel(page).locator("#part-form")).to_be_visible()
        if width > 400:  # below, the panel lies over the page, and axe measures what it hides
            found += complaints(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, kind
    assert not found, "\n".join(found)
