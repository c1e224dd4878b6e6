"""Own kinds of activities: made, logged, waited for, put away."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from cadans.events.models import Event
from cadans.ground.errors import Conflict, Invalid, NotAllowed
from cadans.leads.actions import (
    add_activity_kind,
    change_activity_kind,
    delete_activity_kind,
    log_activity,
)
from cadans.leads.activity_kinds import kind_icon, kind_name, kinds_in_use
from cadans.leads.event_names import names_in
from cadans.leads.explain import explain
from cadans.leads.models import OwnActivityKind
from cadans.playbooks.actions import publish_pipeline, save_draft
from cadans.process.models import Pipeline

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(world):
    return add_activity_kind(
        world.manager, name_nl="Bezoek op locatie", name_en="Site visit", icon="map-pin"
    )


def let_a_goal_wait_for_it(world, kind):
    pipeline = Pipeline.objects.get(id=world.pipeline.id)
    draft = pipeline.draft
    draft["stages"][0]["goals"] = [
        {"key": "seen", "kind": "activity", "activity": kind, "name": {"en": "Seen"}}
    ]
    pipeline = save_draft(world.manager, pipeline, document=draft, revision=pipeline.draft_revision)
    publish_pipeline(world.manager, pipeline)
    world.pipeline.refresh_from_db()


def test_it_goes_by_its_name_in_the_readers_language(visit):
    assert visit.key == "site_visit"
    for language, name in (("nl", "Bezoek op locatie"), ("en", "Site visit")):
        with override(language):
            assert kind_name("site_visit") == name
            assert ("site_visit", name) in kinds_in_use()
    assert (kind_icon("site_visit"), kind_icon("call")) == ("map-pin", "phone")
    assert kind_name("never_there") == "never_there"


def test_logging_it_meets_the_goal_that_waits_for_it(world, visit):
    let_a_goal_wait_for_it(world, visit.key)
    lead = world.lead()
    planned = log_activity(
        world.anna, lead, kind="site_visit", at=timezone.now() + timedelta(days=1)
    )
    assert (planned.held, world.stage_of(lead)) == (False, "new")
    log_activity(world.anna, lead, kind="site_visit")
    assert world.stage_of(lead) == "demo"
    event = Event.objects.filter(lead=lead.id, kind="activity_logged").latest("id")
    with override("en"):
        assert explain(event, names_in([event])) == "Anna Smit logged “Site visit”."


def test_a_usual_kind_asks_nothing_more_of_the_database(world, visit):
    lead = world.lead()
    with CaptureQueriesContext(connection) as asked:
        log_activity(world.anna, lead, kind="note")
    assert not any("ownactivitykind" in one["sql"] for one in asked.captured_queries)
    log_activity(world.anna, lead, kind="site_visit")
    with CaptureQueriesContext(connection) as asked:
        log_activity(world.anna, lead, kind="site_visit")
    assert not any("ownactivitykind" in one["sql"] for one in asked.captured_queries)


def test_one_that_is_put_away_is_no_longer_logged_but_keeps_its_name(world, visit):
    lead = world.lead()
    done = log_activity(world.anna, lead, kind="site_visit")
    change_activity_kind(
        world.manager, visit, name_nl="Bezoek", name_en="Visit", icon="map-pin", is_active=False
    )
    with pytest.raises(Invalid) as refused:
        log_activity(world.anna, lead, kind="site_visit")
    assert refused.value.pointer == "/kind"
    with override("en"):
        assert kind_name(done.kind) == "Visit"
    assert "site_visit" not in dict(kinds_in_use())
    with pytest.raises(Invalid, match="call, meeting"):
        log_activity(world.anna, lead, kind="nonsense")


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({}, "/name_nl"),
        ({"name_nl": "x" * 41}, "/name_nl"),
        ({"name_en": "!!!", "key": "!"}, "/name_en"),
        ({"name_en": "Pilot", "icon": "unicorn"}, "/icon"),
        ({"name_en": "Site visit"}, "/name_nl"),
        ({"name_en": "Meeting"}, "/name_nl"),
        ({"name_en": "Afspraak"}, "/name_nl"),
        ({"name_en": "Ring", "key": "call"}, "/key"),
        ({"name_en": "Look", "key": "site-visit"}, "/key"),
    ],
)
def test_what_is_refused(world, visit, fields, pointer):
    with pytest.raises((Invalid, Conflict)) as refused:
        add_activity_kind(world.manager, **fields)
    assert refused.value.pointer == pointer
    assert OwnActivityKind.objects.get() == visit


def test_reps_do_not_keep_the_kinds(world, visit):
    with pytest.raises(NotAllowed):
        add_activity_kind(world.anna, name_en="Pilot")
    with pytest.raises(NotAllowed):
        delete_activity_kind(world.anna, visit)


def test_only_what_nothing_names_is_removed(world, visit):
    pilot = add_activity_kind(world.manager, name_en="Pilot")
    let_a_goal_wait_for_it(world, "pilot")
    with pytest.raises(Conflict):
        delete_activity_kind(world.manager, pilot)
    log_activity(world.anna, world.lead(), kind="site_visit")
    with pytest.raises(Conflict):
        delete_activity_kind(world.manager, visit)
    tasting = add_activity_kind(world.manager, name_en="Tasting")
    delete_activity_kind(world.manager, tasting)
    assert [one.key for one in OwnActivityKind.objects.all()] == ["site_visit", "pilot"]
