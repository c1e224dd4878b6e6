"""The designer in the browser's terms: pages, small edits by htmx, publishing."""

from datetime import date
from decimal import Decimal

import pytest

from cadans.ground.conditions import Condition
from cadans.ground.custom_fields import CustomField
from cadans.leads.actions import receive_signal
from cadans.playbooks import drafting
from cadans.playbooks.actions import as_document, make_pipeline, save_draft
from cadans.playbooks.queries import draft_of
from cadans.process.models import Pipeline
from tests.web.filled_in import filled_in

pytestmark = pytest.mark.django_db

DESIGNER = "/process/new-customers/"
HTMX = {"headers": {"HX-Request": "true", "HX-Target": "designer"}}
PANEL = {"headers": {"HX-Request": "true", "HX-Target": "drawer-body"}}


@pytest.fixture
def manager(client, world):
    client.force_login(world.manager)
    return client


@pytest.fixture
def rep(client, world):
    client.force_login(world.anna)
    return client


def pipeline():
    return Pipeline.objects.get(key="new-customers")


def stage(key="new"):
    return draft_of(pipeline()).stage(key)


def post(client, path, **data):
    data.setdefault("revision", pipeline().draft_revision)
    return client.post(f"{DESIGNER}{path}", data, **HTMX)


def test_the_overview_shows_each_pipeline(manager, world):
    make_pipeline(world.manager, name="Export")
    page = manager.get("/process/").content.decode()
    assert "Nieuwe klanten" in page
    assert "Export" in page
    assert "Alleen concept" in page


def test_reps_see_what_is_live_and_change_nothing(rep, world):
    make_pipeline(world.manager, name="Export")
    changed = drafting.rename_stage(as_document(draft_of(pipeline())), "demo", {"nl": "Bezoek"})
    save_draft(world.manager, pipeline(), document=changed, revision=1)
    assert "Export" not in rep.get("/process/").content.decode()
    assert rep.get("/process/export/").status_code == 404
    page = rep.get(DESIGNER).content.decode()
    assert "Demo" in page
    assert "Bezoek" not in page
    assert "Publiceren" not in page
    assert "binnen een uur" in page
    assert post(rep, "stages/").status_code == 403
    assert rep.get("/process/new/").status_code == 403


def test_nobody_sees_it_without_logging_in(client, world):
    assert client.get(DESIGNER).status_code == 302


