"""What keeps a design from being published, and what is merely unwise."""

import uuid

from django.utils.translation import override

from cadans.playbooks.check import Known, errors, findings
from cadans.playbooks.playbook import templates
from cadans.process.design import Design

SOMEBODY = uuid.uuid4()
TEAM = uuid.uuid4()


def design(*stages):
    return Design.model_validate({"stages": list(stages)})


def stage(key, **parts):
    parts.setdefault("guidance", {"en": {"short": "Do it well."}})
    return {"key": key, "name": {"en": key.title()}, **parts}


GOAL = {"kind": "box", "key": "done", "name": {"en": "Done"}}
WON = stage("won", ends_in="won")


def codes(found):
    return [one.code for one in found]


def test_the_templates_are_without_fault():
    for playbook in templates():
        assert findings(playbook.design, Known()) == [], playbook.key


def test_goals_that_lead_nowhere_are_an_error():
    found = findings(design(stage("a", goals=[GOAL])), Known())
    assert codes(errors(found)) == ["cannot_be_left"]
    assert "“A”" in errors(found)[0].message


def test_a_lost_stage_is_no_way_on():
    found = findings(design(stage("a", goals=[GOAL]), stage("lost", ends_in="lost")), Known())
    assert codes(errors(found)) == ["cannot_be_left"]


def test_no_won_stage_is_a_remark():
    found = findings(design(stage("a"), stage("b")), Known())
    assert not errors(found)
    assert "no_won_stage" in codes(found)
    assert "no_goals" in codes(found)


def test_people_and_teams_must_be_there():
    rules = [
        {"key": "r", "name": "R", "to": {"users": [str(SOMEBODY)]}},
        {"key": "s", "name": "S", "to": {"team": str(TEAM)}},
    ]
    tasks = [
        {"key": "t", "name": {"en": "T"}, "to": "user", "user": str(SOMEBODY)},
        {"key": "u", "name": {"en": "U"}, "to": "team", "team": str(TEAM)},
    ]
    written = design(stage("a", goals=[GOAL], rules=rules, tasks=tasks), WON)
    gone = codes(errors(findings(written, Known())))
    assert gone == ["assignee_gone", "assignee_gone", "user_gone", "team_gone"]
    there = findings(written, Known({SOMEBODY}, {TEAM}, {TEAM}))
    assert not errors(there)
    assert {"team_empty", "rule_never_reached"} <= set(codes(there))


def test_a_goal_waits_only_for_kinds_of_activities_that_are_here():
    goal = {"kind": "activity", "key": "g", "activity": "site_visit", "name": {"en": "Seen"}}
    written = design(stage("a", goals=[goal]), WON)
    with override("en"):
        (unknown,) = findings(written, Known())
    assert (unknown.level, unknown.code) == ("error", "activity_unknown")
    assert (unknown.part, unknown.item, unknown.field) == ("goals", "g", "activity")
    assert "waits for “site_visit”" in unknown.message
    assert "call, meeting" in unknown.message
    (away,) = findings(written, Known(put_away=["site_visit"]))
    assert (away.level, away.code) == ("warning", "activity_put_away")
    assert findings(written, Known(activities=["site_visit"])) == []


def test_a_goal_on_an_optional_task_is_a_remark():
    task = {"key": "t", "name": {"en": "T"}}
    goal = {"kind": "task", "key": "g", "task": "t", "name": {"en": "G"}}
    found = findings(design(stage("a", goals=[goal], tasks=[task]), WON), Known())
    assert codes(found) == ["goal_on_optional_task"]
