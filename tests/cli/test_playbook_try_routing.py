"""`cadans playbook try-routing`: the routing rules over the leads of the past, in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from click.testing import CliRunner, Result
from django.utils import timezone

from cadans.cli.main import cadans
from cadans.leads.actions import create_lead
from cadans.leads.drafts import LeadDraft
from cadans.playbooks.models import RoutingTry
from cadans.process.actions import add_routing_rule
from cadans.process.models import Pipeline
from tests.world import World

pytestmark = pytest.mark.django_db

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `cadans playbook try-routing …` on the test database."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://the-tests-own")
    monkeypatch.setattr("cadans.cli.playbook.migrate_database", lambda say: False)

    def run(*words: str) -> Result:
        return CliRunner().invoke(cadans, ["playbook", "try-routing", *words])

    return run


@pytest.fixture
def large(world: World) -> Pipeline:
    """Another pipeline than the cast's own, for which a rule is added after leads came in."""
    return Pipeline.objects.create(
        key="large", name="Large ones", version=world.pipeline.version, position=1
    )


def came_in(world: World, value: int, *, days: int = 10) -> None:
    at = timezone.now() - timedelta(days=days)
    create_lead(world.manager, LeadDraft(title=f"Of {value}", value=Decimal(value), opened_at=at))


def by_value(pipeline: Pipeline) -> None:
    when = {"all": [{"field": "value", "is": "at_least", "than": 1000}]}
    add_routing_rule(None, name="Big money", pipeline=pipeline, when=when)


def cells(told: str, first: str) -> list[str]:
    """The figures of the row that starts with this word."""
    (row,) = [line for line in told.splitlines() if line.strip(" │┃|").startswith(first)]
    return [cell.strip() for cell in row.strip(" │|").replace("|", "│").split("│")][1:]


def test_the_rules_are_tried_at_once_and_told_in_words(
    run: Run, world: World, large: Pipeline
) -> None:
    for value in (5, 5000, 7000):
        came_in(world, value)
    by_value(large)
    told = run()
    assert told.exit_code == 0, told.output
    assert "2 leads would have gone to another pipeline." in told.stdout
    assert cells(told.stdout, "Nieuwe klanten") == ["3", "1"]
    assert cells(told.stdout, "Large ones") == ["0", "2"]
    assert RoutingTry.objects.get().state == RoutingTry.State.DONE
    assert "2 leads zouden naar een andere pijplijn" in run("--language", "nl").stdout


def test_one_rule_alone_and_how_far_back(run: Run, world: World, large: Pipeline) -> None:
    came_in(world, 5000, days=40)
    came_in(world, 7000)
    by_value(large)
    assert cells(run("--only", "Big money", "--months", "1").stdout, "Large ones") == ["0", "1"]
    trial = RoutingTry.objects.get()
    assert (trial.months, trial.alone) == (1, True)
    unknown = run("--only", "Small change")
    assert unknown.exit_code != 0
    assert "There are: Big money." in str(unknown.exception)


def test_leads_whose_pipeline_somebody_chose_count_when_asked_for(run: Run, world: World) -> None:
    world.lead(opened_at=timezone.now())
    assert "There are no leads to try them on." in run().stdout
    assert cells(run("--everyone").stdout, "Nieuwe klanten") == ["1", "1"]
