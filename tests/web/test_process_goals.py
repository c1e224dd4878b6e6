"""Goals in the designer: each kind added, changed, refused in words."""

from datetime import date
from decimal import Decimal

import pytest

from cadans.ground.custom_fields import CustomField
from cadans.leads.actions import receive_signal
from tests.web.designer import DESIGNER, PANEL, post, stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client, world):
    client.force_login(world.manager)
    return client


GOALS = [
    (
        "field",
        {"field": "company.country", "at_least": "", "at_most": ""},
        {"field": "company.country", "name": {"nl": "Land ingevuld", "en": "Country filled in"}},
    ),
    (
        "field",
        {"field": "value", "at_least": "1.250,50", "at_most": ""},
        {"field": "value", "at_least": Decimal("1250.50"), "at_most": None},
    ),
    (
        "field",
        {"field": "expected_close", "at_least": "", "at_most": "2026-12-31"},
        {"field": "expected_close", "at_most": date(2026, 12, 31)},
    ),
    (
        "field",
        {"field": "source", "one_of": ["Website"]},
        {
            "one_of": ["Website"],
            "name": {"nl": "Bron ingevuld · Website", "en": "Source filled in · Website"},
        },
    ),
    (
        "contact",
        {"details": ["email", "phone"], "role": "decision_maker"},
        {
            "details": ["email", "phone"],
            "role": "decision_maker",
            "name": {
                "nl": "E-mailadres en telefoonnummer bekend · Beslisser",
                "en": "E-mail address and phone number known · Decision maker",
            },
        },
    ),
    (
        "person",
        {"role": "champion", "times": "1"},
        {
            "role": "champion",
            "times": 1,
            "name": {"nl": "Pleitbezorger bekend", "en": "Champion known"},
        },
    ),
    (
        "activity",
        {"activity": "meeting", "outcome": "positive", "times": "2", "since": "ever"},
        {"activity": "meeting", "times": 2, "since": "ever", "planned": False},
    ),
    (
        "activity",
        {"activity": "demo", "planned": "on", "outcome": "positive", "times": "1", "since": "ever"},
        {
            "planned": True,
            "outcome": "",
            "name": {"nl": "Demo gepland of gehouden", "en": "Demo planned or held"},
        },
    ),
    (
        "email",
        {"what": "clicked", "link": "/prijzen", "subject": "", "times": "2", "since": "entered"},
        {"what": "clicked", "link": "/prijzen", "times": 2},
    ),
    (
        "email",
        {
            "what": "answered",
            "link": "/prijzen",
            "subject": "Offerte",
            "times": "1",
            "since": "ever",
        },
        {"what": "answered", "link": "", "subject": "Offerte"},
    ),
    (
        "form",
        {
            "form": "demo-aanvraag",
            "times": "1",
            "since": "ever",
            "when_mode": "all",
            "when_field": "medewerkers",
            "when_is": "at_least",
            "when_than": "50",
        },
        {"form": "demo-aanvraag"},
    ),
    ("task", {"task": "first_call", "since": "entered"}, {"task": "first_call"}),
    (
        "signal",
        {
            "signal": "trial_started",
            "times": "1",
            "since": "ever",
            "when_mode": "all",
            "when_field": "plan",
            "when_is": "one_of",
            "when_than": "pro, team",
        },
        {"signal": "trial_started"},
    ),
    ("box", {"name_nl": "Gecheckt"}, {"name": {"nl": "Gecheckt"}}),
]


@pytest.mark.parametrize(("kind", "filled", "wanted"), GOALS, ids=[goal[0] for goal in GOALS])
def test_a_goal_of_each_kind_is_added(manager, kind, filled, wanted):
    assert manager.get(f"{DESIGNER}stages/new/goals/add/?kind={kind}", **PANEL).status_code == 200
    answer = post(manager, f"stages/new/goals/add/?kind={kind}", **filled)
    assert answer.status_code == 200, answer.content.decode()
    goal = stage().goals[-1]
    assert goal.kind == kind
    for name, value in wanted.items():
        assert getattr(goal, name) == value
    if "when_field" in filled:
        assert goal.where.all[0].field == filled["when_field"]
    again = manager.get(f"{DESIGNER}stages/new/goals/{goal.key}/", **PANEL)
    assert again.status_code == 200


@pytest.mark.parametrize(
    ("kind", "filled", "words"),
    [
        ("field", {"field": "value", "at_least": "veel"}, "Vul een getal in"),
        ("field", {"field": "value", "at_least": "5", "at_most": "4"}, "minder dan de ondergrens"),
        ("field", {"field": "expected_close", "at_most": "morgen"}, "geldige datum"),
        ("contact", {"role": ""}, "Vink er minstens één aan"),
        ("person", {"role": "baas", "times": "1"}, "geldige keuze"),
        (
            "email",
            {"what": "answered", "times": "0", "since": "ever"},
            "minstens 1 is",
        ),
        ("signal", {"signal": "", "times": "1", "since": "ever"}, "verplicht"),
        ("box", {"name_nl": ""}, "minstens één taal"),
    ],
)
def test_a_wrong_goal_comes_back_with_its_words(manager, kind, filled, words):
    answer = post(manager, f"stages/new/goals/add/?kind={kind}", **filled)
    assert answer.status_code == 422
    assert answer["HX-Retarget"] == "#drawer-body"
    assert words in answer.content.decode()
    assert len(stage().goals) == 2


def test_what_a_field_goal_asks_depends_on_the_field(manager, world):
    CustomField.objects.create(
        subject="lead",
        key="heating",
        name_nl="Verwarming",
        name_en="Heating",
        kind="choice",
        options=["gas", "olie"],
    )
    CustomField.objects.create(
        subject="lead", key="owned", name_nl="Eigendom", name_en="Owned", kind="yes_no"
    )

    def fields(name):
        path = f"{DESIGNER}stages/new/goals/add/?kind=field&field={name}&name_nl=Naam"
        form = manager.get(path, **PANEL).context["form"]
        assert form.initial["name_nl"] == "Naam"
        return {key: type(field).__name__ for key, field in form.fields.items()}

    assert fields("value")["at_least"] == "WrittenNumber"
    assert fields("expected_close")["at_most"] == "DateField"
    assert fields("custom.heating")["one_of"] == "MultipleChoiceField"
    assert fields("custom.owned")["one_of"] == "MultipleChoiceField"
    assert set(fields("competitor")) == {"field", "name_nl", "name_en"}


def test_names_that_arrived_before_are_offered(manager, world):
    lead = world.lead()
    for name in ("contact", "demo"):
        receive_signal(None, name="form_sent", lead=lead.id, payload={"form": name})
    panel = manager.get(f"{DESIGNER}stages/new/goals/add/?kind=form", **PANEL)
    assert panel.context["known_names"] == ["contact", "demo"]
    panel = manager.get(f"{DESIGNER}stages/new/goals/add/?kind=signal", **PANEL)
    assert panel.context["known_names"] == ["form_sent"]


def test_a_goal_keeps_its_key_when_it_is_changed(manager):
    post(
        manager,
        "stages/new/goals/reached/",
        activity="call",
        outcome="",
        times="1",
        since="entered",
        name_nl="Gebeld",
    )
    goal = stage().goals[0]
    assert (goal.key, goal.name, goal.outcome) == ("reached", {"nl": "Gebeld"}, "")
