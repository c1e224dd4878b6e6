"""Traits of leads that are lost at once, on histories small enough to count by hand."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils.translation import override

from cadans.contacts.models import Company, Person
from cadans.ground.custom_fields import CustomField
from cadans.ground.errors import Invalid, NotAllowed, NotFound
from cadans.insight.disqualify import draft_disqualification
from cadans.insight.quick_no import lift_of
from cadans.insight.reports import leads_behind, report
from cadans.leads.models import Closing, Lead, LeadPerson
from cadans.playbooks.actions import as_document
from cadans.process.design import Design
from cadans.process.models import Pipeline
from tests.insight.scene import Scene, ever


@pytest.fixture(autouse=True)
def _in_dutch() -> Iterator[None]:
    """Names are compared as a Dutch reader sees them."""
    with override("nl"):
        yield


USUAL = 40
"""The days to won of every lead that is won here: a no within 10 days is quick."""


def many(scene: Scene, number: int, days: float, **more: Any) -> list[Lead]:
    status = more.pop("status", "lost")
    return [scene.lead(closed=(status, days), **more) for _number in range(number)]


def winners(scene: Scene, number: int = 10, **more: Any) -> list[Lead]:
    return many(scene, number, USUAL, status="won", **more)


def asked(**chosen: Any) -> dict[str, Any]:
    return report("quick-no", ever(**chosen), None)


def rows(**chosen: Any) -> dict[str, dict[str, Any]]:
    return {row["key"].split(":")[0]: row for row in asked(**chosen)["rows"]}


def fair(scene: Scene) -> str:
    return f"source:{scene.sources['Fair'].id}"


def test_a_no_is_quick_within_a_quarter_of_the_usual_cycle(scene):
    winners(scene)
    many(scene, 3, 10)
    many(scene, 2, 10.5)
    total = asked()["total"]
    assert (total["usual_days"], total["limit_days"]) == (40, 10)
    assert (total["quick"]["numerator"], total["quick"]["denominator"]) == (3, 15)


def test_the_trait_that_goes_with_it_is_named_and_those_that_do_not_are_not(scene):
    winners(scene, 20, source="Web")
    many(scene, 5, 5, source="Web")
    many(scene, 20, 5, source="Fair")
    many(scene, 5, 30, source="Fair")
    answer = asked()
    found = {row["label"]: row for row in answer["rows"]}
    assert set(found) == {"Bron: Fair", "Bron: Web"}
    row = found["Bron: Fair"]
    assert (row["with"]["numerator"], row["with"]["denominator"]) == (20, 25)
    assert (row["others"]["numerator"], row["others"]["denominator"]) == (5, 25)
    assert row["lift"]["value"] == pytest.approx(4)
    assert row["lift"]["low"] > 1
    assert row["is_named"]
    assert not found["Bron: Web"]["is_named"]
    assert answer["total"]["named"] == 1


def test_what_nobody_knows_is_no_trait(scene):
    winners(scene, 20, source="Web")
    many(scene, 30, 5, source=None)
    assert rows() == {}


def test_traits_of_fewer_than_twenty_leads_are_not_tested(scene):
    winners(scene, 20, source="Web")
    many(scene, 19, 5, source="Fair")
    assert rows() == {}


def test_with_few_won_there_is_no_usual_cycle(scene):
    winners(scene, 7)
    many(scene, 30, 5, source="Fair")
    answer = asked()
    assert answer["rows"] == []
    assert answer["total"]["limit_days"] is None
    assert answer["total"]["quick"]["reason"] == "no_usual_cycle"


def test_deleted_reopened_and_cancelled_leads_count_nowhere(scene):
    winners(scene)
    many(scene, 3, 5, deleted=True)
    scene.lead(closed=("cancelled", 5))
    scene.lead(undone=[("lost", 5, 6)])
    assert asked()["total"]["closed"] == 10


def test_a_lead_of_two_products_has_both_and_counts_once_among_the_known(scene):
    winners(scene, 20, products=["Press"])
    many(scene, 20, 5, products=["Press", "Mill"])
    found = {row["value"]: row for row in asked()["rows"]}
    assert set(found) == {"Mill"}  # every lead with a product has a press
    row = found["Mill"]
    assert (row["with"]["denominator"], row["others"]["denominator"]) == (20, 20)


def test_company_size_goes_in_bands(scene):
    small = Company.objects.create(name="Small", employees=12, industry="Bakery")
    large = Company.objects.create(name="Large", employees=900, industry="Steel")
    for leads, company in ((winners(scene, 20), large), (many(scene, 20, 5), small)):
        Lead.objects.filter(id__in=[lead.id for lead in leads]).update(company=company)
    found = {(row["trait"], row["value"]): row for row in asked()["rows"]}
    size = found["Bedrijfsgrootte", "10 – 49"]
    assert size["is_named"]
    assert size["condition"] == {
        "all": [
            {"field": "company.employees", "is": "at_least", "than": "10"},
            {"field": "company.employees", "is": "at_most", "than": "49"},
        ]
    }
    assert found["Bedrijfsgrootte", "250 of meer"]["others"]["denominator"] == 20
    bakery = found["Branche", "Bakery"]["condition"]["all"][0]
    assert bakery == {"field": "company.industry", "is": "equal", "than": "Bakery"}


def test_the_role_of_the_first_contact_is_a_trait(scene):
    for leads, role in ((winners(scene, 20), "decision_maker"), (many(scene, 20, 5), "user")):
        for lead in leads:
            for number, first in enumerate((True, False)):
                person = Person.objects.create(name=f"P {number}")
                LeadPerson.objects.create(
                    lead=lead, person=person, is_first=first, role=role if first else "blocker"
                )
    found = {row["key"]: row for row in asked()["rows"]}
    assert set(found) == {"role:user", "role:decision_maker"}
    assert found["role:user"]["is_named"]


@pytest.mark.parametrize("subject", ["lead", "company"])
def test_own_fields_are_traits_and_numbers_go_in_quarters(scene, subject):
    for key, kind in (("colour", "choice"), ("points", "number")):
        CustomField.objects.create(
            subject=subject, key=key, name_nl=key, name_en=key, kind=kind, options=["red", "blue"]
        )
    for place, lead in enumerate([*winners(scene, 40), *many(scene, 40, 5)]):
        values = {"colour": "red" if place < 40 else "blue", "points": str(place + 1)}
        if subject == "lead":
            Lead.objects.filter(id=lead.id).update(custom=values)
        else:
            company = Company.objects.create(name=f"C {place}", custom=values)
            Lead.objects.filter(id=lead.id).update(company=company)
    found = {(row["trait"], row["value"]): row for row in asked()["rows"]}
    start = "custom" if subject == "lead" else "company.custom"
    assert found["colour", "blue"]["condition"]["all"][0] == {
        "field": f"{start}.colour",
        "is": "equal",
        "than": "blue",
    }
    numbers = {value: row for (trait, value), row in found.items() if trait == "points"}
    assert sum(row["leads"] for row in numbers.values()) <= 80
    assert len(numbers) == 3  # the first quarter holds 19: its upper end belongs to the second
    assert numbers["40 – 59"]["is_named"]


def test_chance_is_not_named_among_many(scene):
    """Ten own fields, all drawn by lot: nothing is named, though some p are small."""
    lot = random.Random(5)
    keys = [f"field{number}" for number in range(10)]
    for key in keys:
        CustomField.objects.create(subject="lead", key=key, name_nl=key, name_en=key, kind="text")
    leads = [*winners(scene, 60), *many(scene, 60, 5)]
    for lead in leads:
        lead.custom = {key: lot.choice("abc") for key in keys}
    Lead.objects.bulk_update(leads, ["custom"])
    answer = asked()
    assert answer["total"]["tested"] == 30
    assert answer["total"]["named"] == 0


def test_every_figure_opens_the_leads_it_counts(scene):
    winners(scene, 25, source="Web", products=["Press"])
    many(scene, 25, 5, source="Fair", products=["Mill", "Press"])
    answer = asked()
    for row in answer["rows"]:
        for part, count in (
            ("closed", row["leads"]),
            ("quick", row["with"]["numerator"]),
            ("won", row["won"]),
        ):
            found = leads_behind("quick-no", ever(), row["key"], part, None)
            assert found.count() == count, (row["key"], part)
    quick = leads_behind("quick-no", ever(), "", "quick", None).count()
    assert quick == answer["total"]["quick"]["numerator"]


def test_reps_see_their_own_only(scene):
    winners(scene)
    many(scene, 30, 5, owner="Bram")
    assert report("quick-no", ever(), scene.users["Anna"])["total"]["closed"] == 10


def test_breakdowns_and_unknown_parts_are_refused(scene):
    with pytest.raises(Invalid):
        asked(by="owner")
    with pytest.raises(Invalid):
        leads_behind("quick-no", ever(), "", "maybe", None)


def test_without_any_among_the_others_there_is_no_lift_but_an_interval():
    lift = lift_of(10, 20, 0, 30)
    assert (lift["value"], lift["reason"]) == (None, "none_elsewhere")
    assert 1 < lift["low"] < lift["high"]


# ── the draft rule ──────────────────────────────────────────────────────────────────────────


@pytest.fixture
def drawn(scene) -> Pipeline:
    """The scene's pipeline with a draft, where leads from the fair are lost at once."""
    design = Design.model_validate(
        {"stages": [{"key": "new", "name": {"en": "New"}}, {"key": "demo", "name": {"en": "Demo"}}]}
    )
    Pipeline.objects.filter(id=scene.pipeline.id).update(draft=as_document(design))
    winners(scene, 20, source="Web")
    many(scene, 20, 5, source="Fair")
    return scene.pipeline


