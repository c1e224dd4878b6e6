"""`cadans report`: as a table, as JSON, as CSV."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

from cadans.cli.report import report
from cadans.insight.reports import report as metric_report
from cadans.insight.tables import as_csv
from cadans.team.models import User
from tests.insight.scene import Scene, ever


@pytest.fixture(autouse=True)
def a_server_is_named(monkeypatch):
    # The tests' own database is running; the command must not start another.
    monkeypatch.setenv("DATABASE_URL", "postgresql://tests")


def run(*arguments: str) -> str:
    outcome = CliRunner().invoke(report, arguments, catch_exceptions=False)
    assert outcome.exit_code == 0, outcome.output
    return outcome.output


def lines_of(metric: str) -> list[dict[str, str]]:
    text = run(metric, "--from=all", "--by=owner", "--format=csv")
    return list(csv.DictReader(io.StringIO(text)))


def sold(scene: Scene) -> None:
    scene.lead([("new", 0), ("demo", 1), ("won", 5)], closed=("won", 5))
    scene.lead([("new", 0)], closed=("lost", 5), owner="Bram")


def test_the_table_shows_rate_and_interval(scene):
    sold(scene)
    shown = run("win-rate", "--from", "all", "--by", "owner")
    assert "Anna" in shown
    assert "50.00 %" in shown
    assert "9.5–90.5" in shown
    assert "Demo" in run("funnel", "--from", "all")
    cycle = run("cycle", "--from", "all", "--by", "owner")
    assert "Ask to decision" in cycle
    assert "5.00" in cycle
    assert "Anna: Demo" in run("funnel", "--from", "all", "--by", "owner")


def test_json_is_the_answer_itself(scene):
    sold(scene)
    told = json.loads(
        run("win-rate", "--from", "2026-01-01", "--to", "2026-02-01", "--format=json")
    )
    assert told["period"] == {"from": "2026-01-01", "to": "2026-02-01", "zone": "Europe/Amsterdam"}
    assert told["total"]["win_rate"]["numerator"] == 1


def test_csv_has_a_line_a_row_and_the_total(scene):
    sold(scene)
    lines = list(
        csv.DictReader(io.StringIO(run("win-rate", "--from=all", "--by=owner", "--format=csv")))
    )
    assert [line["label"] for line in lines] == ["Anna", "Bram", ""]
    assert lines[0]["win_rate"] == "1.0"
    assert lines[0]["win_rate.denominator"] == "1"
    assert lines[2]["cohort.win_rate"] == "0.5"
    assert lines[2]["won_value"] == "100.00"
    assert lines[2]["won_value.currency"] == "EUR"
    stages = list(
        csv.DictReader(io.StringIO(run("funnel", "--from=all", "--by=owner", "--format=csv")))
    )
    assert (stages[1]["label"], stages[1]["stage"], stages[1]["entered"]) == ("Anna", "demo", "1")


def test_csv_lets_no_formula_through(scene):
    sold(scene)
    User.objects.filter(name="Anna").update(name="=cmd()")
    assert "'=cmd()" in as_csv(metric_report("win-rate", ever(by="owner"), None))


def test_an_unknown_metric_or_owner_is_refused(scene):
    outcome = CliRunner().invoke(report, ["happiness"])
    assert outcome.exit_code == 2
    outcome = CliRunner().invoke(report, ["win-rate", "--owner", "nobody@example.com"])
    assert outcome.exit_code == 1
    assert "nobody@example.com" in str(outcome.exception)