@pytest.mark.parametrize("tab", ["goals", "guidance", "tasks", "rules", "settings"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_tab_of_a_stage(manager, world, tab, language):
    world.manager.language = language
    world.manager.save()
    page = manager.get(f"{DESIGNER}?stage=new&tab={tab}")
    assert page.status_code == 200
    assert page.context["tab"] == tab
    assert ("Zoals verkopers" in page.content.decode()) == (language == "nl")


def test_a_stage_that_is_gone_leads_to_the_first(manager):
    assert manager.get(f"{DESIGNER}?stage=nowhere&tab=luck").context["chosen"].key == "new"


def test_the_designer_asks_the_database_little(manager, world, django_assert_max_num_queries):
    manager.get(DESIGNER)
    with django_assert_max_num_queries(20):
        manager.get(DESIGNER)
    for number in range(10):
        changed, _key = drafting.add_stage(as_document(draft_of(pipeline())), {"en": f"S{number}"})
        save_draft(world.manager, pipeline(), document=changed, revision=number + 1)
    with django_assert_max_num_queries(20):
        manager.get(DESIGNER)


def test_a_stage_is_added_named_moved_and_removed(manager):
    answer = post(manager, "stages/")
    assert answer.context["chosen"].key == "nieuwe-fase"
    assert answer.context["tab"] == "settings"
    answer = post(
        manager,
        "stages/nieuwe-fase/settings/",
        name_nl="Schouw",
        name_en="Survey",
        idle_days="5",
        enforcement="block",
        is_ask="on",
        ends_in="",
    )
    # Its key stays, so that an edit made right behind this one still finds it.
    assert answer.context["chosen"].key == "nieuwe-fase"
    changed = stage("nieuwe-fase")
    assert (changed.label("nl"), changed.idle_days, changed.is_ask) == ("Schouw", 5, True)
    assert changed.enforcement == "block"
    post(manager, "stages/nieuwe-fase/settings/", name_nl="Bezoek", name_en="Visit")
    assert stage("nieuwe-fase").label("nl") == "Bezoek"
    post(manager, "stages/move/", key="nieuwe-fase", to="1")
    assert [one.key for one in draft_of(pipeline()).stages][1] == "nieuwe-fase"
    answer = post(manager, "stages/nieuwe-fase/remove/")
    assert "nieuwe-fase" not in [one.key for one in draft_of(pipeline()).stages]
    assert "toast" in answer["HX-Trigger"]


def test_a_stage_needs_a_name(manager):
    answer = post(manager, "stages/new/settings/", name_nl="", name_en="", enforcement="advise")
    assert answer.status_code == 422
    assert "minstens één taal" in answer.content.decode()
    assert stage().label("nl") == "Nieuw"


def test_an_old_page_is_told_so_and_shown_anew(manager):
    post(manager, "stages/")
    answer = manager.post(f"{DESIGNER}stages/new/goals-needed/", {"revision": 1}, **HTMX)
    assert answer.status_code == 422
    assert "Iemand anders" in answer["HX-Trigger"].encode().decode("unicode_escape")
    assert answer.context["pipeline"].draft_revision == 2


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


def test_a_task_for_somebody_needs_somebody(manager, world):
    filled = {
        "name_nl": "Bel na",
        "kind": "call",
        "after": "2",
        "unit": "working_days",
        "since": "entered",
        "to": "user",
    }
    assert post(manager, "stages/new/tasks/add/", **filled).status_code == 422
    answer = post(manager, "stages/new/tasks/add/", **filled, user=str(world.bram.id))
    assert answer.status_code == 200
    task = stage().tasks[-1]
    assert (task.user, task.due.after, task.due.unit) == (world.bram.id, 2, "working_days")
    assert "Bram Mulder" in answer.content.decode() or answer.context["tasks"][-1].told


def test_a_task_is_due_after_another_one(manager, world):
    filled = {
        "name_nl": "Bel na",
        "kind": "call",
        "after": "4",
        "unit": "working_hours",
        "since": "task",
        "to": "team",
        "team": str(world.team.id),
    }
    answer = post(manager, "stages/demo/tasks/add/", **filled)
    assert answer.status_code == 422
    assert "Kies de taak die eerst komt" in answer.content.decode()
    answer = post(manager, "stages/demo/tasks/add/", **filled, after_task="prepare")
    assert answer.status_code == 200
    due = stage("demo").tasks[-1].due
    assert (due.after, due.unit, due.since, due.task) == (4, "working_hours", "task", "prepare")
    told = answer.context["tasks"][-1].told
    assert (
        told == "Gesprek · binnen 4 werkuren na “Demo voorbereiden” · voor iemand van Binnendienst"
    )
    round_and_round = filled | {"after_task": "bel-na", "name_nl": "Demo voorbereiden"}
    answer = post(manager, "stages/demo/tasks/prepare/", **round_and_round)
    assert answer.status_code == 422
    assert "op zichzelf" in answer.content.decode()
    post(manager, "stages/demo/tasks/prepare/remove/")
    due = stage("demo").tasks[-1].due
    assert (due.since, due.task) == ("entered", None)


def test_a_rule_is_built_of_rows(manager, world):
    answer = post(
        manager,
        "stages/demo/rules/add/",
        name="Groot",
        when_mode="all",
        when_field=["value", "company.country", ""],
        when_is=["at_least", "one_of", "equal"],
        when_than=["10000", "NL, BE", ""],
        target="users",
        users=[str(world.anna.id), str(world.bram.id)],
        strategy="fewest_open",
    )
    assert answer.status_code == 200
    rule = stage("demo").rules[0]
    assert [part.field for part in rule.when.all] == ["value", "company.country"]
    assert rule.when.all[1].than == ["NL", "BE"]
    assert rule.to.users == [world.anna.id, world.bram.id]
    line = answer.context["rules"][0]
    assert line.told == "Waarde is minstens 10.000 en Land is een van NL, BE"
    panel = manager.get(f"{DESIGNER}stages/demo/rules/groot/", **PANEL).content.decode()
    assert 'value="NL, BE"' in panel


def test_a_rule_without_a_value_says_so(manager, world):
    answer = post(
        manager,
        "stages/demo/rules/add/",
        name="Groot",
        when_field="value",
        when_is="at_least",
        when_than="",
        target="team",
        team=str(world.team.id),
        strategy="round_robin",
    )
    assert answer.status_code == 422
    assert "Geef een waarde" in answer.content.decode()
    # What was filled in stays.
    (row,) = answer.context["builder"].rows
    assert (row.field, row.is_) == ("value", "at_least")


def keep_condition(world, when):
    document = as_document(draft_of(pipeline()))
    document["stages"][0]["rules"][0]["when"] = when
    save_draft(world.manager, pipeline(), document=document, revision=1)


BELGIAN = {"field": "company.country", "is": "equal", "than": "BE"}
KNOWN = {"field": "value", "is": "set"}


@pytest.mark.parametrize(
    "when",
    [
        {"all": [KNOWN, {"any": [BELGIAN, {"field": "tags", "is": "set"}]}, BELGIAN]},
        {"any": [{"all": [KNOWN, BELGIAN]}, {"all": [BELGIAN, KNOWN]}]},
        {"any": [BELGIAN, KNOWN]},
        {"all": [{"field": "company.country", "is": "one_of", "than": ["NL", "BE"]}]},
    ],
)
def test_groups_of_conditions_come_back_as_they_were(manager, world, when):
    keep_condition(world, when)
    panel = manager.get(f"{DESIGNER}stages/new/rules/inside/", **PANEL)
    form = filled_in(panel.content.decode())
    post(manager, "stages/new/rules/inside/", **form)
    assert stage().rules[0].when == Condition.model_validate(when)


def test_all_of_some_and_one_of_others_is_a_group(manager, world):
    keep_condition(world, {"all": [KNOWN], "any": [BELGIAN, KNOWN]})
    builder = manager.get(f"{DESIGNER}stages/new/rules/inside/", **PANEL).context["builder"]
    assert [row.field for row in builder.rows] == ["value"]
    assert (builder.parts[1].mode, len(builder.parts[1].rows)) == ("any", 2)


def test_what_is_nested_deeper_is_kept_as_it_is(manager, world):
    nested = {"all": [KNOWN, {"any": [BELGIAN, {"all": [KNOWN, BELGIAN]}]}]}
    keep_condition(world, nested)
    panel = manager.get(f"{DESIGNER}stages/new/rules/inside/", **PANEL)
    assert "(Land is BE of (Waarde is ingevuld en Land is BE))" in panel.context["builder"].told
    post(
        manager,
        "stages/new/rules/inside/",
        name="Binnen",
        when_kept=panel.context["builder"].kept,
        target="team",
        team=str(world.team.id),
        strategy="round_robin",
    )
    assert stage().rules[0].name == "Binnen"
    assert stage().rules[0].when == Condition.model_validate(nested)


def test_a_row_of_the_builder_offers_known_values(manager, world):
    def row(**asked):
        return manager.get("/process/condition-row/", asked)

    source = row(when_field="source", when_is="equal").content.decode()
    assert '<option value="Website"' in source
    assert (
        'type="hidden" name="when_than"' in row(when_field="source", when_is="set").content.decode()
    )
    several = row(when_field="source", when_is="one_of").content.decode()
    assert "datalist" in several
    assert [one for one, _label in row(when_field="value").context["row"].comparisons] == [
        *("at_least", "at_most", "equal", "not_equal", "set", "not_set")
    ]
    assert "ligt in" in row(when_field="territory").content.decode()
    assert "when_mode_g" in row(group="new").content.decode()
    assert 'name="when_group" value="g1"' in row(group="g1").content.decode()


def rule_saved(manager, world, **filled):
    """Add a rule to the demo stage, and give what became of it."""
    filled = {"name": "Regel", "target": "team", "team": str(world.team.id), **filled}
    answer = post(manager, "stages/demo/rules/add/", **filled)
    return answer, stage("demo").rules[-1] if stage("demo").rules else None


def reopened(manager, rule):
    """What the panel of a rule holds when it is opened again."""
    panel = manager.get(f"{DESIGNER}stages/demo/rules/{rule.key}/", **PANEL)
    return filled_in(panel.content.decode())


def test_a_rule_with_limits_hours_and_who_is_next(manager, world):
    answer, rule = rule_saved(
        manager,
        world,
        strategy="likeliest_to_win",
        most_share="40",
        most_open="30",
        hours="own",
        days=["6", "5"],
        starts="18:00",
        ends="22:00",
        other_who=[f"user:{world.bram.id}", ""],
        other_way=["round_robin", "round_robin"],
        other_most=["12", ""],
        other_hours=["office", ""],
        other_kept=["", ""],
    )
    assert answer.status_code == 200
    to = rule.to
    assert (to.strategy, to.most_share, to.most_open) == ("likeliest_to_win", 40, 30)
    assert (to.hours.days, to.hours.starts.hour, to.hours.ends.hour) == ("56", 18, 22)
    (other,) = rule.otherwise
    assert (other.users, other.most_open, other.hours) == ([world.bram.id], 12, "office")
    told = answer.context["rules"][0].after
    for words in (
        "meeste kans",
        "hoogstens 30 open leads",
        "18:00 tot 22:00",
        "→ Bram Mulder · hoogstens 12",
    ):
        assert words in told
    post(manager, f"stages/demo/rules/{rule.key}/", **reopened(manager, rule))
    assert stage("demo").rules[-1] == rule


def test_a_rule_by_value(manager, world):
    bands = {
        "target": "tier",
        "band_at_least": ["10.000,00", "0", ""],
        "band_who": [f"user:{world.anna.id}", f"team:{world.team.id}", ""],
    }
    answer, rule = rule_saved(manager, world, **bands)
    assert answer.status_code == 200
    assert [(band.at_least, band.team, band.users) for band in rule.to.bands] == [
        (0, world.team.id, []),
        (10000, None, [world.anna.id]),
    ]
    assert "vanaf 0: Binnendienst · vanaf 10.000" in answer.context["rules"][0].after
    post(manager, f"stages/demo/rules/{rule.key}/", **reopened(manager, rule))
    assert stage("demo").rules[-1] == rule


@pytest.mark.parametrize(
    ("filled", "words"),
    [
        ({"target": "tier", "band_at_least": ["0"], "band_who": ["team"]}, "minstens twee banden"),
        ({"target": "tier", "band_at_least": ["veel"], "band_who": [""]}, "bij elke band"),
        ({"hours": "own", "starts": "09:00", "ends": "17:00"}, "minstens één dag"),
        ({"hours": "own", "days": ["1"], "starts": "09:00", "ends": "08:00"}, "twee tijden"),
        ({"most_open": "0"}, "1"),
        ({"other_who": ["team"], "other_most": ["veel"]}, "“veel” open leads"),
        ({"other_who": ["team"], "other_most": ["0"]}, "“0” open leads"),
        ({"most_share": "5", "strategy": "likeliest_to_win"}, "10"),
    ],
)
def test_a_wrong_rule_comes_back_with_its_words(manager, world, filled, words):
    if "other_who" in filled:
        filled = {**filled, "other_who": [f"team:{world.team.id}"]}
    answer, rule = rule_saved(manager, world, **filled)
    assert (answer.status_code, rule) == (422, None)
    assert words in answer.content.decode()


def test_what_the_form_cannot_show_of_who_is_next_is_kept(manager, world):
    document = as_document(draft_of(pipeline()))
    own_hours = {"days": "6", "starts": "18:00", "ends": "20:00"}
    document["stages"][0]["rules"][0]["otherwise"] = [
        {"users": [str(world.anna.id)], "most_open": 3, "hours": own_hours},
        {"team": str(world.team.id), "strategy": "likeliest_to_win", "most_share": 40},
        {
            "strategy": "tier",
            "bands": [
                {"at_least": 0, "team": str(world.team.id)},
                {"at_least": 5000, "users": [str(world.anna.id)]},
            ],
        },
    ]
    save_draft(world.manager, pipeline(), document=document, revision=1)
    before = stage().rules[0]
    panel = manager.get(f"{DESIGNER}stages/new/rules/inside/", **PANEL).content.decode()
    post(manager, "stages/new/rules/inside/", **filled_in(panel))
    assert stage().rules[0] == before
    filled = filled_in(panel)
    post(manager, "stages/new/rules/inside/", **filled | {"other_hours": ["office", "", ""]})
    assert stage().rules[0].otherwise[0].hours == "office"


def test_who_gets_what_nobody_can_take(manager, world):
    page = manager.get(f"{DESIGNER}?stage=new&tab=rules").content.decode()
    assert "niemand: hij wacht zonder eigenaar" in page
    answer = post(manager, "stages/new/fallback/", fallback=f"user:{world.manager.id}")
    assert stage().fallback.users == [world.manager.id]
    assert any("niemand erbij kan hebben" in change for change in answer.context["changes"])
    post(manager, "stages/new/fallback/", fallback="")
    assert stage().fallback is None


def test_guidance_is_saved_and_previewed(manager):
    answer = post(
        manager,
        "stages/demo/guidance/",
        short_nl="Laat **drie** dingen zien.",
        long_nl="",
        short_en="",
        long_en="",
    )
    assert stage("demo").guidance_in("nl").short == "Laat **drie** dingen zien."
    assert "<strong>drie</strong>" in answer.content.decode()


def test_parts_are_moved_and_removed(manager):
    post(manager, "stages/new/goals/move/", key="value", to="0")
    assert [goal.key for goal in stage().goals] == ["value", "reached"]
    post(manager, "stages/new/goals/value/remove/")
    post(manager, "stages/new/goals-needed/", goals_needed="any")
    assert [goal.key for goal in stage().goals] == ["reached"]
    assert stage().goals_needed == "any"
    assert post(manager, "stages/new/luck/x/remove/").status_code == 404


def test_publishing_from_the_panel(manager, world):
    lead = world.put_in(world.lead("Zon"), "demo")
    post(manager, "stages/demo/remove/")
    panel = manager.get(f"{DESIGNER}publish/", **PANEL).content.decode()
    assert "Fase “Demo” verwijderd" in panel
    assert "1 lead in “Demo” gaat naar" in panel
    refused = manager.post(f"{DESIGNER}publish/", {"revision": 2}, **PANEL)
    assert refused.status_code == 422
    done = manager.post(
        f"{DESIGNER}publish/",
        {"revision": 2, "map_demo": "proposal", "note": "Zonder demo"},
        **PANEL,
    )
    assert done["HX-Redirect"] == DESIGNER
    assert world.stage_of(lead) == "proposal"
    page = manager.get(DESIGNER).content.decode()
    assert "Live: versie 2" in page
    assert "Zonder demo" in manager.get(f"{DESIGNER}versions/").content.decode()


def test_new_stages_get_keys_of_their_names_when_they_go_live(manager, world):
    lead = world.put_in(world.lead("Zon"), "demo")
    post(manager, "stages/demo/remove/")
    post(manager, "stages/")
    post(manager, "stages/nieuwe-fase/settings/", name_nl="Schouw", name_en="Survey")
    post(manager, "stages/")
    refused = manager.post(
        f"{DESIGNER}publish/", {"revision": 1, "map_demo": "nieuwe-fase"}, **PANEL
    )
    assert refused.status_code == 422
    assert 'value="nieuwe-fase" selected' in " ".join(refused.content.decode().split())
    assert stage("nieuwe-fase").label("nl") == "Schouw"  # nothing happened by halves
    now = {"revision": pipeline().draft_revision, "map_demo": "nieuwe-fase"}
    assert manager.post(f"{DESIGNER}publish/", now, **PANEL)["HX-Redirect"] == DESIGNER
    keys = [one.key for one in draft_of(pipeline()).stages]
    assert keys == ["new", "proposal", "contract", "survey", "nieuwe-fase", "won"]
    assert world.stage_of(lead) == "survey"
    # A key that leads follow stays, whatever the stage is called later.
    post(manager, "stages/nieuwe-fase/settings/", name_nl="Nazorg", name_en="Aftercare")
    manager.post(f"{DESIGNER}publish/", {"revision": pipeline().draft_revision}, **PANEL)
    assert stage("nieuwe-fase").label("en") == "Aftercare"


def test_renaming_discarding_and_the_one_for_new_leads(manager, world):
    post(manager, "stages/")
    manager.post(f"{DESIGNER}discard/", {"revision": 2}, **HTMX)
    assert "nieuwe-fase" not in [one.key for one in draft_of(pipeline()).stages]
    assert manager.post(f"{DESIGNER}rename/", {"name": ""}, **PANEL).status_code == 422
    manager.post(f"{DESIGNER}rename/", {"name": "Nieuw"}, **PANEL)
    assert pipeline().name == "Nieuw"
    assert manager.post(f"{DESIGNER}archive/", **HTMX).status_code == 409


def test_an_unknown_pipeline_is_not_found(manager):
    assert manager.get("/process/nowhere/").status_code == 404
