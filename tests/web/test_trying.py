"""The pages on which a draft is tried."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cadans.playbooks.actions import save_draft
from cadans.playbooks.jobs import resume_tries, try_out
from cadans.playbooks.models import TriedLead, Try
from cadans.playbooks.trying.actions import try_draft
from cadans.process.models import Pipeline
from tests.world import MONDAY, World

PAGE = "/process/new-customers/try/"


@pytest.fixture
def manager(client: Client, world: World) -> Client:
    world.manager.language = "en"
    world.manager.save()
    client.force_login(world.manager)
    return client


def ask(client: Client, world: World, **fields: Any) -> Try:
    form = {"what": "", "months": "36", "over": str(world.pipeline.id), **fields}
    answer = client.post(PAGE, form)
    assert answer.status_code == 302, answer.content.decode()
    return Try.objects.latest("asked_at")


def test_a_try_is_asked_for_followed_and_read(manager: Client, world: World) -> None:
    leads = [world.lead() for _n in range(4)]
    world.call(leads[0])
    assert "Try before publishing" in manager.get(PAGE).content.decode()
    trial = ask(manager, world)
    page = f"/process/new-customers/tries/{trial.id}/"
    assert "Waiting for a worker" in manager.get(page).content.decode()
    assert "HX-Redirect" not in manager.get(f"{page}progress/").headers
    try_out(subject=str(trial.id))
    assert manager.get(f"{page}progress/")["HX-Redirect"] == page
    told = manager.get(page).content.decode()
    assert "Every lead would have gone just as it did" in told
    assert "Binnendienst om de beurt" in told
    shown = manager.get(f"{page}leads/?mark=would/entered/new").content.decode()
    assert all(lead.title in shown for lead in leads)
    assert "Draft: came into “New”" in shown.replace("&quot;", '"')


def test_each_number_opens_as_many_leads_as_it_says(manager: Client, world: World) -> None:
    for n in range(6):
        lead = world.lead(opened_at=MONDAY + timedelta(minutes=n))
        if n % 2:
            world.call(lead, hours=n)
            world.put_in(lead, "demo", hours=n + 1)
    trial = ask(manager, world)
    try_out(subject=str(trial.id))
    trial.refresh_from_db()
    for mark, number in trial.marks.items():
        found = TriedLead.objects.filter(trial=trial, marks__contains=[number]).count()
        assert found == trial.result["counts"][mark], mark


def test_one_rule_is_tried_alone(manager: Client, world: World) -> None:
    for _n in range(3):
        world.lead()
    trial = ask(manager, world, what="new/inside")
    try_out(subject=str(trial.id))
    told = manager.get(f"/process/new-customers/tries/{trial.id}/").content.decode()
    assert "Rule “Binnendienst om de beurt”" in told


def test_what_stands_out_is_told_with_its_leads(manager: Client, world: World) -> None:
    for _n in range(3):
        world.lead()
    draft = world.pipeline.draft
    new = draft["stages"][0]
    new["rules"][0]["when"] = {"all": [{"field": "value", "is": "at_least", "than": 1}]}
    new["goals"][1] = {"key": "budget", "kind": "box", "name": {"en": "Budget known"}}
    save_draft(None, world.pipeline, document=draft, revision=world.pipeline.draft_revision)
    trial = ask(manager, world)
    try_out(subject=str(trial.id))
    told = manager.get(f"/process/new-customers/tries/{trial.id}/").content.decode()
    assert "would never have given a lead" in told
    assert "keep the owner they have" in told
    assert "The past cannot say whether the goal “Budget known”" in told
    assert "Leads would be nobody’s" in told
    assert "Nobody would have left “New”" in told


def test_a_period_without_leads_says_so(manager: Client, world: World) -> None:
    world.lead(opened_at=timezone.now() - timedelta(days=90))
    trial = ask(manager, world, months="1")
    try_out(subject=str(trial.id))
    told = manager.get(f"/process/new-customers/tries/{trial.id}/").content.decode()
    assert "No leads came in" in told


def test_reps_try_nothing(client: Client, world: World) -> None:
    trial = try_draft(world.manager, world.pipeline)
    client.force_login(world.anna)
    assert client.get(PAGE).status_code == 403
    assert client.get(f"/process/new-customers/tries/{trial.id}/").status_code == 403


def test_a_broken_try_says_so_and_changes_nothing(
    manager: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_args: Any, **_fields: Any) -> None:
        raise RuntimeError

    trial = ask(manager, world)
    monkeypatch.setattr("cadans.playbooks.jobs.carry_out_try", breaks)
    with pytest.raises(RuntimeError):
        try_out(subject=str(trial.id))
    told = manager.get(f"/process/new-customers/tries/{trial.id}/").content.decode()
    assert "Something went wrong on our side" in told


def test_a_try_that_a_stopped_worker_left_is_begun_anew(world: World) -> None:
    trial = try_draft(world.manager, world.pipeline)
    Try.objects.filter(id=trial.id).update(
        state=Try.State.RUNNING, alive_at=timezone.now() - timedelta(minutes=5)
    )
    resume_tries(timestamp=0)
    try_out(subject=str(trial.id))
    trial.refresh_from_db()
    assert trial.state == Try.State.DONE


def test_trying_changes_nothing(world: World) -> None:
    lead = world.lead()
    before = Pipeline.objects.values().get(id=world.pipeline.id)
    trial = try_draft(world.manager, world.pipeline, months=36)
    try_out(subject=str(trial.id))
    assert Pipeline.objects.values().get(id=world.pipeline.id) == before
    assert world.stage_of(lead) == "new"
    assert lead.visits.count() == 1


def test_the_leads_of_a_number_cost_the_same_for_few_and_many(
    manager: Client, world: World
) -> None:
    costs = []
    for many in (3, 12):
        for _n in range(many):
            world.lead()
        Try.objects.all().delete()
        trial = ask(manager, world)
        try_out(subject=str(trial.id))
        address = f"/process/new-customers/tries/{trial.id}/leads/?mark=all"
        manager.get(address)
        with CaptureQueriesContext(connection) as asked:
            manager.get(address)
        costs.append(len(asked))
    assert costs[0] == costs[1]
