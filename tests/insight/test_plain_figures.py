"""The plain SQL that reports are measured against (`make bench`) counts what they count."""

from datetime import timedelta
from typing import Any

import pytest

from benchmarks.bare.figures import QUESTIONS, ask
from cadans.insight.reports import report
from tests.insight.scene import Scene, day, ever


@pytest.fixture
def period(scene: Scene) -> dict[str, Any]:
    """All time, as the plain SQL has it."""
    scene.pipeline.key = "b2b-classic"
    scene.pipeline.save()
    scene.lead([("new", 0), ("demo", 3), ("offer", 9)], owner="Anna", closed=("won", 12), value=900)
    scene.lead([("new", 1), ("demo", 2), ("new", 4)], owner="Anna", closed=("lost", 9), value=50)
    scene.lead([("new", 2), ("offer", 8)], owner="Bram", closed=("won", 30), value=400)
    scene.lead([("new", 5), ("demo", 7)], owner="Bram")
    begins, ends = day(0) - timedelta(days=1), day(400)
    before = {"before": begins, "quarter": begins, "quarter_ends": ends}
    return {"since": begins, "until": ends, **before}


def test_every_question_is_answered(period):
    for metric, questions in QUESTIONS.items():
        assert len(ask(metric, period)) == len(questions), metric


def test_it_counts_what_the_win_rate_counts(period):
    plain = {
        owner: (won, lost, worth) for owner, won, lost, worth, *_ in ask("win-rate", period)[0]
    }
    told = report("win-rate", ever(by="owner"), None)["rows"]
    assert len(told) == 2
    for row in told:
        won, lost, _worth = next(plain[key] for key in plain if str(key) == row["key"])
        assert (row["won"], row["lost"]) == (won, lost)


def test_it_counts_what_the_funnel_counts(period):
    plain = [row for row in ask("funnel", period)[0] if row[1] is None]
    stages = report("funnel", ever(by="owner"), None)["total"]["stages"]
    assert sorted((row[2], row[3], row[4]) for row in plain) == sorted(
        (stage["entered"], stage["reached_next"], stage["lost"])
        for stage in stages
        if stage["entered"]
    )


def test_it_measures_what_the_cycle_measures(period):
    total = next(row for row in ask("cycle", period)[0] if row[0] is None)
    told = report("cycle", ever(by="owner"), None)["total"]
    assert (total[1], total[2]) == (told["won"]["leads"], told["won"]["mean"])
    assert total[3] == pytest.approx([told["won"]["median"], told["won"]["p85"]])
