"""A pipeline's design: the document that a manager edits, publishes and keeps. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from cadans.assignment.rules import AssignmentRule, Target
from cadans.ground.text import in_language
from cadans.process.automations import Automation
from cadans.process.goals import AnyGoal, Text
from cadans.process.goals.shape import KEY
from cadans.process.goals.task import TaskGoal
from cadans.team.references import TeamId, UserId

BuyingRole = Literal["decision_maker", "champion", "influencer", "user", "gatekeeper", "blocker"]
STRICT = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Guidance(BaseModel):
    """The manager's own words on how to do a stage well, in Markdown."""

    model_config = STRICT

    short: str = Field(default="", max_length=600)
    """What one reads at a glance, beside the work."""
    long: str = Field(default="", max_length=20_000)
    """The rest: how to do it well, with examples."""


class Due(BaseModel):
    """When a stage task is due: so many units from entering the stage, from the end of another
    task of the stage (`task`, its key), or before the expected close."""

    model_config = STRICT

    after: int = Field(default=1, ge=0, le=1000)
    """How many units."""
    unit: Literal["hours", "working_hours", "days", "working_days"] = "working_days"
    """Working hours and days skip nights, weekends, public holidays and the assignee’s absence."""
    since: Literal["entered", "task", "before_expected_close"] = "entered"
    """From entering the stage, from the end of another task, or back from the expected close."""
    task: str | None = Field(default=None, pattern=KEY)
    """With `since: task`: the key of the task of this stage that comes first."""

    @model_validator(mode="after")
    def _task_is_named(self) -> Due:
        if (self.since == "task") != (self.task is not None):
            raise PydanticCustomError(
                "due_needs_task", "name a task exactly when the due date follows one"
            )
        return self


class StageTask(BaseModel):
    """An action laid on every lead that enters the stage."""

    model_config = STRICT

    key: str = Field(pattern=KEY)
    """What goals and due dates call it; the same within the stage only once."""
    name: Text
    """What it is called, in each language."""
    kind: Literal["call", "email", "meeting", "to_do"] = "to_do"
    """What there is to do."""
    due: Due = Field(default_factory=Due)
    """When it is due; one working day after entering when left out."""
    required: bool = False
    """Whether it is shown as one that may not be left out."""
    to: Literal["owner", "manager", "user", "team"] = "owner"
    """Who gets it: the lead’s owner, their manager, one user, or somebody of a team."""
    user: UserId | None = None
    """With `to: user`: who."""
    team: TeamId | None = None
    """With `to: team`: which team."""
    strategy: Literal["fewest_open", "round_robin"] = "fewest_open"
    """With `to: team`: who of it, whoever has the fewest open leads or everybody in turn."""

    @model_validator(mode="after")
    def _assignee_is_named(self) -> StageTask:
        if (self.to == "user") != (self.user is not None):
            raise PydanticCustomError(
                "task_needs_user", "name a user exactly when the task goes to a user"
            )
        if (self.to == "team") != (self.team is not None):
            raise PydanticCustomError(
                "task_needs_team", "name a team exactly when the task goes to a team"
            )
        return self

    def label(self, language: str | None = None) -> str:
        """The task's name in a language (the reader's by default)."""
        return in_language(dict(self.name), language)


class AudienceStep(BaseModel):
    """Puts the people of a lead on a mailing list, or takes them off, as the lead moves."""

    model_config = STRICT

    key: str = Field(pattern=KEY)
    """What the playbook calls it; the same within the stage only once."""
    audience: str = Field(pattern=KEY)
    """The mailing list, by the short name it has under Settings, Mailing lists."""
    when: Literal["entering", "leaving", "won", "lost"] = "entering"
    """When a lead enters the stage, leaves it in whatever way, or is won or lost out of it."""
    do: Literal["enrol", "unsubscribe", "archive", "tag_off"] = "enrol"
    """Put on the list, unsubscribe for good, take off so that they may return, or only take the
    tags off."""
    tags: list[Annotated[str, Field(min_length=1, max_length=100)]] = Field(
        default_factory=list, max_length=10
    )
    """Tags at the mailing service that go on (when enrolling) or off (otherwise)."""
    roles: list[BuyingRole] = Field(default_factory=list, max_length=6)
    """Only people with one of these buying roles; everybody on the lead, when left out."""
    confirm: bool = False
    """When enrolling: the service first asks them by mail whether they want to be on the list."""

    @model_validator(mode="after")
    def _fits(self) -> AudienceStep:
        if self.do == "tag_off" and not self.tags:
            raise PydanticCustomError("step_needs_tags", "name the tags to take off")
        if self.confirm and self.do != "enrol":
            raise PydanticCustomError("step_confirms", "only who is enrolled can be asked first")
        return self

    def concerns(self, role: str) -> bool:
        """Whether it is about people with that buying role."""
        return not self.roles or role in self.roles


