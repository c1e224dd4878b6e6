"""Assignment rules as a playbook writes them. Pure."""

from __future__ import annotations

import uuid
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from cadans.ground.conditions import Condition

Strategy = Literal["round_robin", "fewest_open"]


class Target(BaseModel):
    """Who may get the lead: a team's members, or named users; and how one of them is chosen."""

    model_config = ConfigDict(extra="forbid")

    team: uuid.UUID | None = None
    users: list[uuid.UUID] = Field(default_factory=list)
    strategy: Strategy = "round_robin"

    @model_validator(mode="after")
    def _somebody(self) -> Target:
        if (self.team is None) == (not self.users):
            raise PydanticCustomError("nobody_named", "name either a team or at least one user")
        return self


class AssignmentRule(BaseModel):
    """When a lead enters the stage and the condition holds, the target gets it."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")
    name: str = Field(min_length=1, max_length=80)
    when: Condition = Field(default_factory=Condition)
    to: Target
