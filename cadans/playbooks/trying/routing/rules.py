"""A routing rule as it is tried, and which of them a lead follows. Pure.

The marks that leads bear: `was/pipeline/KEY` and `would/pipeline/KEY` are where a lead went and
would go; `rule/RULE` says that this rule takes it, `holds/RULE` that its condition holds, whoever
takes it; `elsewhere/RULE` that it takes it from where it went.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from cadans.ground.conditions import Condition, weigh
from cadans.playbooks.trying.marks import EVERYONE, Marks
from cadans.process.needs import fields_in
from cadans.process.routing import first_that_holds

NEW = "new"
"""The key of a rule that is tried and not there yet."""


class TriedRule(BaseModel):
    """A routing rule that is tried; `key` is the id of one that is live, or NEW."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(min_length=1, max_length=40)
    name: str = Field(min_length=1, max_length=80)
    when: Condition = Field(default_factory=Condition)
    pipeline: uuid.UUID


@dataclass(frozen=True)
class Came:
    """A lead that came in: what the rules see of it, and where it went.

    `chosen` says that somebody chose the pipeline, so that the rules were not asked.
    """

    lead: str
    facts: Mapping[str, Any]
    was: str
    chosen: bool


@dataclass(frozen=True)
class Goes:
    """Where a lead would go, and by which rule (its key; empty when none holds)."""

    would: uuid.UUID | None
    rule: str
    marks: Sequence[int]


class Routing:
    """Routing rules in their order, and the pipeline of leads that none is for."""

    def __init__(
        self,
        rules: Sequence[TriedRule],
        otherwise: uuid.UUID | None,
        *,
        keys: Mapping[str, str],
        marks: Marks,
    ) -> None:
        self.rules = [(rule, rule.when) for rule in rules]
        self.otherwise = otherwise
        self.keys = keys
        self.marks = marks

    @property
    def fields(self) -> set[str]:
        """The fields that the rules look at."""
        return {field for _rule, when in self.rules for field in fields_in(when)}

    def goes(self, came: Came) -> Goes:
        """Where the lead would go; its marks are counted."""
        found = first_that_holds(self.rules, came.facts)
        rule = found[0] if found else None
        would = rule.pipeline if rule else self.otherwise
        was_key, would_key = self.keys.get(came.was, ""), self.keys.get(str(would), "")
        told = [EVERYONE, f"was/pipeline/{was_key}", f"would/pipeline/{would_key}"]
        told.append(f"rule/{rule.key if rule else ''}")
        told += [f"holds/{one.key}" for one, when in self.rules if weigh(when, came.facts).holds]
        if was_key == would_key:
            told.append("same")
        else:
            told += ["differs", f"shift/{was_key}/{would_key}"]
            told.append(f"elsewhere/{rule.key if rule else ''}")
        if came.chosen:
            told.append("chosen")
        numbers = [self.marks[mark] for mark in told]
        self.marks.count(numbers)
        return Goes(would, rule.key if rule else "", numbers)
