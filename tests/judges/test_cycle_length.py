"""Cycle length against pandas, on random histories."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given

from cadans.insight.reports import report
from tests.insight.scene import Scene
from tests.judges.histories import History, write
from tests.judges.test_figures import PERIODS, TEAMS, lives_of_leads, local, many, within


@pytest.fixture
def scene(db) -> Scene:
    return Scene()


def closed(lives: list[History], period) -> pd.DataFrame:
    rows = [
        {
            "lead": number,
            "status": life.standing[0],
            "days": (life.standing[1] - life.visits[0][1]) / 24,
            "owner": life.standing[3] or "none",
            "team": team or "none",
            "month": f"{local(life.standing[1]):%Y-%m}",
        }
        for number, life in enumerate(lives)
        if life.standing
        and life.standing[0] in ("won", "lost")
        and not life.deleted
        and within(period, life.standing[1])
        for team in TEAMS[life.standing[3]]
    ]
    return pd.DataFrame(rows, columns=["lead", "status", "days", "owner", "team", "month"])


def agrees(row, frame: pd.DataFrame) -> None:
    for status in ("won", "lost"):
        days, found = frame[frame["status"] == status]["days"].astype(float), row[status]
        assert found["leads"] == len(days)
        if days.empty:
            assert found["mean"] is found["median"] is found["p85"] is None
            continue
        told = (found["mean"], found["median"], found["p85"])
        known = (days.mean(), days.median(), days.quantile(0.85))
        assert told == pytest.approx(known, abs=1e-9)


@pytest.mark.parametrize("period", PERIODS)
@given(lives=lives_of_leads)
@many
def test_lengths_agree_with_pandas(scene, period, lives):
    write(scene, lives)
    frame = closed(lives, period)
    agrees(report("cycle", period, None)["total"], frame.drop_duplicates("lead"))
    for by in ("owner", "team", "month"):
        rows = report("cycle", replace(period, by=by), None)["rows"]
        groups = frame if by == "team" else frame.drop_duplicates("lead")
        named = {
            row["key"] if by == "month" or row["key"] == "none" else row["label"]: row
            for row in rows
        }
        assert {name for name, row in named.items() if row["closed"]} == set(groups[by])
        for name, row in named.items():
            agrees(row, groups[groups[by] == name])