def test_one_click_lays_a_rule_into_the_draft_and_changes_nothing_live(scene, drawn):
    mila = scene.users["Mila"]
    for _again in range(2):
        pipeline, stage = draft_disqualification(mila, ever(), fair(scene))
    assert stage == "new"
    (rule,) = pipeline.draft["stages"][0]["rules"]
    assert rule["name"] == "Snelle nee? Bron: Fair"
    assert rule["when"]["all"][0]["than"] == "Fair"
    assert rule["to"]["users"] == [str(mila.id)]
    assert pipeline.version_id == scene.version.id
    assert scene.version.document == {}


def test_the_rule_comes_before_those_that_are_there(scene, drawn):
    document = Pipeline.objects.get(id=drawn.id).draft
    document["stages"][0]["rules"] = [
        {"key": "all", "name": "All", "to": {"users": [str(scene.users["Anna"].id)]}}
    ]
    document = as_document(Design.model_validate(document))
    Pipeline.objects.filter(id=drawn.id).update(draft=document)
    pipeline, _stage = draft_disqualification(scene.users["Mila"], ever(), fair(scene))
    assert [rule["name"] for rule in pipeline.draft["stages"][0]["rules"]][1] == "All"


def test_a_trait_that_is_not_named_gets_no_rule(scene, drawn):
    with pytest.raises(NotFound):
        draft_disqualification(scene.users["Mila"], ever(), f"source:{scene.sources['Web'].id}")


def test_reps_draft_nothing(scene, drawn):
    Lead.objects.update(owner=scene.users["Anna"])
    Closing.objects.update(owner=scene.users["Anna"])
    with pytest.raises(NotAllowed):
        draft_disqualification(scene.users["Anna"], ever(), fair(scene))
