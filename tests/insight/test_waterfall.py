"""From forecast to actual, in steps that add up to the cent."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadans.insight.filters import Filters
from cadans.insight.forecast.snapshots import Span, expected_leads
from cadans.insight.forecast.waterfall import Planned, fall, kept_fall, waterfall
from cadans.insight.models import ExpectedLead, Snapshot
from cadans.leads.models import Closing, Lead
from tests.insight.scene import Scene, day

MARCH = Filters(since=date(2026, 3, 1), until=date(2026, 4, 1))

AMOUNTS = st.decimals("0", "9999999.99", places=2)
SHARES = st.decimals("0", "1", places=6)


@st.composite
def planned(draw) -> Planned:
    value = draw(st.none() | AMOUNTS)
    share = ((value or 0) * draw(SHARES)).quantize(Decimal("0.000001"))
    became = draw(st.sampled_from(["won", "lost", "open", "gone"]))
    worth = draw(st.none() | AMOUNTS) if became == "won" else None
    id = UUID(int=draw(st.integers(0, 2**64)))
    return Planned(id, value, share, draw(st.booleans()), became, worth)


@given(
    st.lists(planned(), max_size=30),
    st.lists(st.tuples(st.uuids(), AMOUNTS), max_size=10),
    st.none() | AMOUNTS,
)
def test_the_steps_add_up_to_the_cent(leads, unplanned, forecast):
    """Whatever the forecast held beside its leads (None: nothing, but rounded to cents)."""
    if forecast is None:
        shares = sum((lead.share for lead in leads), Decimal(0))
        forecast = shares.quantize(Decimal("0.01"))
    seen = fall(forecast, leads, unplanned)
    won = sum((lead.worth or 0 for lead in leads if lead.became == "won"), Decimal(0))
    assert seen.actual == won + sum((worth for _lead, worth in unplanned), Decimal(0))
    assert seen.forecast + sum(seen.cents.values(), Decimal(0)) == seen.actual
    for name, cents in seen.cents.items():
        assert abs(Fraction(cents) - seen.steps[name].amount) < Fraction(2, 100)


def kept(scene: Scene) -> None:
    """Keep the forecast of March as it began."""
    Lead.objects.update(made_at=day(0))
    span = Span(MARCH.since, MARCH.until)
    ExpectedLead.objects.bulk_create(expected_leads(span))
    for scope, scope_id, owners in (
        ("all", None, None),
        ("owner", scene.users["Anna"].id, [scene.users["Anna"].id]),
    ):
        rows = ExpectedLead.objects.all()
        if owners:
            rows = rows.filter(owner__in=owners)
        Snapshot.objects.create(
            since=span.since,
            until=span.until,
            day=span.since,
            scope=scope,
            scope_id=scope_id,
            method="stage",
            value=sum((row.stage for row in rows), Decimal(0)).quantize(Decimal("0.01")),
            already_won=0,
            open_leads=len(rows),
            currency="EUR",
        )


def won(scene: Scene, lead: Lead, on: float, worth: str, **more) -> None:
    Lead.objects.filter(id=lead.id).update(status="won", closed_at=day(on))
    lead.refresh_from_db()
    scene.close(lead, "won", on, Decimal(worth), more.get("owner", "Anna"), None, None)


@pytest.fixture
def march(scene) -> dict[str, Lead]:
    """Half of what was closed was won; then seven leads, as March begins."""
    scene.lead([("new", 0)], closed=("won", 20))
    scene.lead([("new", 0)], closed=("lost", 20))
    leads = {
        name: scene.lead([("new", 30)], value="100.00")
        for name in ("won", "dearer", "early", "late", "lost", "deleted", "cancelled", "reopened")
    }
    Lead.objects.filter(id=leads["early"].id).update(expected_close=date(2026, 5, 1))
    kept(scene)
    won(scene, leads["won"], 70, "100.00")
    won(scene, leads["dearer"], 71, "130.00")
    won(scene, leads["early"], 72, "100.00")
    won(scene, leads["late"], 95, "100.00")  # in April
    Lead.objects.filter(id=leads["lost"].id).update(status="lost", closed_at=day(73))
    leads["lost"].refresh_from_db()
    scene.close(leads["lost"], "lost", 73, None, "Anna", None, None)
    Lead.objects.filter(id=leads["deleted"].id).update(deleted_at=day(75))
    Lead.objects.filter(id=leads["cancelled"].id).update(status="cancelled", closed_at=day(75))
    scene.close(leads["reopened"], "won", 70, Decimal("100.00"), "Anna", None, 74)
    leads["new"] = scene.lead([("new", 62)], closed=("won", 80), value="55.55")
    return leads


def steps(answer) -> dict[str, tuple[str, int]]:
    return {step["key"]: (step["amount"]["amount"], step["leads"]) for step in answer["steps"]}


@pytest.mark.django_db
def test_each_lead_is_in_the_step_of_what_became_of_it(scene, march):
    answer = waterfall(MARCH, None, "stage", today=date(2026, 6, 1))
    assert (answer["forecast"]["amount"], answer["actual"]["amount"]) == ("400.00", "385.55")
    assert steps(answer) == {
        "won_expected": ("100.00", 2),
        "pulled_in": ("50.00", 1),
        "won_unplanned": ("55.55", 1),
        "value_changed": ("30.00", 1),
        "slipped": ("-100.00", 2),  # won in April; reopened
        "lost": ("-50.00", 1),
        "gone": ("-100.00", 2),
    }


@pytest.mark.django_db
def test_a_lead_handed_over_is_gone_for_one_and_unplanned_for_the_other(scene):
    scene.lead([("new", 0)], closed=("won", 20))
    lead = scene.lead([("new", 30)], value="100.00", owner="Anna")
    kept(scene)
    won(scene, lead, 70, "100.00", owner="Cato")
    anna = Filters(**{**vars(MARCH), "owner": scene.users["Anna"].id})
    hers = waterfall(anna, None, "stage")
    assert steps(hers)["gone"] == ("-100.00", 1)
    assert hers["actual"]["amount"] == "0.00"
    assert steps(waterfall(MARCH, None, "stage"))["won_expected"] == ("0.00", 1)


@pytest.mark.django_db
def test_a_lead_that_was_merged_away_is_gone_and_one_erased_is_not_forgotten(scene):
    scene.lead([("new", 0)], closed=("won", 20))
    other = scene.lead([("new", 30)], value="1.00")
    merged, erased = (scene.lead([("new", 30)], value="100.00") for _ in range(2))
    kept(scene)
    Lead.objects.filter(id=merged.id).update(deleted_at=day(62), merged_into=other)
    Lead.objects.filter(id=erased.id).delete()
    assert steps(waterfall(MARCH, None, "stage"))["gone"] == ("-200.00", 2)


@pytest.mark.django_db
def test_without_a_kept_start_it_says_why(scene, march):
    assert waterfall(MARCH, None, "basic")["reason"] == "no_snapshot"
    narrowed = Filters(**{**vars(MARCH), "source": scene.sources["Web"].id})
    assert waterfall(narrowed, None, "stage")["reason"] == "not_kept"
    Snapshot.objects.create(
        since=MARCH.since,
        until=MARCH.until,
        day=MARCH.since,
        scope="all",
        method="model",
        reason="too_little_history",
        already_won=0,
        open_leads=1,
        currency="EUR",
    )
    assert kept_fall(MARCH, None, "model") == (None, "too_little_history")


@pytest.mark.django_db
def test_what_the_model_expected_of_leads_to_come_is_a_step(scene, march):
    Snapshot.objects.create(
        since=MARCH.since,
        until=MARCH.until,
        day=MARCH.since,
        scope="all",
        method="model",
        value="300.00",
        already_won=0,
        open_leads=1,
        currency="EUR",
    )
    found = steps(waterfall(MARCH, None, "model"))
    shares = sum(ExpectedLead.objects.values_list("model", flat=True))
    assert Decimal(found["unattributed"][0]) == shares.quantize(Decimal("0.01")) - 300
    assert Closing.objects.exists()
