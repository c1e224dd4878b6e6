"""What a try of routing rules tells: pipelines and rules as numbers, and what stands out.

A number stands for leads, and its mark opens them (`playbooks.trying.routing.rules`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cadans.playbooks.trying.outcome import Number, Pair, Telling, figure
from cadans.playbooks.trying.routing.rules import TriedRule


@dataclass(frozen=True)
class PipelineLine:
    """A pipeline: how many leads went to it, and how many would. `key` is empty for none."""

    key: str
    name: str
    pair: Pair


@dataclass(frozen=True)
class RoutingRuleLine:
    """A rule: how many leads it is for, how many it takes, how many of those went elsewhere.

    `key` is empty for what happens to leads that no rule is for; then `holds` is None.
    """

    key: str
    name: str
    pipeline: str
    when: TriedRule | None
    holds: Number | None
    takes: Number
    elsewhere: Number


@dataclass(frozen=True)
class RoutingShift:
    """Leads that would go to another pipeline than they went to (names)."""

    was: str
    would: str
    number: Number


class RoutingOutcome:
    """What came of a try. `pipelines` are names by key, in order; `otherwise` a key, or empty."""

    def __init__(
        self,
        rules: Sequence[TriedRule],
        result: Mapping[str, Any],
        *,
        pipelines: Mapping[str, str],
        keys: Mapping[str, str],
        otherwise: str,
    ) -> None:
        self.tried = rules
        self.counts: Mapping[str, int] = result.get("counts", {})
        self.came: int = result.get("came", 0)
        self.names = pipelines
        self.keys = keys
        self.otherwise = otherwise

    def number(self, mark: str) -> Number:
        """The leads that bear a mark."""
        return Number(mark, self.counts.get(mark, 0))

    @property
    def leads(self) -> int:
        """How many leads the rules were asked about."""
        return self.counts.get("all", 0)

    @property
    def left_out(self) -> int:
        """Leads that came in too, but for which somebody chose the pipeline."""
        return self.came - self.leads

    def name(self, key: str) -> str:
        """A pipeline's name."""
        return self.names.get(key) or (key or _("No pipeline"))

    def pipelines(self) -> list[PipelineLine]:
        """The pipelines that leads went to or would go to."""
        named = {
            mark.split("/")[2]
            for mark in self.counts
            if mark.startswith(("was/pipeline/", "would/pipeline/"))
        }
        order = [*self.names, *sorted(named - self.names.keys())]
        return [
            PipelineLine(
                key,
                self.name(key),
                Pair(self.number(f"was/pipeline/{key}"), self.number(f"would/pipeline/{key}")),
            )
            for key in order
            if key in named
        ]

    def rules(self) -> list[RoutingRuleLine]:
        """The rules in their order, and at the end the leads that none is for."""
        return [
            *(
                RoutingRuleLine(
                    rule.key,
                    rule.name,
                    self.name(self.keys.get(str(rule.pipeline), "")),
                    rule,
                    self.number(f"holds/{rule.key}"),
                    self.number(f"rule/{rule.key}"),
                    self.number(f"elsewhere/{rule.key}"),
                )
                for rule in self.tried
            ),
            RoutingRuleLine(
                "",
                _("No rule"),
                self.name(self.otherwise),
                None,
                None,
                self.number("rule/"),
                self.number("elsewhere/"),
            ),
        ]

    def shifts(self) -> list[RoutingShift]:
        """Leads that would go elsewhere, from where to where, the largest groups first."""
        found = []
        for mark in self.counts:
            if mark.startswith("shift/"):
                _word, was, would = mark.split("/")
                found.append(RoutingShift(self.name(was), self.name(would), self.number(mark)))
        return sorted(found, key=lambda one: (-one.number.leads, one.number.mark))

    def tellings(self) -> list[Telling]:
        """What stands out, warnings first."""
        return sorted(self._tellings(), key=lambda one: one.level != "warning")

    def _tellings(self) -> Iterator[Telling]:
        for rule in self.tried:
            if self.counts.get(f"rule/{rule.key}", 0):
                continue
            holds = self.number(f"holds/{rule.key}")
            if holds.leads:
                told = _("“%(rule)s” never takes a lead: rules above it take all that it is for.")
                yield Telling("warning", "always_before", told % {"rule": rule.name}, number=holds)
            else:
                told = _("“%(rule)s” never takes a lead: its condition held for none.")
                yield Telling("warning", "rule_never_fires", told % {"rule": rule.name})
        unmatched = self.number("rule/")
        if unmatched.leads and self.tried:
            told = _("Leads that no rule is for go to “%(pipeline)s”.")
            words = {"pipeline": self.name(self.otherwise)}
            yield Telling("remark", "no_rule", told % words, number=unmatched)


def routing_in_short(outcome: RoutingOutcome) -> list[str]:
    """The outcome in a sentence or two."""
    counts, leads = outcome.counts, outcome.leads
    same, differs = counts.get("same", 0), counts.get("differs", 0)
    if same == leads:
        return [_("Every lead would have gone to the pipeline that it went to.")]
    return [
        ngettext(
            "%(n)s lead would have gone to another pipeline.",
            "%(n)s leads would have gone to another pipeline.",
            differs,
        )
        % {"n": figure(differs)},
        ngettext(
            "%(n)s would have gone to the same.",
            "%(n)s would have gone to the same.",
            same,
        )
        % {"n": figure(same)},
    ]
