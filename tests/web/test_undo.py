"""The timeline offers to take the last move back."""

import re
from decimal import Decimal

import pytest

from cadans.leads import actions
from cadans.leads.models import Lead
from tests.web.reading import as_user
from tests.world import World


@pytest.fixture
def moved(world: World) -> Lead:
    lead = world.lead(value=Decimal(50))
    world.call(lead)
    return lead


def undo_urls(world: World, lead: Lead) -> list[str]:
    page = as_user(world.anna).get(f"/leads/{lead.id}/").content.decode()
    return re.findall(r'hx-post="([^"]*/undo/[^"]*)"', page)


def test_one_move_can_be_taken_back_at_a_time(world: World, moved: Lead) -> None:
    [url] = undo_urls(world, moved)
    answer = as_user(world.anna).post(url, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert "staat weer in “Nieuw”" in answer["HX-Trigger"].encode().decode("unicode_escape")
    assert Lead.objects.get(id=moved.id).stage.key == "new"
    assert undo_urls(world, moved) == []
    page = as_user(world.anna, "en").get(f"/leads/{moved.id}/").content.decode()
    assert "took the move to “Demo” back" in page


def test_a_move_by_hand_and_a_loss_can_be_taken_back_too(world: World) -> None:
    lead = world.lead()
    actions.move_lead(world.anna, lead, stage="demo")
    assert len(undo_urls(world, lead)) == 1
    actions.lose_lead(world.anna, lead)
    [url] = undo_urls(world, lead)
    as_user(world.anna).post(url, headers={"HX-Request": "true"})
    now = Lead.objects.get(id=lead.id)
    assert (now.status, now.stage.key) == ("open", "demo")


def test_a_move_that_is_no_longer_the_last_is_refused_in_words(world: World, moved: Lead) -> None:
    [url] = undo_urls(world, moved)
    actions.move_lead(world.manager, moved, stage="proposal", reason="haast")
    answer = as_user(world.anna).post(url, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "intussen verder" in answer.content.decode()
