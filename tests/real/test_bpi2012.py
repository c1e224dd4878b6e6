"""A bank's 10 469 loan applications with their whole history give the funnel known of them."""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cadans.insight.filters import Filters
from cadans.insight.reports import report
from cadans.leads.models import Lead
from cadans.process.models import Pipeline
from tests.real.conftest import data, imported, organise, pipeline, reference
from tests.retold import assert_replay_equals_tables

pytestmark = pytest.mark.django_db

FOLDER = "bpi2012"
MAIN_LINE = {
    "A_SUBMITTED": None,
    "A_PARTLYSUBMITTED": None,
    "A_PREACCEPTED": None,
    "A_ACCEPTED": None,
    "A_FINALIZED": None,
    "O_SENT": None,
    "O_SENT_BACK": None,
    "A_APPROVED": "won",
    "A_DECLINED": "lost",
    "A_CANCELLED": "lost",
}
CASES = 10_469


@pytest.fixture(scope="module")
def changes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The events of the main line, as a file of stage changes."""
    path = tmp_path_factory.mktemp("bpi") / "changes.csv"
    with (
        gzip.open(data(FOLDER) / "events_first80.csv.gz", "rt", newline="") as events,
        path.open("w", newline="") as file,
    ):
        reader = csv.DictReader(events)
        writer = csv.DictWriter(file, reader.fieldnames or [])
        writer.writeheader()
        writer.writerows(
            row for row in reader if row["activity"] in MAIN_LINE and row["lifecycle"] == "COMPLETE"
        )
    return path


@pytest.fixture(scope="module")
def loans(kept: None, changes: Path) -> Iterator[Pipeline]:
    organise("EUR")
    loans = pipeline("Loans", MAIN_LINE)
    cases = data(FOLDER) / "cases_first80.csv.gz"
    leads = imported(cases, "leads", "bpi2012-cases.yaml", pipeline=loans)
    assert leads.counts == {"created": CASES, "updated": 0, "skipped": 0, "refused": 0}
    history = imported(changes, "stage-changes", "bpi2012-events.yaml")
    assert history.refused == 0
    return loans


def ever(pipeline: Pipeline) -> Filters:
    return Filters(since=date(2011, 1, 1), until=date(2013, 1, 1), pipeline=pipeline.id)


def test_every_case_ends_as_the_log_says(loans: Pipeline) -> None:
    outcomes = reference(FOLDER)["outcomes"]
    closed = Lead.objects.filter(pipeline=loans)
    assert closed.filter(status="won").count() == outcomes["approved"]
    assert closed.filter(status="lost", stage__key="a_declined").count() == outcomes["declined"]
    assert closed.filter(status="lost", stage__key="a_cancelled").count() == outcomes["cancelled"]
    assert closed.filter(status="open").count() == outcomes["open"]


def test_the_win_rate_is_the_one_known(loans: Pipeline) -> None:
    rate = report("win-rate", ever(loans), None)["total"]["win_rate"]
    figures = reference(FOLDER)
    assert rate["numerator"] == figures["outcomes"]["approved"]
    assert rate["value"] == pytest.approx(figures["win_rate_approved_over_resolved"], abs=1e-5)


def test_the_funnel_is_the_one_known_stage_by_stage(loans: Pipeline) -> None:
    rows = {row["label"]: row for row in report("funnel", ever(loans), None)["rows"]}
    for stage, figures in reference(FOLDER)["funnel"].items():
        row = rows[stage]
        assert row["entered"] == figures["reached"], stage
        if "next" not in figures:
            continue
        assert row["reached_next"] == figures["reached_next"], stage
        assert row["conversion"]["value"] == pytest.approx(figures["conversion"], abs=1e-6), stage
        assert row["lost"] == figures["declined_after"] + figures["cancelled_after"], stage
        assert row["active"] + row["stalled"] == figures["still_open"], stage


def test_applications_take_as_long_as_known(loans: Pipeline) -> None:
    known = reference(FOLDER)["days_submitted_to"]
    total = report("cycle", ever(loans), None)["total"]
    won = total["won"]
    assert won["leads"] == known["approved"]["n"]
    assert won["mean"] == pytest.approx(known["approved"]["mean"], abs=1e-4)
    assert won["median"] == pytest.approx(known["approved"]["median"], abs=1e-4)
    by_stage = replace(ever(loans), by="stage")
    rows = {row["label"]: row for row in report("cycle", by_stage, None)["rows"]}
    for stage, ending in (("A_DECLINED", "declined"), ("A_CANCELLED", "cancelled")):
        lost = rows[stage]["lost"]
        assert lost["leads"] == known[ending]["n"], stage
        assert lost["mean"] == pytest.approx(known[ending]["mean"], abs=1e-4), stage
        assert lost["median"] == pytest.approx(known[ending]["median"], abs=1e-4), stage


def test_approved_amounts_are_those_known(loans: Pipeline) -> None:
    total, known = report("deal-size", ever(loans), None)["total"], reference(FOLDER)["amount"]
    assert Decimal(total["won_value"]["amount"]) == Decimal(known["approved_sum"])
    assert total["mean"]["amount"] == f"{known['approved_mean']:.2f}"


def test_the_log_tells_the_same_as_the_tables(loans: Pipeline) -> None:
    assert assert_replay_equals_tables() > 50_000


def test_the_same_files_again_change_nothing(loans: Pipeline, changes: Path) -> None:
    again = imported(changes, "stage-changes", "bpi2012-events.yaml")
    assert (again.created, again.updated, again.refused) == (0, 0, 0)
