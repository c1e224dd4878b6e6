"""What every deed of an automation has. Pure."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from cadans.team.references import UserId

STRICT = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Wait(BaseModel):
    """How long an automation waits, or a task that it makes may take."""

    model_config = STRICT

    after: int = Field(default=1, ge=0, le=1000)
    """How many units."""
    unit: Literal["hours", "working_hours", "days", "working_days"] = "working_days"
    """Working hours and days skip nights, weekends and public holidays."""


class Deed(BaseModel):
    """What an automation does, and for whom: the owner, their manager, a user, or a role."""

    model_config = STRICT

    to: Literal["owner", "manager", "user", "role"] = "owner"
    """The lead’s owner, the owner’s manager, one user, or everybody with a role."""
    user: UserId | None = None
    """With `to: user`: who."""
    role: Literal["manager", "admin"] | None = None
    """With `to: role`: all managers, or all administrators."""

    @model_validator(mode="after")
    def _somebody_is_named(self) -> Deed:
        if (self.to == "user") != (self.user is not None):
            raise PydanticCustomError(
                "automation_needs_user", "name a user exactly when it is for a user"
            )
        if (self.to == "role") != (self.role is not None):
            raise PydanticCustomError(
                "automation_needs_role", "name a role exactly when it is for a role"
            )
        return self
