"""Compare a lead as it was played with what happened to it: both told in marks. Pure."""

from __future__ import annotations

from typing import Any

from cadans.playbooks.trying.marks import Marks
from cadans.playbooks.trying.played import Played
from cadans.playbooks.trying.told import Happened


def compare(lead: Played, real: Happened, marks: Marks) -> None:
    """Mark how the lead ended under the design and in reality, and what differs."""
    would = ending(lead.status, lead.stage)
    was = ending(real.status, real.stage)
    told = [f"would/ends/{would}", f"would/owner/{lead.whose or 'nobody'}"]
    told += [f"was/ends/{was}", f"was/owner/{real.owner or 'nobody'}"]
    for stage, how in real.stays:
        told.append(f"was/entered/{stage}")
        if how:
            way = how if how in {"advanced", "moved"} else "closed"
            told.append(f"was/{way}/{stage}")
    for kind, whose, number in real.tasks:
        for mark in (f"was/kind/{kind}", f"was/tasks_of/{whose}"):
            told.append(mark)
            marks.amounts[mark] += number
    differs = False
    if [stay.stage for stay in lead.stays] != [stage for stage, _how in real.stays]:
        told.append("differs/path")
        differs = True
    if would != was:
        told += ["differs/end", f"shift/{was}/{would}"]
        differs = True
    if (str(lead.whose) if lead.whose else None) != real.owner:
        told.append("differs/owner")
        differs = True
    if not differs:
        told.append("same")
    lead.marks.update(marks[mark] for mark in told)
    marks.count(lead.marks)


def ending(status: str, stage: str) -> str:
    """Where a lead lies while it is open, else how it was closed."""
    return f"open:{stage}" if status == "open" else status


def path_of(lead: Played) -> list[Any]:
    """The lead's stays as they are kept: stage, moment of entering (seconds), how each ended."""
    return [[stay.stage, int(stay.entered_at.timestamp()), stay.how] for stay in lead.stays]
