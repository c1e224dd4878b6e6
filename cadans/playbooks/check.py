"""What is wrong, or unwise, in a design before it is published. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Literal

from django.utils.translation import gettext as _

from cadans.assignment.rules import AssignmentRule, Target
from cadans.ground.conditions import Condition
from cadans.ground.text import in_language
from cadans.leads.activity import ActivityKind
from cadans.playbooks.check_automations import faults_of_automations
from cadans.process.design import Design, StageDesign
from cadans.process.goals.activity import ActivityGoal
from cadans.process.goals.task import TaskGoal


@dataclass(frozen=True)
class Known:
    """The users, teams and kinds of activities that a design may name, and who of them is there.

    `activities` are the keys of the kinds that can be logged, `put_away` of those that no longer
    can.
    """

    users: Collection[uuid.UUID] = field(default_factory=frozenset)
    teams: Collection[uuid.UUID] = field(default_factory=frozenset)
    empty_teams: Collection[uuid.UUID] = field(default_factory=frozenset)
    activities: Collection[str] = tuple(ActivityKind.values)
    put_away: Collection[str] = ()
    audiences: Collection[str] = ()


def named_in(design: Design) -> Known:
    """Whoever a design names, as if all of them were there: for looking at the rest of it."""
    tasks = [task for stage in design.stages for task in stage.tasks]
    people = [
        one
        for stage in design.stages
        for rule in stage.rules
        for target in rule.targets
        for one in target.people
    ]
    return Known(
        users={task.user for task in tasks if task.user}
        | {user for _team, users in people for user in users}
        | {one.do.user for stage in design.stages for one in stage.automations if one.do.user},
        teams={task.team for task in tasks if task.team}
        | {team for team, _users in people if team},
        activities={
            goal.activity
            for stage in design.stages
            for goal in stage.goals
            if isinstance(goal, ActivityGoal)
        },
        audiences={step.audience for stage in design.stages for step in stage.audiences},
    )


@dataclass(frozen=True)
class Finding:
    """One thing to know. An error keeps the design from being published, a warning does not.

    `stage` is a stage's key, `part` the tab of the designer where it can be mended, `item` the key
    of the goal, task or rule that it is about, `field` the field of that.
    """

    level: Literal["error", "warning"]
    code: str
    message: str
    stage: str = ""
    part: str = ""
    item: str = ""
    field: str = ""


def findings(design: Design, known: Known) -> list[Finding]:
    """All errors, then all warnings, each in the order of the stages."""
    found = [*_of_the_whole(design)]
    for stage in design.stages:
        found += [*_ways_out(design, stage), *_activities(stage, known)]
        found += [*_assignees(stage, known), *_unwise(stage)]
        found += [
            Finding(level, code, told, stage.key, "automations", key)
            for level, code, told, key in faults_of_automations(stage, known.users)
        ]
    return sorted(found, key=lambda one: one.level)


def errors(found: Collection[Finding]) -> list[Finding]:
    """Those that keep a design from being published."""
    return [one for one in found if one.level == "error"]


def _of_the_whole(design: Design) -> Iterator[Finding]:
    if design.won is None:
        yield Finding(
            "warning",
            "no_won_stage",
            _("No stage ends in won, so leads are only won by hand."),
        )


def _ways_out(design: Design, stage: StageDesign) -> Iterator[Finding]:
    """A stage must lead somewhere: by its goals, or at least by hand."""
    if stage.ends_in:
        return
    onward = design.after(stage.key)
    if stage.goals and onward is None:
        yield Finding(
            "error",
            "cannot_be_left",
            _("“%(stage)s” has goals, but no stage comes after it for a lead to go on to.")
            % {"stage": stage.label()},
            stage.key,
            "goals",
        )
    if not stage.goals and onward is not None:
        yield Finding(
            "warning",
            "no_goals",
            _("“%(stage)s” has no goals, so leads only leave it by hand.")
            % {"stage": stage.label()},
            stage.key,
            "goals",
        )


def _activities(stage: StageDesign, known: Known) -> Iterator[Finding]:
    """A goal can only wait for a kind of activity that people can log."""
    for goal in stage.goals:
        if not isinstance(goal, ActivityGoal) or goal.activity in known.activities:
            continue
        words = {
            "goal": in_language(goal.name) or goal.key,
            "stage": stage.label(),
            "kind": goal.activity,
            "known": ", ".join(known.activities),
        }
        place = (stage.key, "goals", goal.key, "activity")
        if goal.activity in known.put_away:
            told = _(
                "Goal “%(goal)s” of “%(stage)s” waits for “%(kind)s”, a kind of activity that is"
                " no longer used."
            )
            yield Finding("warning", "activity_put_away", told % words, *place)
            continue
        told = _(
            "Goal “%(goal)s” of “%(stage)s” waits for “%(kind)s”, which is no kind of activity"
            " here. Add it under Settings, Kinds of activity, or name one of: %(known)s."
        )
        yield Finding("error", "activity_unknown", told % words, *place)


def _assignees(stage: StageDesign, known: Known) -> Iterator[Finding]:
    for task in stage.tasks:
        gone_user = task.user is not None and task.user not in known.users
        gone_team = task.team is not None and task.team not in known.teams
        if gone_user or gone_team:
            yield Finding(
                "error",
                "assignee_gone",
                _("Task “%(task)s” of “%(stage)s” goes to somebody who is no longer there.")
                % {"task": task.label(), "stage": stage.label()},
                stage.key,
                "tasks",
                task.key,
            )
    for rule in stage.rules:
        yield from _target(stage, rule, known)
    if stage.fallback is not None:
        yield from _fallback(stage, stage.fallback, known)
    yield from _audiences(stage, known)
    always = next(
        (place for place, rule in enumerate(stage.rules) if rule.when == Condition()), None
    )
    if always is not None and always < len(stage.rules) - 1:
        yield Finding(
            "warning",
            "rule_never_reached",
            _(
                "In “%(stage)s”, rule “%(rule)s” always holds: the rules below it are only tried"
                " when nobody of its people is free."
            )
            % {"stage": stage.label(), "rule": stage.rules[always].name},
            stage.key,
            "rules",
            stage.rules[always].key,
        )


def _audiences(stage: StageDesign, known: Known) -> Iterator[Finding]:
    for step in stage.audiences:
        if step.audience not in known.audiences:
            yield Finding(
                "warning",
                "audience_unknown",
                _(
                    "“%(stage)s” names the mailing list “%(list)s”, which is not there: nothing"
                    " happens to it until there is one with that short name."
                )
                % {"stage": stage.label(), "list": step.audience},
                stage.key,
                "audiences",
                step.key,
            )


def _target(stage: StageDesign, rule: AssignmentRule, known: Known) -> Iterator[Finding]:
    words = {"rule": rule.name, "stage": stage.label()}
    named = [one for target in rule.targets for one in target.people]
    teams = [team for team, _users in named if team is not None]
    users = [user for _team, users in named for user in users]
    place = (stage.key, "rules", rule.key)
    if any(team not in known.teams for team in teams):
        told = _("Rule “%(rule)s” of “%(stage)s” names a team that is no longer there.")
        yield Finding("error", "team_gone", told % words, *place)
    if any(team in known.empty_teams for team in teams):
        told = _("Rule “%(rule)s” of “%(stage)s” names a team that has nobody in it.")
        yield Finding("warning", "team_empty", told % words, *place)
    if any(user not in known.users for user in users):
        told = _("Rule “%(rule)s” of “%(stage)s” names somebody who is no longer there.")
        yield Finding("error", "user_gone", told % words, *place)


def _fallback(stage: StageDesign, fallback: Target, known: Known) -> Iterator[Finding]:
    named = list(fallback.people)
    gone = any(team is not None and team not in known.teams for team, _users in named)
    if gone or any(user not in known.users for _team, users in named for user in users):
        told = _("Whoever gets what nobody of “%(stage)s” can take is no longer there.")
        yield Finding("error", "fallback_gone", told % {"stage": stage.label()}, stage.key, "rules")
    if not stage.rules:
        told = _("“%(stage)s” says who gets what nobody can take, but has no rules.")
        yield Finding(
            "warning", "fallback_idle", told % {"stage": stage.label()}, stage.key, "rules"
        )


def _unwise(stage: StageDesign) -> Iterator[Finding]:
    waited_for = {goal.task for goal in stage.goals if isinstance(goal, TaskGoal)}
    if stage.goals and waited_for and stage.goals_needed == "all":
        for task in stage.tasks:
            if task.key in waited_for and not task.required:
                yield Finding(
                    "warning",
                    "goal_on_optional_task",
                    _("In “%(stage)s” a goal waits for the task “%(task)s”, which is optional.")
                    % {"stage": stage.label(), "task": task.label()},
                    stage.key,
                    "tasks",
                    task.key,
                )
    if not stage.ends_in and not any(one.short or one.long for one in stage.guidance.values()):
        yield Finding(
            "warning",
            "no_guidance",
            _("“%(stage)s” has no guidance yet.") % {"stage": stage.label()},
            stage.key,
            "guidance",
        )
