"""Deal size against pandas and statsmodels, on random histories."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm  # type: ignore[import-untyped]
from hypothesis import given
from scipy import stats

from cadans.insight.filters import Filters
from cadans.insight.reports import report
from tests.insight.scene import Scene
from tests.judges.histories import History, write
from tests.judges.test_figures import PERIODS, TEAMS, lives_of_leads, local, many, within


@pytest.fixture
def scene(db) -> Scene:
    return Scene()


def won(lives: list[History], period: Filters) -> pd.DataFrame:
    """One row a won lead and team."""
    rows = [
        {
            "lead": number,
            "cents": life.value,
            "owner": life.standing[3] or "none",
            "team": team or "none",
            "month": f"{local(life.standing[1]):%Y-%m}",
        }
        for number, life in enumerate(lives)
        if life.standing
        and life.standing[0] == "won"
        and not life.deleted
        and within(period, life.standing[1])
        for team in TEAMS[life.standing[3]]
    ]
    return pd.DataFrame(rows, columns=["lead", "cents", "owner", "team", "month"])


def text(cents: float | Fraction) -> str:
    return str(Decimal(round(cents)).scaleb(-2))


def agrees(row, frame: pd.DataFrame) -> None:
    known = frame["cents"].dropna().astype(float)
    assert (row["won"], row["leads"]) == (len(frame), len(known))
    assert row["without_value"] == len(frame) - len(known)
    if known.empty:
        assert row["mean"]["amount"] is row["median"]["amount"] is row["p85"]["amount"] is None
        return
    assert row["won_value"]["amount"] == text(int(known.sum()))
    assert row["mean"]["amount"] == text(Fraction(int(known.sum()), len(known)))
    assert row["median"]["amount"] == text(known.median())
    # A quantile in floats may lie just beside half a cent.
    assert float(row["p85"]["amount"]) == pytest.approx(known.quantile(0.85) / 100, abs=0.0051)
    if len(known) < 8:
        assert row["mean"]["low"] is None
    elif (spread := known.std(ddof=0)) > 0:
        assert [row["mean"][end] for end in ("low", "high")] == [
            text(known.mean() - spread * one) for one in hall(known)
        ]


def hall(known: pd.Series) -> list[float]:
    """The ends of Hall's interval, in standard deviations below the mean, found by searching."""
    from scipy.optimize import brentq

    number, skew = len(known), stats.skew(known)

    def transformed(u: float) -> float:
        return u + skew * u**2 / 3 + skew**2 * u**3 / 27 + skew / (6 * number)

    reach = stats.t.ppf(0.975, number - 1) / np.sqrt(number)
    return [brentq(lambda u, way=way: transformed(u) - way * reach, -99, 99) for way in (1, -1)]


@pytest.mark.parametrize("period", PERIODS)
@given(lives=lives_of_leads)
@many
def test_sizes_agree_with_pandas(scene, period, lives):
    write(scene, lives)
    frame = won(lives, period)
    agrees(report("deal-size", period, None)["total"], frame.drop_duplicates("lead"))
    for by in ("owner", "team", "month"):
        rows = report("deal-size", replace(period, by=by), None)["rows"]
        groups = frame if by == "team" else frame.drop_duplicates("lead")
        named = {
            row["key"] if by == "month" or row["key"] == "none" else row["label"]: row
            for row in rows
        }
        assert {name for name, row in named.items() if row["won"]} == set(groups[by])
        for name, row in named.items():
            agrees(row, groups[groups[by] == name])


@pytest.mark.parametrize("by", ["owner", "team", "product", "product_line"])
@given(lives=lives_of_leads)
@many
def test_the_change_adds_up_to_the_cent_whatever_happened(scene, by, lives):
    write(scene, lives)
    answer = report("deal-size", replace(PERIODS[1], by=by), None)
    change = answer["total"]["change"]
    now, before = (answer["total"]["mean"]["amount"], change["before"]["mean"]["amount"])
    if now is None or before is None:
        assert change["amount"] is None
        return
    assert Decimal(change["amount"]) == Decimal(now) - Decimal(before)
    parts = [row["change"] for row in answer["rows"] if row["change"]]
    pieces = [Decimal(part[name]) for part in parts for name in ("within", "mix")]
    assert sum(pieces) == Decimal(change["amount"])
    for share in ("share", "share_before"):
        assert sum(part[share] for part in parts) == pytest.approx(1)


@pytest.mark.parametrize("period", PERIODS)
@given(lives=lives_of_leads)
@many
def test_the_trend_agrees_with_statsmodels(scene, period, lives):
    write(scene, lives)
    frame = won(lives, period).drop_duplicates("lead").dropna(subset=["cents"])
    trend = report("deal-size", period, None)["total"]["trend"]
    if len(frame) < 8 or frame["month"].nunique() < 3:
        assert trend["amount"] is None
        return
    months = pd.PeriodIndex(frame["month"], freq="M").map(lambda one: one.ordinal)
    line = sm.OLS(frame["cents"].astype(float).to_numpy(), sm.add_constant(months.to_numpy()))
    known = line.fit(cov_type="HC3", use_t=True)
    told = [float(trend[name]) * 100 for name in ("amount", "low", "high")]
    assert told == pytest.approx([known.params[1], *known.conf_int()[1]], abs=0.51)
