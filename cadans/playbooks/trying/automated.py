"""What the automations of a design would have done for the leads of a try."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cadans.playbooks.trying.outcome import Number, Outcome
from cadans.process.automations import Automation


@dataclass(frozen=True)
class AutomationLine:
    """An automation: for how many leads it would have been done, and for whom (id → leads).

    `is_played` is False for what waits for idle leads: a try plays what was done, not the clock.
    """

    stage: str
    automation: Automation
    done: Number
    people: Sequence[tuple[str, Number]]

    @property
    def is_played(self) -> bool:
        """Whether a try can tell."""
        return self.automation.on != "idle"


def automations_of(outcome: Outcome) -> list[AutomationLine]:
    """The automations of the draft, in order."""
    return [
        AutomationLine(
            stage.key,
            one,
            outcome.number(f"would/automation/{stage.key}/{one.key}"),
            _people(outcome, f"would/automated/{stage.key}/{one.key}/"),
        )
        for stage in outcome.design.stages
        for one in stage.automations
    ]


def _people(outcome: Outcome, start: str) -> list[tuple[str, Number]]:
    found = [
        (mark.removeprefix(start), Number(mark, leads))
        for mark, leads in outcome.counts.items()
        if mark.startswith(start)
    ]
    return sorted(found, key=lambda one: -one[1].leads)
