"""Whom mailing lists would have got or lost in a try. Pure."""

from __future__ import annotations

from cadans.playbooks.trying.marks import Marks
from cadans.playbooks.trying.played import Looked, Played


def count_lists(marks: Marks, lead: Played, stage: Looked, *moments: str) -> None:
    """Mark the steps that a lead's moment sets off, and count its people with an address.

    People, roles and addresses are taken as they are today.
    """
    for step in stage.design.audiences:
        if step.when not in moments:
            continue
        people = sum(
            bool(email) and step.concerns(role)
            for role, _name, email, _phone in lead.people.values()
        )
        if people:
            mark = marks.of("would", "list", stage.design.key, step.key)
            lead.marks.add(mark)
            marks.amounts[mark] += people
