"""Adoption, by hand-sized examples."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from cadans.events.models import Event
from cadans.ground.errors import Invalid
from cadans.ground.ids import new_id
from cadans.insight.adoption import adoption, breaches_of
from cadans.insight.filters import Filters
from cadans.insight.reports import leads_behind
from cadans.insight.worked import KINDS
from cadans.leads.models import Activity, GoalTick, Lead, Signal, Task
from tests.insight.scene import Scene, day, ever

JANUARY = Filters(since=date(2026, 1, 1), until=date(2026, 2, 1))
FEBRUARY = Filters(since=date(2026, 2, 1), until=date(2026, 3, 1))


def asked(filters=None, user=None):
    return adoption(filters or ever(), user, on=day(200))


def counted(answer, label=None):
    row = answer["total"]
    if label is not None:
        row = next(row for row in answer["rows"] if row["label"] == label)
    return row["worked"], row["in_process"]


def kinds(answer):
    breaches = answer["total"]["breaches"]
    return {kind: found["count"] for kind, found in breaches.items() if found["count"]}


def listed(filters=None, **more):
    return breaches_of(filters or ever(), None, on=day(200), **more)


@pytest.fixture
def calm(scene: Scene) -> Scene:
    """Stages without idle limits, so that only what a test does is a breach."""
    for stage in scene.stages.values():
        stage.idle_days = None
        stage.save()
    return scene


def walked(scene: Scene, path=(("new", 0),), **more) -> Lead:
    """A lead that did all that its stages asked."""
    lead = scene.lead(path, **more)
    lead.visits.update(goals_met=True)
    return lead


def handed(lead: Lead, number: float, to) -> None:
    """The log of somebody giving the lead to another."""
    Event.objects.create(
        kind="lead_assigned",
        at=day(number),
        act=new_id(),
        subject_kind="lead",
        subject=lead.id,
        lead=lead.id,
        data={"owner": str(to.id), "before": str(lead.owner_id)},
    )
    lead.owner = to
    lead.save()


def task(lead: Lead, due: datetime, *, ended: datetime | None = None, **more) -> Task:
    """A required task of the stage in which the lead is."""
    visit = lead.visits.order_by("entered_at").last()
    assert visit is not None
    told = {"key": "call", "required": True, "stage": visit.stage, "visit": visit, **more}
    state = {"state": "done", "ended_at": ended} if ended else {}
    return Task.objects.create(lead=lead, name="Call", due_at=due, **state, **told)


# ── who worked what ─────────────────────────────────────────────────────────────────────────


def test_without_leads_there_is_no_rate(calm):
    total = asked()["total"]
    assert total["adoption"]["value"] is None
    assert total["adoption"]["reason"] == "no_leads"


def test_a_lead_is_worked_while_it_is_open_and_somebodys(calm):
    walked(calm, [("new", 0), ("demo", 40)], closed=("won", 50))
    walked(calm, owner=None)
    assert counted(asked()) == (1, 1)
    assert counted(asked(JANUARY)) == (1, 1)
    assert counted(asked(FEBRUARY)) == (1, 1)
    assert counted(asked(replace(JANUARY, since=date(2025, 1, 1), until=date(2026, 1, 1)))) == (
        0,
        0,
    )
    assert counted(asked(replace(JANUARY, since=date(2026, 3, 1), until=date(2026, 4, 1)))) == (
        0,
        0,
    )


def test_adoption_is_the_share_in_process_with_its_interval(calm):
    for _ in range(3):
        walked(calm, [("new", 0), ("demo", 5)])
    calm.lead([("new", 0), ("demo", 5)])
    rate = asked()["total"]["adoption"]
    assert (rate["numerator"], rate["denominator"], rate["value"]) == (3, 4, 0.75)
    assert rate["low"] == pytest.approx(0.3006, abs=1e-4)
    assert rate["high"] == pytest.approx(0.9544, abs=1e-4)
    assert asked()["total"]["target"] == 1.0


def test_the_owner_of_each_stay_worked_the_lead(calm):
    walked(calm, [("new", 0), ("demo", 40)], owners=["Anna", "Bram"], owner="Bram")
    rows = asked(ever(by="owner"))
    assert (counted(rows, "Anna"), counted(rows, "Bram"), counted(rows)) == ((1, 1),) * 3
    january = asked(replace(JANUARY, by="owner"))
    assert [row["label"] for row in january["rows"]] == ["Anna"]


def test_whoever_was_given_the_lead_during_a_stay_worked_it_from_then_on(calm):
    lead = walked(calm)
    handed(lead, 40, calm.users["Cato"])
    assert [row["label"] for row in asked(replace(JANUARY, by="owner"))["rows"]] == ["Anna"]
    february = asked(replace(FEBRUARY, by="owner"))
    assert {row["label"] for row in february["rows"]} == {"Anna", "Cato"}
    march = replace(FEBRUARY, since=date(2026, 3, 1), until=date(2026, 4, 1), by="owner")
    assert [row["label"] for row in asked(march)["rows"]] == ["Cato"]
    mine = replace(march, by=None, owner=calm.users["Anna"].id)
    assert counted(asked(mine)) == (0, 0)


def test_reps_see_their_own(calm):
    walked(calm)
    walked(calm, owner="Bram")
    assert counted(asked(user=calm.users["Anna"])) == (1, 1)
    assert counted(asked(user=calm.users["Mila"])) == (2, 2)


# ── the breaches ────────────────────────────────────────────────────────────────────────────


def test_moving_on_by_hand_with_goals_unmet_is_an_override(calm):
    lead = calm.lead([("new", 0), ("demo", 5)])
    assert kinds(asked()) == {"override": 1}
    found = listed()
    assert [(one["kind"], one["lead_id"], one["at"], one["until"]) for one in found] == [
        ("override", lead.id, day(5), day(5))
    ]
    assert found[0]["owner"] == "Anna"
    assert found[0]["stage_id"] == calm.stages["new"].id
    lead.visits.update(goals_met=True)
    assert kinds(asked()) == {}


def test_moving_back_is_no_override(calm):
    calm.lead([("demo", 0), ("new", 5)])
    assert kinds(asked()) == {}
    assert counted(asked()) == (1, 1)


def test_what_a_file_told_is_no_override_for_it_does_not_say_how_the_goals_stood(calm):
    lead = calm.lead([("new", 0), ("demo", 5)], closed=("won", 6))
    for visit in lead.visits.all():
        visit.left_by = Event.objects.create(
            kind="stage_left",
            at=day(5),
            act=new_id(),
            via="import",
            subject_kind="lead",
            subject=lead.id,
            lead=lead.id,
        ).id
        visit.save()
    assert kinds(asked()) == {}


def test_passing_a_stage_over_is_a_jump_for_whoever_left_the_stage_before(calm):
    lead = walked(calm, [("new", 0), ("offer", 5)], owners=["Anna", "Bram"], owner="Bram")
    lead.visits.filter(stage=calm.stages["offer"]).update(jumped=True)
    assert kinds(asked()) == {"jump": 1}
    rows = asked(ever(by="owner"))
    assert (counted(rows, "Anna"), counted(rows, "Bram")) == ((1, 0), (1, 1))


def test_passing_over_a_stage_that_the_lead_has_seen_is_no_jump(calm):
    lead = walked(calm, [("new", 0), ("demo", 2), ("new", 3), ("offer", 5)])
    lead.visits.filter(stage=calm.stages["offer"]).update(jumped=True)
    assert kinds(asked()) == {}


# 2026-01-09 is a Friday: a task due then may be done until the end of the grace on Monday.
FRIDAY = datetime(2026, 1, 9, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ended", "late"),
    [
        (datetime(2026, 1, 12, 15, 59, tzinfo=UTC), False),
        (datetime(2026, 1, 12, 16, 1, tzinfo=UTC), True),
        (None, True),
    ],
)
def test_a_required_task_may_be_a_working_day_late(calm, ended, late):
    task(walked(calm), FRIDAY, ended=ended)
    assert kinds(asked()) == ({"late_task": 1} if late else {})
    if late:
        [found] = listed()
        assert found["at"] == datetime(2026, 1, 12, 16, tzinfo=UTC)
        assert found["until"] == ended
        assert found["task"] == "Call"


def test_national_holidays_do_not_count_as_grace(calm):
    # Easter 2026: Good Friday is a working day here, Easter Monday, 6 April, is not.
    due = datetime(2026, 4, 3, 10, tzinfo=UTC)
    task(walked(calm), due)
    assert [one["at"] for one in listed()] == [datetime(2026, 4, 7, 10, tzinfo=UTC)]


def test_the_grace_ends_at_the_same_hour_though_the_clocks_change(calm):
    # On 29 March 2026 summer time begins: 17:00 is 16:00 UTC on Friday and 15:00 on Monday.
    task(walked(calm), datetime(2026, 3, 27, 16, tzinfo=UTC))
    assert [one["at"] for one in listed()] == [datetime(2026, 3, 30, 15, tzinfo=UTC)]


def test_only_required_tasks_of_a_stage_can_be_late(calm):
    task(walked(calm), FRIDAY, required=False)
    task(walked(calm), FRIDAY, visit=None)
    task(walked(calm), FRIDAY, key="")
    assert kinds(asked()) == {}


def test_a_task_counts_in_each_period_in_which_it_is_late(calm):
    task(walked(calm), FRIDAY, ended=day(40))
    for period, late in ((JANUARY, 1), (FEBRUARY, 1)):
        assert kinds(asked(period)) == {"late_task": late}
    march = replace(FEBRUARY, since=date(2026, 3, 1), until=date(2026, 4, 1))
    assert kinds(asked(march)) == {}
    months = asked(replace(JANUARY, until=date(2026, 4, 1), by="month"))["rows"]
    assert [(row["key"], row["worked"], row["in_process"]) for row in months] == [
        ("2026-01", 1, 0),
        ("2026-02", 1, 0),
        ("2026-03", 1, 1),
    ]


def test_a_lead_untouched_for_longer_than_its_stage_allows_is_stalled(scene):
    walked(scene, [("new", 0), ("demo", 11)], closed=("won", 12))
    walked(scene, [("new", 0), ("demo", 10)], closed=("won", 12))
    found = listed()
    assert [(one["kind"], one["at"], one["until"]) for one in found] == [
        ("stalled", day(10), day(11))
    ]
    assert counted(asked()) == (2, 1)


def test_what_touches_a_lead_ends_the_gap(scene):
    lead = walked(scene, touched=50)
    Activity.objects.create(lead=lead, kind="call", at=day(9))
    Task.objects.create(lead=lead, name="Mail", state="done", ended_at=day(18))
    GoalTick.objects.create(lead=lead, stage=lead.stage, goal="box", at=day(27))
    Signal.objects.create(lead=lead, name="visit", at=day(36))
    Activity.objects.create(lead=lead, kind="call", at=day(41), held=False)
    Task.objects.create(lead=lead, name="Mail", state="skipped", ended_at=day(42))
    found = listed()
    assert [(one["at"], one["until"]) for one in found] == [(day(60), None), (day(46), day(50))]


def test_a_stage_without_a_limit_lets_leads_lie(scene):
    walked(scene, [("new", 0), ("offer", 1)])
    assert kinds(asked()) == {}


def test_the_limit_is_that_of_the_version_that_the_lead_followed(scene):
    scene.version.document = {"stages": [{"key": "new", "idle_days": 30}, {"key": "demo"}]}
    scene.version.save()
    walked(scene, [("new", 0), ("demo", 29)], closed=("won", 100))
    assert kinds(asked()) == {}
    walked(scene, [("new", 0), ("demo", 31)], closed=("won", 100))
    assert [one["at"] for one in listed()] == [day(30)]


def test_lost_without_a_reason_is_a_silent_close(calm):
    walked(calm, closed=("lost", 5), reason="Price")
    walked(calm, closed=("lost", 5))
    assert kinds(asked()) == {"silent_close": 1}
    assert [one["at"] for one in listed()] == [day(5)]


def test_a_reason_given_afterwards_breaks_the_silence(calm):
    lead = walked(calm, closed=("lost", 5))
    lead.loss_reason = calm.reasons["Price"]
    lead.save()
    assert kinds(asked()) == {}


def test_a_reason_in_words_will_do_for_a_stage_that_ends_in_lost(calm):
    lead = walked(calm, [("new", 0), ("dropped", 5)], closed=("lost", 5))
    lead.visits.filter(stage=calm.stages["new"]).update(how="lost")
    assert kinds(asked()) == {"silent_close": 1}
    lead.visits.filter(stage=calm.stages["dropped"]).update(reason="Went abroad")
    assert kinds(asked()) == {}


def test_won_with_goals_unmet_is_a_silent_close(calm):
    lead = walked(calm, closed=("won", 5))
    assert kinds(asked()) == {}
    lead.visits.update(goals_met=False)
    assert kinds(asked()) == {"silent_close": 1}


# ── what becomes of leads ───────────────────────────────────────────────────────────────────


def test_deleted_and_cancelled_leads_count_nowhere(calm):
    calm.lead([("new", 0), ("demo", 5)], deleted=True)
    calm.lead([("new", 0), ("demo", 5)], closed=("cancelled", 6))
    assert counted(asked()) == (0, 0)
    assert listed() == []


def test_a_merged_lead_counts_nowhere(calm):
    kept = walked(calm)
    gone = calm.lead([("new", 0), ("demo", 5)], deleted=True)
    gone.merged_into = kept
    gone.save()
    assert counted(asked()) == (1, 1)


def test_reopening_takes_a_silent_close_away_and_leaves_the_rest(calm):
    lead = calm.lead([("new", 0), ("demo", 5)], undone=[("lost", 6, 7)])
    assert kinds(asked()) == {"override": 1}
    assert lead.is_open


def test_a_breach_counts_for_whoever_owned_the_lead_while_it_lasted(scene):
    lead = walked(scene)
    handed(lead, 9, scene.users["Bram"])
    handed(lead, 30, scene.users["Cato"])
    Activity.objects.create(lead=lead, kind="call", at=day(20))
    Activity.objects.create(lead=lead, kind="call", at=day(29))
    lead.status, lead.closed_at = "won", day(35)
    lead.save()
    lead.visits.update(left_at=day(35), how="won")
    rows = asked(ever(by="owner"))
    assert [counted(rows, name) for name in ("Anna", "Bram", "Cato")] == [(1, 1), (1, 0), (1, 1)]
    assert counted(rows) == (1, 0)
    assert rows["total"]["breaches"]["stalled"] == {"count": 1, "leads": 1}


def test_a_breach_of_two_owners_is_one_in_the_total(scene):
    lead = walked(scene)
    handed(lead, 15, scene.users["Bram"])
    rows = asked(ever(by="owner"))
    assert [counted(rows, name) for name in ("Anna", "Bram")] == [(1, 0), (1, 0)]
    assert rows["total"]["breaches"]["stalled"] == {"count": 1, "leads": 1}
    assert len(listed()) == 1


# ── rows, lists, refusals ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "by",
    ["owner", "team", "source", "product", "product_line", "territory", "stage", "pipeline"],
)
def test_lists_hold_as_many_leads_as_the_figures_count(scene, by):
    walked(scene, [("new", 0), ("demo", 30)], products=["Press"], owner="Bram")
    scene.lead([("new", 0), ("demo", 5)], closed=("lost", 9), source="Fair")
    task(walked(scene, owner="Cato"), FRIDAY)
    filters = ever(by=by)
    answer = asked(filters)
    assert answer["total"]["breached"] == 3
    for key, row in [("", answer["total"]), *((row["key"], row) for row in answer["rows"])]:
        parts = {
            "worked": row["worked"],
            "in_process": row["in_process"],
            "breached": row["breached"],
            **{kind: found["leads"] for kind, found in row["breaches"].items()},
        }
        for part, leads in parts.items():
            assert leads_behind("adoption", filters, key, part, None).count() == leads, part


def test_the_list_of_breaches_can_be_of_one_kind_and_comes_in_parts(scene):
    scene.lead([("new", 0), ("demo", 30)])
    assert [one["kind"] for one in listed()] == ["stalled", "override", "stalled"]
    assert [one["kind"] for one in listed(kind="override")] == ["override"]
    assert [one["kind"] for one in listed(most=1, skip=1)] == ["override"]


@pytest.mark.parametrize("by", ["loss_reason"])
def test_what_cannot_be_broken_down_is_said(scene, by):
    with pytest.raises(Invalid):
        asked(ever(by=by))
    with pytest.raises(Invalid):
        leads_behind("adoption", ever(), "", "happy", None)
    with pytest.raises(Invalid):
        listed(kind="happy")


def test_kinds_are_told_in_one_order(scene):
    assert tuple(asked()["total"]["breaches"]) == KINDS
