"""Compare a lead as it was played with what happened to it: both told in marks. Pure."""

from __future__ import annotations

from typing import Any

from cadans.playbooks.trying.marks import Marks
from cadans.playbooks.trying.played import Played
from cadans.playbooks.trying.told import Happened


def compare(lead: Played, real: Happened, marks: Marks) -> None:
    """Mark how the lead ended under the design and in reality, and what differs."""
    of, told = marks.of, lead.marks
    would = ending(lead.status, lead.stage)
    was = ending(real.status, real.stage)
    told.add(of("would", "ends", would))
    told.add(of("would", "owner", lead.whose or "nobody"))
    told.add(of("was", "ends", was))
    told.add(of("was", "owner", real.owner or "nobody"))
    for stage, how in real.stays:
        told.add(of("was", "entered", stage))
        if how:
            told.add(of("was", how if how in {"advanced", "moved"} else "closed", stage))
    for task in real.tasks:
        for mark in (of("was", "kind", task.kind), of("was", "tasks_of", task.whose)):
            told.add(mark)
            marks.amounts[mark] += 1
    differs = False
    if [stay.stage for stay in lead.stays] != [stage for stage, _how in real.stays]:
        told.add(of("differs", "path"))
        differs = True
    if would != was:
        told.update((of("differs", "end"), of("shift", was, would)))
        differs = True
    if (str(lead.whose) if lead.whose else None) != real.owner:
        told.add(of("differs", "owner"))
        differs = True
    if not differs:
        told.add(of("same"))
    _compare_dues(lead, real, marks)
    marks.count(told)


def _compare_dues(lead: Played, real: Happened, marks: Marks) -> None:
    """Mark the tasks that would be due on another day than they were, and by how many days.

    Of a task that was laid more than once, the last counts; one without a due date, and one for
    which somebody chose the day, is not compared.
    """
    was = {(task.stage, task.key): task.due for task in real.tasks}
    would = {(task.stage, task.key): task.due for task in lead.tasks}
    for (stage, key), due in would.items():
        then = was.get((stage, key))
        if due is None or then is None:
            continue
        told = marks.of("due", "both", stage, key)
        lead.marks.add(told)
        days = due.day - then
        if days:
            way = "later" if days > 0 else "earlier"
            mark = marks.of("due", way, stage, key)
            marks.amounts[mark] += abs(days)
            lead.marks.update((mark, marks.of("differs", "due")))


def ending(status: str, stage: str) -> str:
    """Where a lead lies while it is open, else how it was closed."""
    return f"open:{stage}" if status == "open" else status


def path_of(lead: Played) -> list[Any]:
    """The lead's stays as they are kept: stage, moment of entering (seconds), how each ended."""
    return [[stay.stage, int(stay.entered_at.timestamp()), stay.how] for stay in lead.stays]
