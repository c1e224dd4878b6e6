"""The kinds of goals. A new kind is one file here and one line in the table."""

from typing import Annotated, Union

from pydantic import Field

from cadans.process.goals.activity import ActivityGoal
from cadans.process.goals.box import BoxGoal
from cadans.process.goals.contact import ContactGoal
from cadans.process.goals.email import EmailGoal
from cadans.process.goals.field import FieldGoal
from cadans.process.goals.form import FormGoal
from cadans.process.goals.person import PersonGoal
from cadans.process.goals.shape import Goal, Text, Weighing
from cadans.process.goals.signal import SignalGoal
from cadans.process.goals.task import TaskGoal

KINDS: dict[str, type[Goal]] = {
    "field": FieldGoal,
    "contact": ContactGoal,
    "person": PersonGoal,
    "activity": ActivityGoal,
    "task": TaskGoal,
    "email": EmailGoal,
    "form": FormGoal,
    "signal": SignalGoal,
    "box": BoxGoal,
}

AnyGoal = Annotated[
    Union[  # noqa: UP007
        FieldGoal,
        ContactGoal,
        PersonGoal,
        ActivityGoal,
        TaskGoal,
        EmailGoal,
        FormGoal,
        SignalGoal,
        BoxGoal,
    ],
    Field(discriminator="kind"),
]

__all__ = ["KINDS", "AnyGoal", "Goal", "Text", "Weighing"]
