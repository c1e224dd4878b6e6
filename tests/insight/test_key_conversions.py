"""Which conversions decide: what a point more would bring, and what a manager marks."""

from decimal import Decimal

import pytest

from cadans.events.models import Event
from cadans.ground.errors import Conflict, Invalid, NotAllowed
from cadans.insight.actions.key_conversions import mark_key_conversion, unmark_key_conversion
from cadans.insight.funnel import funnel
from cadans.insight.models import KeyConversion
from tests.insight.scene import ever


@pytest.fixture
def sold(scene):
    """Of 80 leads 40 came to demo, of those 30 to offer, of those 20 were won for 500 each."""
    for _lead in range(40):
        scene.lead([("new", 0)], closed=("lost", 3))
    for _lead in range(10):
        scene.lead([("new", 0), ("demo", 2)], closed=("lost", 5))
    for _lead in range(10):
        scene.lead([("new", 0), ("demo", 2), ("offer", 4)], closed=("lost", 7))
    for _lead in range(20):
        path = [("new", 0), ("demo", 2), ("offer", 4), ("won", 9)]
        scene.lead(path, closed=("won", 9), value="500.00")
    return scene


def rows(answer):
    return {row["key"]: row for row in answer["rows"]}


def test_a_point_more_brings_what_follows_from_the_other_conversions(sold):
    found = rows(funnel(ever()))
    # 80 × 0.01 × (30 of 40) × (20 of 30) × 500, and so on.
    assert found["new"]["effect"] == {"amount": "200.00", "currency": "EUR"}
    assert Decimal(found["demo"]["effect"]["amount"]) == pytest.approx(Decimal("133.33"))
    assert found["offer"]["effect"] == {"amount": "150.00", "currency": "EUR"}
    assert found["won"]["effect"]["reason"] == "last_stage"
    assert [key for key, row in found.items() if row["is_proposed"]] == ["new", "offer"]


def test_of_few_leads_or_without_a_value_nothing_is_said(scene):
    scene.lead([("new", 0), ("won", 2)], closed=("won", 2))
    assert rows(funnel(ever()))["new"]["effect"] == {
        "amount": None,
        "currency": "EUR",
        "reason": "few_leads",
    }
    assert not any(row["is_proposed"] for row in rows(funnel(ever())).values())


def test_a_manager_marks_at_most_two(sold):
    mila, stages = sold.users["Mila"], sold.stages
    mark_key_conversion(mila, stages["new"])
    mark_key_conversion(mila, stages["new"])
    mark_key_conversion(mila, stages["offer"])
    with pytest.raises(Conflict):
        mark_key_conversion(mila, stages["demo"])
    assert [key for key, row in rows(funnel(ever())).items() if row["is_key"]] == ["new", "offer"]
    unmark_key_conversion(mila, stages["new"])
    unmark_key_conversion(mila, stages["new"])
    mark_key_conversion(mila, stages["demo"])
    told = Event.objects.filter(kind__startswith="key_conversion").order_by("id")
    assert [(event.kind, event.data["key"]) for event in told] == [
        ("key_conversion_marked", "new"),
        ("key_conversion_marked", "offer"),
        ("key_conversion_unmarked", "new"),
        ("key_conversion_marked", "demo"),
    ]


def test_reps_mark_nothing_and_ends_have_no_next(sold):
    with pytest.raises(NotAllowed):
        mark_key_conversion(sold.users["Anna"], sold.stages["new"])
    with pytest.raises(Invalid):
        mark_key_conversion(sold.users["Mila"], sold.stages["won"])


def test_the_page_shows_the_marked_ones_first(sold, client):
    client.force_login(sold.users["Mila"])
    answer = client.post("/insight/funnel/key/?period=all", {"stage": "offer", "mark": "yes"})
    assert answer.status_code == 302
    assert answer.url == "/insight/funnel/?period=all"
    assert KeyConversion.objects.get().stage == sold.stages["offer"]
    text = client.get("/insight/funnel/?period=all").content.decode()
    assert text.index("Gaat door vanuit Offer") < text.index("Van eerste fase tot gewonnen")
    assert "Gaat door vanuit Offer" in client.get("/insight/?period=all").content.decode()
    client.post("/insight/funnel/key/?period=all", {"stage": "offer", "mark": "no"})
    assert not KeyConversion.objects.exists()
    client.force_login(sold.users["Anna"])
    assert client.post("/insight/funnel/key/", {"stage": "new"}).status_code == 403
    assert "Markeren" not in client.get("/insight/funnel/?period=all").content.decode()
