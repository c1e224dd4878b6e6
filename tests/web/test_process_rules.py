"""Assignment rules in the designer: conditions, who gets a lead, who is next."""

import pytest

from cadans.ground.conditions import Condition
from cadans.playbooks.actions import as_document, save_draft
from cadans.playbooks.queries import draft_of
from tests.web.designer import DESIGNER, PANEL, pipeline, post, stage
from tests.web.filled_in import filled_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client, world):
    client.force_login(world.manager)
    return client


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
