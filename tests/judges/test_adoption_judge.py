"""Adoption against pandas, on random histories."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given

from cadans.insight.adoption import adoption
from cadans.leads.models import StageVisit
from tests.insight.scene import Scene
from tests.judges.histories import NOW, WAY, History, moment, write
from tests.judges.test_figures import PERIODS, lives_of_leads, many

LIMITS = {"new": 10, "demo": 20, "offer": None}


@pytest.fixture
def scene(db) -> Scene:
    return Scene()


def stays(lives: list[History]) -> pd.DataFrame:
    """Each stay in a stage that is no end, and what followed it."""
    rows = []
    for number, life in enumerate(lives):
        if life.deleted or (life.standing and life.standing[0] == "cancelled"):
            continue
        for place, (stage, hour, owner) in enumerate(life.visits):
            if stage not in LIMITS:
                continue
            following = life.visits[place + 1] if place + 1 < len(life.visits) else None
            left = following[1] if following else life.standing and life.standing[1]
            rows.append(
                {
                    "lead": number,
                    "owner": owner,
                    "stage": stage,
                    "since": moment(hour),
                    "until": moment(left) if left is not None else None,
                    "touched": moment(life.touched),
                }
            )
    columns = ["lead", "owner", "stage", "since", "until", "touched"]
    moments = dict.fromkeys(("since", "until", "touched"), "datetime64[us, UTC]")
    return pd.DataFrame(rows, columns=columns).astype(moments)


def stalls(stay, begins, ends) -> bool:
    """Whether the stay had a gap longer than its limit, within the period."""
    limit = LIMITS[stay["stage"]]
    if limit is None:
        return False
    allowed = pd.Timedelta(days=limit)
    lasts = pd.isna(stay["until"])
    points = [stay["since"]]
    if lasts and stay["since"] < stay["touched"] < NOW:
        points.append(stay["touched"])
    for start, end in zip(points, [*points[1:], NOW if lasts else stay["until"]], strict=True):
        begun, over = start + allowed, end
        is_open = lasts and end == NOW
        if over > begun and begun < ends and (begun >= begins or over > begins or is_open):
            return True
    return False


@pytest.mark.parametrize("period", PERIODS)
@given(lives=lives_of_leads)
@many
def test_worked_and_stalled_agree_with_pandas(scene, period, lives):
    write(scene, lives)
    # Here only gaps are judged: every goal was met, and closings are looked at apart.
    StageVisit.objects.update(goals_met=True)
    begins, ends = period.begins, min(period.ends, NOW)
    frame = stays(lives)
    touches = frame["owner"].notna() & (frame["since"] < ends)
    frame = frame[touches & (frame["until"].isna() | (frame["until"] >= begins))]
    frame = frame.assign(stalled=[stalls(stay, begins, ends) for _, stay in frame.iterrows()])
    for by in (None, "owner", "stage"):
        answer = adoption(replace(period, by=by), None, on=NOW)
        rows = {row["key"] if by == "none" else row["label"]: row for row in answer["rows"]}
        groups = [("", answer["total"], frame)]
        if by:
            for name, row in rows.items():
                known = name if by == "owner" else name.lower()
                groups.append((name, row, frame[frame[by] == known]))
            assert len(rows) == frame[by].nunique()
        for name, row, part in groups:
            assert row["worked"] == part["lead"].nunique(), name
            late = part[part["stalled"].astype(bool)]
            assert row["breaches"]["stalled"]["leads"] == late["lead"].nunique(), name
    assert set(WAY) >= set(LIMITS)