class StageDesign(BaseModel):
    """A step of the pipeline."""

    model_config = STRICT

    key: str = Field(pattern=KEY)
    """What leads and reports know it by; a stage with another key is another stage."""
    name: Text
    """What it is called, in each language."""
    goals_needed: Literal["all", "any"] = "all"
    """Whether the lead goes on when all goals are met, or when one is."""
    goals: list[AnyGoal] = Field(default_factory=list, max_length=30)
    """What completes the stage. Without goals a lead only leaves it by hand."""
    guidance: dict[Literal["nl", "en"], Guidance] = Field(default_factory=dict)
    """How to do the stage well, in each language it was written in."""
    tasks: list[StageTask] = Field(default_factory=list, max_length=30)
    """What is laid on a lead that enters."""
    rules: list[AssignmentRule] = Field(default_factory=list, max_length=50)
    """Who gets a lead that enters: the first rule that holds and has somebody free."""
    fallback: Target | None = None
    """Who gets the lead when rules held but nobody whom they name could take it."""
    automations: list[Automation] = Field(default_factory=list, max_length=30)
    """What happens by itself when a lead enters, leaves, reaches a goal, lies idle, …"""
    audiences: list[AudienceStep] = Field(default_factory=list, max_length=20)
    """Which mailing lists its people are put on or taken off, and when."""
    idle_days: int | None = Field(default=None, ge=1, le=3650)
    """Days without activity after which a lead here counts as idle."""
    is_ask: bool = False
    """Whether this is the stage in which one asks for the decision."""
    enforcement: Literal["advise", "reason", "block"] = "advise"
    """When somebody moves a lead on by hand though goals are unmet: say so, ask why, or refuse."""
    ends_in: Literal["won", "lost"] | None = None
    """Whether entering it wins or loses the lead. Such stages come last and hold no work."""

    def label(self, language: str | None = None) -> str:
        """The stage's name in a language (the reader's by default)."""
        return in_language(dict(self.name), language)

    def guidance_in(self, language: str | None = None) -> Guidance:
        """The guidance in a language, else in whichever it was written, else empty."""
        wanted: dict[str, Guidance] = {
            key: one for key, one in self.guidance.items() if one.short or one.long
        }
        return wanted.get(in_language({key: key for key in wanted}, language), Guidance())

    def task(self, key: str) -> StageTask | None:
        """The stage task with that key."""
        return next((task for task in self.tasks if task.key == key), None)

    def tasks_after(self, key: str) -> list[StageTask]:
        """The stage tasks that are due from the end of the one with that key."""
        return [task for task in self.tasks if task.due.task == key]

    def _follows_itself(self, task: StageTask) -> bool:
        before: StageTask | None = task
        for _step in self.tasks:
            before = self.task(before.due.task) if before and before.due.task else None
            if before is task:
                return True
        return False

    @model_validator(mode="after")
    def _keys_and_references(self) -> StageDesign:
        for what, keys in (
            ("goals", [goal.key for goal in self.goals]),
            ("tasks", [task.key for task in self.tasks]),
            ("rules", [rule.key for rule in self.rules]),
            ("automations", [one.key for one in self.automations]),
            ("audiences", [step.key for step in self.audiences]),
        ):
            if len(keys) != len(set(keys)):
                raise PydanticCustomError(
                    "key_twice",
                    "two {what} of stage '{stage}' have the same key",
                    {"what": what, "stage": self.key},
                )
        for goal in self.goals:
            if isinstance(goal, TaskGoal) and not self.task(goal.task):
                raise PydanticCustomError(
                    "goal_without_task",
                    "goal '{goal}' waits for task '{task}', which is not there",
                    {"goal": goal.key, "task": goal.task},
                )
        for one in self.automations:
            if one.goal and one.goal not in {goal.key for goal in self.goals}:
                raise PydanticCustomError(
                    "automation_without_goal",
                    "automation '{automation}' waits for goal '{goal}', which is not there",
                    {"automation": one.key, "goal": one.goal},
                )
        for task in self.tasks:
            if task.due.task and not self.task(task.due.task):
                raise PydanticCustomError(
                    "due_without_task",
                    "task '{task}' follows task '{other}', which is not there",
                    {"task": task.key, "other": task.due.task},
                )
            if self._follows_itself(task):
                raise PydanticCustomError(
                    "due_in_a_circle",
                    "task '{task}' follows itself",
                    {"task": task.key, "stage": self.key},
                )
        if self.ends_in and (self.goals or self.tasks or self.rules):
            raise PydanticCustomError(
                "end_with_work",
                "stage '{stage}' ends the lead, so it has no goals, tasks or rules",
                {"stage": self.key},
            )
        return self


class Design(BaseModel):
    """A whole pipeline: an ordered row of stages."""

    model_config = STRICT

    format: Literal[1] = 1
    """The version of this format."""
    stages: list[StageDesign] = Field(min_length=1, max_length=40)
    """The stages, in the order in which leads go through them."""

    @model_validator(mode="after")
    def _stages_fit(self) -> Design:
        keys = [stage.key for stage in self.stages]
        if len(keys) != len(set(keys)):
            raise PydanticCustomError("stage_twice", "two stages have the same key")
        if self.stages[0].ends_in:
            raise PydanticCustomError("first_ends", "the first stage cannot end the lead")
        ended = False
        for stage in self.stages:
            if ended and stage.ends_in is None:
                raise PydanticCustomError(
                    "stage_after_end",
                    "stage '{stage}' comes after a stage that ends the lead",
                    {"stage": stage.key},
                )
            ended = ended or stage.ends_in is not None
        return self

    def stage(self, key: str) -> StageDesign:
        """The stage with that key. Raises KeyError."""
        for stage in self.stages:
            if stage.key == key:
                return stage
        raise KeyError(key)

    def position(self, key: str) -> int:
        """Where the stage stands in the row, from 0. Raises KeyError."""
        for position, stage in enumerate(self.stages):
            if stage.key == key:
                return position
        raise KeyError(key)

    def after(self, key: str) -> StageDesign | None:
        """The stage to which a lead goes on: the next that does not end in lost."""
        later = self.stages[self.position(key) + 1 :]
        return next((stage for stage in later if stage.ends_in != "lost"), None)

    @property
    def won(self) -> StageDesign | None:
        """The stage that ends in won, if there is one."""
        return next((stage for stage in self.stages if stage.ends_in == "won"), None)

    def open_stages(self) -> Iterator[StageDesign]:
        """The stages in which a lead is open."""
        return (stage for stage in self.stages if stage.ends_in is None)
