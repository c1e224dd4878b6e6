"""What the win model learns from, when it learns, and what comes of it for the next lead."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cadans.assignment.models import Turn, WinTable
from cadans.assignment.queries import learned
from cadans.contacts.models import Company
from cadans.events.models import Event
from cadans.insight.experience import experience_of, learning_pipelines
from cadans.insight.jobs import learning as jobs
from cadans.leads import actions
from cadans.process.models import ProcessVersion, published
from cadans.team.models import User
from tests.world import World

pytestmark = pytest.mark.django_db


def closed(world: World, owner: User, *, won: int, lost: int, size: int | None = None) -> None:
    """Leads from the website, of a company of that size, that somebody closed."""
    company = Company.objects.create(name=f"{owner.name} {size}", employees=size)
    for n in range(won + lost):
        lead = world.lead(
            owner=owner, source=world.website, company=company, opened_at=None, people=[]
        )
        if n < won:
            actions.win_lead(world.manager, lead)
        else:
            actions.lose_lead(world.manager, lead, reason=world.too_expensive)


def deal_by_it(world: World) -> None:
    version = ProcessVersion.objects.get(pipeline=world.pipeline)
    document = version.document
    document["stages"][0]["rules"][0]["to"]["strategy"] = "likeliest_to_win"
    ProcessVersion.objects.filter(id=version.id).update(document=document)
    published.cache_clear()


def test_closed_leads_by_rep_and_trait(world: World) -> None:
    closed(world, world.anna, won=2, lost=1)
    closed(world, world.bram, won=0, lost=2, size=50)
    world.lead()
    actions.cancel_lead(world.manager, world.lead())
    reopened = world.lead(owner=world.anna, opened_at=None)
    actions.win_lead(world.manager, reopened)
    actions.reopen_lead(world.manager, reopened)
    seen = experience_of(world.pipeline.id)
    assert {(cell.rep, cell.wins, cell.closed) for cell in seen.cells} == {
        (str(world.anna.id), 2, 3),
        (str(world.bram.id), 0, 2),
    }
    assert world.website is not None
    assert all(cell.traits["source"] == str(world.website.id) for cell in seen.cells)
    assert {cell.traits["size"] for cell in seen.cells} == {"", "2"}
    assert seen.names["size"] == {"0": "/10", "1": "10/50", "2": "50/250", "3": "250/"}


def test_what_is_longer_ago_than_two_years_is_forgotten(world: World) -> None:
    closed(world, world.anna, won=1, lost=1)
    later = timezone.now().replace(year=timezone.now().year + 3, day=1)
    assert not experience_of(world.pipeline.id, now=later).cells


def test_it_is_learned_by_night_where_a_rule_deals_by_it(world: World) -> None:
    closed(world, world.anna, won=3, lost=1)
    jobs.learn_every_night(0)
    assert not WinTable.objects.exists()
    deal_by_it(world)
    assert learning_pipelines() == [world.pipeline.id]
    jobs.learn_every_night(0)
    jobs.learn_every_night(0)
    table = WinTable.objects.get()
    assert (table.pipeline, table.closed) == (world.pipeline.id, 4)
    assert Event.objects.filter(kind="chances_learned", subject=world.pipeline.id).count() == 2


def test_and_by_day_when_much_was_closed(world: World) -> None:
    deal_by_it(world)
    closed(world, world.anna, won=5, lost=5)
    jobs.learn_when_much_was_closed(0)
    assert not WinTable.objects.exists()
    closed(world, world.bram, won=5, lost=5)
    jobs.learn_when_much_was_closed(0)
    assert WinTable.objects.get().closed == 20
    before = WinTable.objects.get().learned_at
    closed(world, world.bram, won=1, lost=1)
    jobs.learn_when_much_was_closed(0)
    assert WinTable.objects.get().learned_at == before


def test_before_there_is_enough_it_deals_in_turn_and_says_so(world: World) -> None:
    deal_by_it(world)
    leads = [world.lead() for _n in range(6)]
    owners = [lead.owner for lead in leads]
    assert [owners.count(one) for one in (world.anna, world.bram, world.chris)] == [2, 2, 2]
    because = Event.objects.get(lead=leads[0].id, kind="lead_assigned").because
    assert (because["way"], because["closed"]) == ("too_little", 0)


def test_then_most_go_to_whoever_wins_them_and_everybody_keeps_some(world: World) -> None:
    deal_by_it(world)
    closed(world, world.anna, won=24, lost=16)
    closed(world, world.bram, won=4, lost=36)
    closed(world, world.chris, won=5, lost=35)
    jobs.learn_every_night(0)
    leads = [world.lead(source=world.website) for _n in range(40)]
    owners = [lead.owner for lead in leads]
    assert owners.count(world.anna) >= 26
    assert min(owners.count(one) for one in (world.bram, world.chris)) >= 2
    whys = [
        one.because
        for one in Event.objects.filter(lead__in=[lead.id for lead in leads], kind="lead_assigned")
    ]
    given = next(why for why in whys if why["chosen"] == world.anna.name)
    assert given["way"] == "chance"
    assert given["low"] < given["chance"] < given["high"]
    assert (given["team_wins"], given["team_closed"], given["closed"]) == (33, 120, 120)
    assert sum(Turn.objects.get(pool__endswith=":inside").tally.values()) > 39


def test_what_was_learned_is_asked_for_once(world: World) -> None:
    closed(world, world.anna, won=3, lost=3)
    deal_by_it(world)
    assert learned(world.pipeline.id) == {}
    jobs.learn_every_night(0)
    known = learned(world.pipeline.id)
    assert known["closed"] == 6
    with CaptureQueriesContext(connection) as asked:
        assert learned(world.pipeline.id) is known
    assert not [one for one in asked if "wintable" in one["sql"]]
