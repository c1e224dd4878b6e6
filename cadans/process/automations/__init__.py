"""What happens by itself when a lead moves. A new kind of deed is one file and one line here (and
one hand in `cadans/automations/`)."""

from typing import Annotated, Literal, Union

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from cadans.ground.conditions import Condition
from cadans.process.automations.notify import Notify
from cadans.process.automations.shape import STRICT, Deed, Wait
from cadans.process.automations.task import MakeTask
from cadans.process.goals.shape import KEY

DEEDS: dict[str, type[Deed]] = {"notify": Notify, "task": MakeTask}

AnyDeed = Annotated[Union[Notify, MakeTask], Field(discriminator="kind")]  # noqa: UP007

Trigger = Literal["entered", "left", "goal", "idle", "won", "lost", "signal"]
STAYING = ("entered", "goal", "idle")
"""What was begun by these is dropped when the lead is no longer there once its delay is over."""


class Automation(BaseModel):
    """What happens by itself when a lead enters the stage, leaves it, lies idle there, …"""

    model_config = STRICT

    key: str = Field(pattern=KEY)
    """What the log knows it by; once in a stage."""
    name: str = Field(min_length=1, max_length=80)
    """What it is called on the lead’s timeline."""
    on: Trigger = "entered"
    """When: the lead enters or leaves the stage, a goal is met, it becomes idle, it is won or lost
    from here, or a signal arrives while it is here."""
    goal: str | None = Field(default=None, pattern=KEY)
    """With `on: goal`: the goal’s key; without it all goals that the stage needs."""
    signal: str | None = Field(default=None, min_length=1, max_length=60)
    """With `on: signal`: the signal’s name."""
    when: Condition = Field(default_factory=Condition)
    """What must hold at that moment; always when left out."""
    wait: Wait | None = None
    """How long it waits; at once when left out."""
    once: bool = False
    """Whether it happens once for a lead, or each time."""
    do: AnyDeed
    """What is done."""

    @model_validator(mode="after")
    def _trigger_is_complete(self) -> "Automation":
        if (self.on == "signal") != (self.signal is not None):
            raise PydanticCustomError(
                "automation_needs_signal", "name a signal exactly when it waits for one"
            )
        if self.goal is not None and self.on != "goal":
            raise PydanticCustomError(
                "automation_takes_no_goal", "name a goal only when it waits for one"
            )
        return self


__all__ = ["DEEDS", "STAYING", "AnyDeed", "Automation", "Deed", "Trigger", "Wait"]
