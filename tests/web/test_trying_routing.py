"""The pages on which routing rules are tried."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cadans.leads import actions
from cadans.leads.drafts import LeadDraft
from cadans.playbooks.jobs import resume_tries, try_routing_out
from cadans.playbooks.models import RoutingTry
from cadans.playbooks.trying.routing.actions import try_routing
from cadans.process.actions import add_routing_rule
from cadans.process.models import Pipeline, RoutingRule
from tests.world import MONDAY, World

PAGE = "/settings/routing/try/"
PANEL = {"headers": {"HX-Request": "true"}}
LARGE = {"when_mode": "all", "when_field": "value", "when_is": "at_least", "when_than": "1000"}


@pytest.fixture
def manager(client: Client, world: World) -> Client:
    world.manager.language = "en"
    world.manager.save()
    client.force_login(world.manager)
    other = Pipeline.objects.create(
        key="large", name="Large ones", version=world.pipeline.version, position=1
    )
    when = {"all": [{"field": "source", "is": "equal", "than": "Beurs"}]}
    add_routing_rule(None, name="From the fair", pipeline=other, when=when)
    return client


def came_in(world: World, *values: int) -> None:
    for value in values:
        at = timezone.now() - timedelta(days=10)
        draft = LeadDraft(title=f"Of {value}", value=Decimal(value), opened_at=at)
        actions.create_lead(world.manager, draft)


def asked(answer: Any) -> RoutingTry:
    assert answer.status_code in {200, 302}, answer.content.decode()
    trial = RoutingTry.objects.latest("asked_at")
    try_routing_out(subject=str(trial.id))
    trial.refresh_from_db()
    return trial


def page_of(trial: RoutingTry) -> str:
    return f"/settings/routing/tries/{trial.id}/"


def test_the_rules_as_they_are_are_tried_followed_and_read(manager: Client, world: World) -> None:
    came_in(world, 5, 5000)
    assert PAGE in manager.get("/settings/routing/").content.decode()
    answer = manager.post(PAGE, {"what": "", "months": "36"})
    page = answer["Location"]
    assert "Waiting for a worker" in manager.get(page).content.decode()
    assert "HX-Redirect" not in manager.get(f"{page}progress/").headers
    trial = asked(answer)
    assert manager.get(f"{page}progress/")["HX-Redirect"] == page
    told = manager.get(page).content.decode()
    assert "Every lead would have gone to the pipeline that it went to." in told
    assert "never takes a lead: its condition held for none" in told.replace("&quot;", '"')
    assert "Leads that no rule is for" in manager.get(f"{page}leads/?mark=rule/").content.decode()
    assert trial.leads == 2
    assert "All rules as they were" in manager.get(PAGE).content.decode()


def test_a_new_rule_is_tried_from_its_form_and_then_added(manager: Client, world: World) -> None:
    came_in(world, 5, 5000)
    form = {"name": "Big money", "pipeline": Pipeline.objects.get(key="large").id, **LARGE}
    answer = manager.post(f"{PAGE}changed/", form, **PANEL)
    trial = asked(answer)
    assert answer["HX-Redirect"] == page_of(trial)
    told = manager.get(page_of(trial)).content.decode()
    assert "With the new rule “Big money”" in told
    shown = manager.get(f"{page_of(trial)}leads/?mark=elsewhere/new").content.decode()
    assert "Of 5000" in shown
    assert "Big money" in shown
    assert not RoutingRule.objects.filter(name="Big money").exists()
    assert manager.post(f"{page_of(trial)}adopt/")["Location"] == "/settings/routing/"
    assert RoutingRule.objects.get(name="Big money").pipeline.key == "large"
    assert "Add this rule" not in manager.get(page_of(trial)).content.decode()


def test_a_changed_rule_is_tried_in_its_place(manager: Client, world: World) -> None:
    came_in(world, 5, 5000)
    rule = RoutingRule.objects.get()
    form = {"name": "Now by value", "pipeline": rule.pipeline_id, **LARGE}
    trial = asked(manager.post(f"{PAGE}changed/?rule={rule.id}", form, **PANEL))
    told = manager.get(page_of(trial)).content.decode()
    assert "With “Now by value” changed" in told
    assert "1 lead would have gone to another pipeline." in told
    manager.post(f"{page_of(trial)}adopt/")
    assert RoutingRule.objects.get().name == "Now by value"


def test_an_unfinished_rule_is_not_tried(manager: Client, world: World) -> None:
    form = {"name": "", "pipeline": world.pipeline.id, **LARGE}
    assert manager.post(f"{PAGE}changed/", form, **PANEL).status_code == 422
    half = {**form, "name": "Half", "when_than": ""}
    answer = manager.post(f"{PAGE}changed/", half, **PANEL)
    assert answer.status_code == 422
    assert "This condition is not complete." in answer.content.decode()
    assert not RoutingTry.objects.exists()


def test_the_same_is_asked_again_over_another_period(manager: Client, world: World) -> None:
    came_in(world, 5000)
    form = {"name": "Big money", "pipeline": Pipeline.objects.get(key="large").id, **LARGE}
    first = asked(manager.post(f"{PAGE}changed/", form, **PANEL))
    again = asked(manager.post(f"{page_of(first)}again/", {"months": "36", "everyone": "on"}))
    assert (again.months, again.everyone, again.changed) == (36, True, "new")
    assert again.document == first.document
    manager.post(f"{page_of(again)}adopt/")
    assert RoutingRule.objects.filter(name="Big money").count() == 1


def test_a_period_without_leads_says_so(manager: Client, world: World) -> None:
    world.lead(opened_at=timezone.now())
    trial = asked(manager.post(PAGE, {"what": "", "months": "1"}))
    assert "1 lead came in, but somebody chose its pipeline" in (
        manager.get(page_of(trial)).content.decode()
    )
    second = asked(manager.post(PAGE, {"what": "", "months": "1", "everyone": "on"}))
    assert "Pipeline was chosen" in manager.get(page_of(second)).content.decode()


def test_two_at_once_are_refused(manager: Client, world: World) -> None:
    try_routing(world.manager)
    answer = manager.post(PAGE, {"what": "", "months": "6"})
    assert answer.status_code == 422
    assert "is under way already" in answer.content.decode()


def test_reps_try_no_rules(client: Client, world: World) -> None:
    trial = try_routing(world.manager)
    client.force_login(world.anna)
    for address in (PAGE, page_of(trial), f"{page_of(trial)}leads/"):
        assert client.get(address).status_code == 403
    assert client.post(f"{page_of(trial)}adopt/").status_code == 403


def test_a_try_that_a_stopped_worker_left_is_begun_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = try_routing(world.manager)
    RoutingTry.objects.filter(id=trial.id).update(alive_at=MONDAY)
    resume_tries(timestamp=0)
    monkeypatch.setattr("cadans.playbooks.jobs.carry_out_routing_try", lambda _trial: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        try_routing_out(subject=str(trial.id))
    trial.refresh_from_db()
    assert trial.state == RoutingTry.State.FAILED


def test_a_try_that_failed_says_why_and_can_be_asked_again(manager: Client, world: World) -> None:
    came_in(world, 5000)
    form = {"name": "Big money", "pipeline": Pipeline.objects.get(key="large").id, **LARGE}
    trial = asked(manager.post(f"{PAGE}changed/", form, **PANEL))
    RoutingTry.objects.filter(id=trial.id).update(state="failed", message="It stopped halfway.")
    told = manager.get(page_of(trial)).content.decode()
    assert "It stopped halfway." in told
    assert f"{page_of(trial)}again/" in told
    assert "Add this rule" not in told
    again = asked(manager.post(f"{page_of(trial)}again/", {"months": "6"}))
    assert (again.state, again.changed) == (RoutingTry.State.DONE, "new")


def test_the_leads_of_a_number_cost_the_same_for_few_and_many(
    manager: Client, world: World
) -> None:
    costs = []
    for many in (3, 12):
        came_in(world, *range(many))
        trial = asked(manager.post(PAGE, {"what": "", "months": "36"}))
        address = f"{page_of(trial)}leads/?mark=all"
        manager.get(address)
        with CaptureQueriesContext(connection) as told:
            manager.get(address)
        costs.append(len(told))
    assert costs[0] == costs[1]
