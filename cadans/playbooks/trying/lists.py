"""Mailing lists in a try: how many people each step of the draft would have put on or taken off."""

from __future__ import annotations

from dataclasses import dataclass

from cadans.playbooks.audience_words import step_sentence
from cadans.playbooks.trying.outcome import Number, Outcome
from cadans.process.design import AudienceStep


@dataclass(frozen=True)
class ListLine:
    """A step of the draft: `leads` it would have been taken on, about so many `people`."""

    stage: str
    step: AudienceStep
    told: str
    leads: Number
    people: int


def list_lines(outcome: Outcome) -> list[ListLine]:
    """The audience steps of the draft, in order."""
    lines = []
    for stage in outcome.design.stages:
        for step in stage.audiences:
            mark = f"would/list/{stage.key}/{step.key}"
            number, people = outcome.number(mark), outcome.number(mark, amount=True).shown
            lines.append(ListLine(stage.key, step, step_sentence(step), number, people))
    return lines
