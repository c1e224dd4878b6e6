"""The manager's desk, Insight and the door are open to everybody: axe finds nothing there."""

from datetime import timedelta

import pytest

from cadans.leads import actions
from tests.journeys.axe import complaints
from tests.world import MONDAY

SETTINGS = [
    "",
    "organisation/",
    "users/",
    "users/add/",
    "teams/",
    "absences/",
    "products/",
    "product-lines/",
    "sources/",
    "loss-reasons/",
    "territories/",
    "own-fields/",
    "own-fields/add/",
    "activity-kinds/",
    "activity-kinds/add/",
    "routing/",
    "routing/add/",
    "tokens/",
    "tokens/new/",
    "imports/",
    "imports/new/",
]


@pytest.mark.parametrize(
    ("language", "width", "dark"), [("en", 1440, True), ("nl", 390, False)], ids=["wide", "phone"]
)
def test_axe_finds_nothing(visit, world, transactional_db, language, width, dark):
    for n in range(12):
        lead = world.lead(owner=world.anna, value=100)
        ends = actions.win_lead if n % 2 else actions.lose_lead
        ends(world.anna, lead, at=MONDAY + timedelta(days=n + 1))
    page = visit(world.admin, "/process/", language=language, width=width, height=3000, dark=dark)
    found = complaints(page)
    paths = [
        "/process/new/",
        "/process/new/?q=hovercraft",
        "/process/new/enterprise/",
        "/process/new/nothing/",
        "/process/new-customers/",
        "/process/new-customers/?stage=demo&tab=guidance",
        "/process/new-customers/?stage=demo&tab=tasks",
        "/process/new-customers/?stage=new&tab=rules",
        "/process/new-customers/?stage=demo&tab=settings",
        "/process/new-customers/stages/new/goals/reached/",
        "/process/new-customers/stages/new/rules/inside/",
        "/process/new-customers/publish/",
        "/process/new/from-file/",
        "/process/new-customers/file/",
        "/process/new-customers/versions/",
        "/process/new-customers/versions/compare/?all=1",
        "/process/new-customers/wall-chart/?figures=1",
        "/insight/?from=2026-01-01&to=2026-07-01",
        "/insight/win-rate/?by=owner",
        "/insight/funnel/",
        "/insight/alerts/",
        *(f"/settings/{place}" for place in SETTINGS),
        "/account/2fa/",
        "/account/password/change/",
        "/nothing-here/",
    ]
    for path in paths:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        found += complaints(page)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", ["/account/login/", "/account/password/reset/"])
def test_axe_finds_nothing_at_the_door(visit, world, transactional_db, path):
    page = visit(None, path, language="en", width=390, height=1200, dark=True)
    assert not complaints(page)
