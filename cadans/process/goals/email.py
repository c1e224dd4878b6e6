"""Goal: somebody answered, opened or clicked an e-mail.

What a mailbox or a mailing service sees comes in as signals of three agreed names. Their payload
may carry `subject` and, for a click, `link`.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from cadans.process.facts import Facts, Received
from cadans.process.goals.shape import Goal, Since, Weighing, nth

SIGNALS = {"answered": "email_answered", "opened": "email_opened", "clicked": "email_clicked"}
"""What happened to an e-mail → the name of the signal that tells of it."""


class EmailGoal(Goal, Since):
    """At least `times` e-mails were answered, opened or clicked; of those whose subject holds
    `subject`, on a link that holds `link`."""

    looks_at: ClassVar[str] = "signal"

    kind: Literal["email"] = "email"
    what: Literal["answered", "opened", "clicked"] = "answered"
    """What must have happened to an e-mail of ours."""
    subject: str = Field(default="", max_length=200)
    """Text that its subject must hold; any, when left out."""
    link: str = Field(default="", max_length=400)
    """With `what: clicked`: text that the link must hold; any, when left out."""
    times: int = Field(default=1, ge=1, le=100)
    """How many e-mails."""

    @model_validator(mode="after")
    def _only_clicks_have_links(self) -> EmailGoal:
        if self.link and self.what != "clicked":
            raise PydanticCustomError(
                "link_without_click", "'link' is for goals on e-mails that were clicked"
            )
        return self

    def weigh(self, facts: Facts) -> Weighing:
        moments = [one.at for one in facts.signals if self._is_meant(one, facts)]
        at = nth(moments, self.times)
        return Weighing(at is not None, at, {SIGNALS[self.what]: len(moments)})

    def _is_meant(self, one: Received, facts: Facts) -> bool:
        return (
            one.name == SIGNALS[self.what]
            and self.counts(one.at, facts)
            and _holds(one, "subject", self.subject)
            and _holds(one, "link", self.link)
        )


def _holds(one: Received, name: str, part: str) -> bool:
    return part.casefold() in str(one.payload.get(name) or "").casefold()
