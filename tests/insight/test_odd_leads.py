"""What befalls a lead, and what each metric about closed leads then makes of it."""

from collections.abc import Callable
from typing import Any

import pytest

from cadans.insight.reports import report
from cadans.leads.models import Lead
from tests.insight.scene import Scene, ever

PATH = [("new", 0), ("demo", 4)]


def plain(scene: Scene) -> None:
    scene.lead(PATH, closed=("won", 20))


def deleted(scene: Scene) -> None:
    scene.lead(PATH, closed=("won", 20), deleted=True)


def merged(scene: Scene) -> None:
    kept = scene.lead(PATH, closed=("won", 20))
    gone = scene.lead(PATH, closed=("won", 90))
    Lead.objects.filter(id=gone.id).update(merged_into=kept, deleted_at=scene.now)


def cancelled(scene: Scene) -> None:
    scene.lead(PATH, closed=("cancelled", 20))


def reassigned(scene: Scene) -> None:
    scene.lead(PATH, closed=("won", 20), owner="Bram", closer="Anna", owners=["Cato", "Anna"])


def reopened(scene: Scene) -> None:
    scene.lead(PATH, undone=[("won", 20, 21)])


def reopened_and_won_again(scene: Scene) -> None:
    scene.lead(PATH, closed=("won", 20), undone=[("lost", 6, 7), ("won", 9, 10)])


def moved_back(scene: Scene) -> None:
    scene.lead([*PATH, ("new", 8), ("demo", 9)], closed=("won", 20))


CASES: list[tuple[Callable[[Scene], None], int]] = [
    (plain, 1),
    (deleted, 0),
    (merged, 1),
    (cancelled, 0),
    (reassigned, 1),
    (reopened, 0),
    (reopened_and_won_again, 1),
    (moved_back, 1),
]


def won_in(metric: str, answer: dict[str, Any]) -> int:
    """How many leads the metric counts as won."""
    total = answer["total"]
    found: int = {
        "win-rate": lambda: total["won"],
        "deal-size": lambda: total["won"],
        "cycle": lambda: total["won"]["leads"],
        "quick-no": lambda: total["won"],
        "committee": lambda: total["closed"],
    }[metric]()
    return found


@pytest.mark.parametrize("metric", ["win-rate", "deal-size", "cycle", "quick-no", "committee"])
@pytest.mark.parametrize(("befalls", "counted"), CASES)
def test_each_metric_counts_the_lead_once_or_not_at_all(scene, metric, befalls, counted):
    befalls(scene)
    assert won_in(metric, report(metric, ever(), None)) == counted


@pytest.mark.parametrize("metric", ["win-rate", "deal-size", "cycle"])
@pytest.mark.parametrize("befalls", [case for case, counted in CASES if counted])
def test_it_belongs_to_whoever_closed_it(scene, metric, befalls):
    befalls(scene)
    rows = report(metric, ever(by="owner"), None)["rows"]
    assert [row["label"] for row in rows] == ["Anna"]


@pytest.mark.parametrize("befalls", [case for case, counted in CASES if counted])
def test_it_took_as_long_and_was_worth_as_much(scene, befalls):
    befalls(scene)
    assert report("cycle", ever(), None)["total"]["won"]["median"] == 20
    assert report("deal-size", ever(), None)["total"]["won_value"]["amount"] == "100.00"
