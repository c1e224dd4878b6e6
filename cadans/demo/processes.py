"""The two pipelines of the demo company, as they were at first and as they became."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from cadans.assignment.rules import AssignmentRule, Target
from cadans.demo.people import FIELD, INSIDE
from cadans.demo.story import CLASSIC, SOUTH, TRIAL
from cadans.ground.conditions import Condition
from cadans.playbooks.playbook import template
from cadans.process.design import Design, StageDesign

Ids = Mapping[str, uuid.UUID]
NAMES = {CLASSIC: "Laadpleinen en opslag", TRIAL: "Stroomboek proefperiode"}
FIRST_NOTE = "Onze manier van werken, voor het eerst opgeschreven."
SECOND_NOTE = "Beslisser eerder aan tafel, en altijd om het besluit vragen."

# What the first versions did not have yet: (pipeline, stage) → keys of goals and tasks.
NOT_YET = {
    (CLASSIC, "need"): {"decision-maker", "send-agenda"},
    (CLASSIC, "proposal"): {"walk-through"},
    (CLASSIC, "ask"): {"ask-decision"},
    (TRIAL, "value"): {"decision-maker", "find-decision-maker"},
    (TRIAL, "ask"): {"ask-decision"},
}


def first_design(pipeline: str, teams: Ids, users: Ids) -> Design:
    """The process as it was first written down."""

    def as_it_was(stage: StageDesign) -> StageDesign:
        lacks = NOT_YET.get((pipeline, stage.key), set())
        return stage.model_copy(
            update={
                "goals": [goal for goal in stage.goals if goal.key not in lacks],
                "tasks": [task for task in stage.tasks if task.key not in lacks],
                "enforcement": "advise",
            }
        )

    return _design(pipeline, teams, users, as_it_was)


def second_design(pipeline: str, teams: Ids, users: Ids) -> Design:
    """The process as it is now."""
    return _design(pipeline, teams, users, lambda stage: stage)


def _design(
    pipeline: str, teams: Ids, users: Ids, change: Callable[[StageDesign], StageDesign]
) -> Design:
    rules = _rules(pipeline, teams, users)
    stages = [
        change(stage).model_copy(update={"rules": rules.get(stage.key, [])})
        for stage in template(pipeline).stages
    ]
    return Design(stages=stages)


def _rules(pipeline: str, teams: Ids, users: Ids) -> dict[str, list[AssignmentRule]]:
    if pipeline == TRIAL:
        return {
            "sign-up": [
                AssignmentRule(
                    key="inside",
                    name="Aanmeldingen naar de binnendienst",
                    to=Target(team=teams[INSIDE], strategy="round_robin"),
                )
            ],
            "ask": [
                AssignmentRule(
                    key="large",
                    name="Grote klanten naar de buitendienst",
                    when=_when({"field": "value", "is": "at_least", "than": 20000}),
                    to=Target(team=teams[FIELD], strategy="fewest_open"),
                )
            ],
        }
    return {
        "new": [
            AssignmentRule(
                key="belgium",
                name="België naar Lieke",
                when=_when({"field": "company.country", "is": "equal", "than": "BE"}),
                to=Target(users=[users["lieke"]], strategy="round_robin"),
            ),
            AssignmentRule(
                key="south",
                name="Zuid naar Daan en Femke",
                when=_when({"field": "territory", "is": "one_of", "than": list(SOUTH)}),
                to=Target(users=[users["daan"], users["femke"]], strategy="round_robin"),
            ),
            AssignmentRule(
                key="large",
                name="Grote kansen naar wie het rustigst is",
                when=_when({"field": "value", "is": "at_least", "than": 40000}),
                to=Target(team=teams[FIELD], strategy="fewest_open"),
            ),
            AssignmentRule(
                key="others",
                name="De rest om de beurt",
                to=Target(team=teams[FIELD], strategy="round_robin"),
            ),
        ]
    }


def _when(comparison: dict[str, object]) -> Condition:
    return Condition.model_validate({"all": [comparison]})
