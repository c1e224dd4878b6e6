"""The pages of the daily work are open to everybody: axe finds nothing, in light and dark."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cadans.leads import actions
from tests.journeys.axe import complaints


@pytest.mark.parametrize(
    ("language", "width", "dark"), [("nl", 1440, False), ("en", 390, True)], ids=["wide", "phone"]
)
def test_axe_finds_nothing(visit, world, transactional_db, language, width, dark):
    lead = world.lead("Bakkerij Zon", owner=world.anna, value=100)
    world.lead("Slagerij Maan", owner=world.anna)
    actions.assign_lead(world.manager, world.lead("Zonder Baas"), owner=None)
    world.call(lead, note="**vet**")
    soon = timezone.now() + timedelta(days=2)
    meeting = actions.log_activity(world.anna, lead, kind="meeting", at=soon, note="**Zaal 2**")
    person = lead.parts.get().person
    # So tall that nothing lies half behind the bar at the bottom, which axe would call too small.
    page = visit(world.manager, "/", language=language, width=width, height=3000, dark=dark)
    found = complaints(page)
    for path, press in [
        ("/board/new-customers/", ""),
        ("/leads/", ""),
        ("/leads/new/", ""),
        (f"/leads/{lead.id}/", ""),
        (f"/leads/{lead.id}/", "#field-value .inline-value"),
        (f"/leads/{lead.id}/", 'a[href$="lose/"]'),
        (f"/leads/{lead.id}/", 'a[href$="people/"][data-drawer]'),
        (f"/leads/{lead.id}/", 'a[href$="products/"]'),
        (f"/leads/{lead.id}/", 'a[href$="stages/proposal/"]'),
        (f"/leads/{lead.id}/log/", ""),
        (f"/leads/{lead.id}/planned/{meeting.id}/", ""),
        ("/people/", ""),
        ("/people/new/", ""),
        (f"/people/{person.id}/", ""),
        ("/companies/", ""),
        ("/companies/new/", ""),
        (f"/companies/{lead.company_id}/", ""),
    ]:
        page.goto(path)
        if press:
            page.click(press)
            page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        found += complaints(page)
    assert not found, "\n".join(found)
