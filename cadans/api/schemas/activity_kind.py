"""An organisation's own kinds of activities, as the API reads and shows them."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from cadans.api.schemas.kinds import Wish
from cadans.leads.actions.activity_kinds import LONGEST_NAME, OWN_ICONS
from cadans.leads.activity_kinds import OTHER_ICON
from cadans.leads.models import OwnActivityKind

KindName = Annotated[str, StringConstraints(max_length=LONGEST_NAME)]
Icon = Literal[OWN_ICONS]  # type: ignore[valid-type]


class NewActivityKind(Wish):
    """A kind of activity of the organisation's own; a name in one language stands in for the
    other, and without a key one is made of the name."""

    name_nl: KindName = ""
    name_en: KindName = ""
    icon: Icon = OTHER_ICON
    key: Annotated[str, StringConstraints(max_length=40)] = Field(
        default="", description="what activities, goals and playbook files call it; never changes"
    )


class ActivityKindChanges(Wish):
    """What is to change; what is left out stays as it is, and so does the key."""

    name_nl: KindName | None = None
    name_en: KindName | None = None
    icon: Icon | None = None
    is_active: bool | None = Field(
        default=None, description="false: no longer to be logged or planned"
    )


class ActivityKindShown(BaseModel):
    """A kind of activity of the organisation's own."""

    id: uuid.UUID
    key: str
    name_nl: str
    name_en: str
    icon: str
    is_active: bool


def activity_kind_shown(kind: OwnActivityKind) -> ActivityKindShown:
    """A kind of activity of the organisation's own."""
    return ActivityKindShown.model_validate(kind, from_attributes=True)
