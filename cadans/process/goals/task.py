"""Goal: a task of the stage was done."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from cadans.process.facts import Facts
from cadans.process.goals.shape import KEY, Goal, Since, Weighing, nth


class TaskGoal(Goal, Since):
    """`task` is the key of a stage task of the same stage."""

    looks_at: ClassVar[str] = "task"

    kind: Literal["task"] = "task"
    task: str = Field(pattern=KEY)
    """The key of the task of this stage that must be done."""

    def weigh(self, facts: Facts) -> Weighing:
        moments = [
            one.done_at
            for one in facts.tasks
            if one.key == self.task
            and one.stage == facts.stage
            and one.state == "done"
            and one.done_at is not None
            and self.counts(one.done_at, facts)
        ]
        at = nth(moments, 1)
        return Weighing(at is not None, at, {self.task: "done" if at else "open"})
