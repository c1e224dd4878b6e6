"""`cadans playbook try`: the draft over the leads of the past, in words."""

import pytest
from click.testing import CliRunner, Result

from cadans.cli.main import cadans
from cadans.playbooks.models import Try
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch):
    """Runs `cadans playbook try …` on the test database."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://the-tests-own")
    monkeypatch.setattr("cadans.cli.playbook.migrate_database", lambda say: False)

    def run(*words: str) -> Result:
        return CliRunner().invoke(cadans, ["playbook", "try", *words])

    return run


def test_a_draft_is_tried_at_once_and_told_in_words(run, world: World) -> None:
    world.lead()
    told = run("new-customers", "--months", "36")
    assert told.exit_code == 0, told.output
    assert "Every lead would have gone just as it did" in told.stdout
    assert "warning: Nobody would have left “New”. (1)" in told.stdout
    assert Try.objects.get().state == Try.State.DONE
    assert "Elke lead" in run("new-customers", "--months", "36", "--language", "nl").stdout


def test_a_past_without_leads_says_so(run, world: World) -> None:
    assert "There are no leads to try it on." in run("new-customers").stdout
    assert run("nowhere").exit_code != 0
