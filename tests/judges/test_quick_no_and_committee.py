"""Quick noes and committees against pandas, SciPy and statsmodels, on leads drawn by lot."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests  # type: ignore[import-untyped]

from cadans.contacts.models import BuyingRole, Company, Person
from cadans.insight.committee import ASKS_FOR
from cadans.insight.reports import report
from cadans.leads.models import Activity, LeadPerson
from tests.insight.scene import Scene, day, ever

ROLES = ("", *BuyingRole.values)
KINDS = ("call", "email", "meeting", "demo", "ask", "note")


@pytest.fixture
def scene(db) -> Scene:
    return Scene()


def drawn(scene: Scene, seed: int, number: int = 240) -> pd.DataFrame:
    """Leads with a source, an industry, products and an ending by lot, written and told."""
    lot = np.random.default_rng(seed)
    firms = [Company.objects.create(name=name, industry=name) for name in ("Food", "Steel", "")]
    rows = []
    for place in range(number):
        source = lot.choice(["Web", "Fair", None], p=[0.5, 0.4, 0.1])
        firm = firms[lot.integers(3)]
        products = [one for one in ("Press", "Mill", "Advice") if lot.random() < 0.4]
        # Leads from the fair for steel are often lost soon.
        soon = 0.7 if source == "Fair" and firm.industry == "Steel" else 0.25
        status = lot.choice(["won", "lost", "cancelled"], p=[0.35, 0.6, 0.05])
        days = float(lot.integers(1, 9) if status == "lost" and lot.random() < soon else 0)
        days = days or float(lot.integers(20, 90))
        lead = scene.lead(
            closed=(str(status), days), source=source, products=products, deleted=place % 17 == 0
        )
        type(lead).objects.filter(id=lead.id).update(company=firm)
        rows.append(
            {
                "lead": lead,
                "status": status,
                "days": days,
                "source": source,
                "industry": firm.industry or None,
                "products": products,
                "there": place % 17 != 0,
            }
        )
    frame = pd.DataFrame(rows)
    return frame[frame["there"] & frame["status"].isin(["won", "lost"])]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_traits_are_tested_as_scipy_and_statsmodels_do(scene, seed):
    frame = drawn(scene, seed)
    limit = frame[frame["status"] == "won"]["days"].median() / 4
    frame["quick"] = (frame["status"] == "lost") & (frame["days"] <= limit)
    known = {}
    for trait in ("source", "industry", "product"):
        column = (
            frame["products"]
            if trait == "product"
            else frame[trait].map(lambda value: [] if value is None else [value])
        )
        told = frame[column.map(len) > 0]
        for value in {one for values in column for one in values}:
            has = column[told.index].map(lambda values, value=value: value in values)
            if min(has.sum(), (~has).sum()) < 20:
                continue
            a, n = told[has]["quick"].sum(), has.sum()
            b, m = told[~has]["quick"].sum(), (~has).sum()
            known[value] = (a, n, b, m)
    answer = report("quick-no", ever(), None)
    found = {row["value"]: row for row in answer["rows"]}
    assert answer["total"]["limit_days"] == pytest.approx(limit)
    assert answer["total"]["quick"]["numerator"] == frame["quick"].sum()
    assert set(found) == set(known)
    ps = []
    for value, (a, n, b, m) in known.items():
        row = found[value]
        assert (row["with"]["numerator"], row["with"]["denominator"]) == (a, n)
        assert (row["others"]["numerator"], row["others"]["denominator"]) == (b, m)
        ratio = stats.contingency.relative_risk(a, n, b, m)
        interval = ratio.confidence_interval(0.95)
        told_lift = [row["lift"][name] for name in ("value", "low", "high")]
        assert told_lift == pytest.approx([ratio.relative_risk, interval.low, interval.high])
        ps.append(stats.fisher_exact([[a, n - a], [b, m - b]]).pvalue)
        assert row["p"] == pytest.approx(ps[-1])
    rejected, qs, *_rest = multipletests(ps, alpha=0.05, method="fdr_bh")
    for value, is_rejected, q in zip(known, rejected, qs, strict=True):
        a, n, b, m = known[value]
        assert found[value]["q"] == pytest.approx(q)
        assert found[value]["is_named"] == (is_rejected and a / n > b / m)


@pytest.mark.parametrize("seed", [1, 2])
def test_committees_are_counted_as_pandas_does(scene, seed):
    lot = np.random.default_rng(seed)
    people, leads = [], []
    for place in range(80):
        status, days = str(lot.choice(["won", "lost"])), float(lot.integers(5, 60))
        lead = scene.lead(closed=(status, days), deleted=place % 9 == 0)
        leads.append({"lead": place, "status": status, "days": days, "there": place % 9 != 0})
        for _number in range(lot.integers(0, 5)):
            role = str(lot.choice(ROLES))
            person = Person.objects.create(name="P")
            LeadPerson.objects.create(lead=lead, person=person, role=role)
            touched = informed = False
            for _again in range(lot.integers(0, 3)):
                kind, at = str(lot.choice(KINDS)), float(lot.integers(1, 70))
                held = bool(lot.random() < 0.7)
                activity = Activity.objects.create(lead=lead, kind=kind, at=day(at), held=held)
                activity.people.add(person)
                if held and kind != "note" and at <= days:
                    touched = True
                    informed |= kind in ASKS_FOR.get(role, ())
            people.append({"lead": place, "role": role, "touched": touched, "informed": informed})
    frame = pd.DataFrame(leads)
    frame = frame[frame["there"]]
    parts = pd.DataFrame(people)
    parts = parts[(parts["role"] != "") & parts["lead"].isin(frame["lead"])]
    roles = parts.groupby(["lead", "role"])[["touched", "informed"]].any().reset_index()
    answer = report("committee", ever(), None)
    for row in answer["total"]["roles"]:
        here = roles[roles["role"] == row["key"]]
        assert row["known"]["numerator"] == len(here)
        for name in ("touched", "informed"):
            assert row[name]["numerator"] == here[name].sum()
    for coverage, counted in (("known", roles), ("touched", roles[roles["touched"]])):
        sizes = counted.groupby("lead").size()
        number = frame["lead"].map(sizes).fillna(0).clip(upper=3).astype(int)
        found = {row["roles"]: row for row in answer["rows"] if row["coverage"] == coverage}
        assert set(found) == set(number)
        for which, group in frame.groupby(number):
            for status in ("won", "lost"):
                days = group[group["status"] == status]["days"]
                assert found[which][status]["leads"] == len(days)
                if len(days):
                    assert found[which][status]["median"] == pytest.approx(days.median())
