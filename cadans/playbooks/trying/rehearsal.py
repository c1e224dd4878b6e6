"""One whole try: the past read stretch by stretch, played, compared, and handed on in batches."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cadans.assignment.queries import learned
from cadans.ground.ids import new_id_as_text
from cadans.playbooks.trying.ahead import ahead
from cadans.playbooks.trying.beginnings import Looks
from cadans.playbooks.trying.comparing import compare, path_of
from cadans.playbooks.trying.describing import Describing
from cadans.playbooks.trying.marks import Marks
from cadans.playbooks.trying.play import Play
from cadans.playbooks.trying.played import Played, looked_at, needs_of
from cadans.playbooks.trying.reading import (
    Past,
    Stretch,
    acts,
    happened,
    leads_of,
    names_of,
    opened_again,
    roster_of,
    stretches,
)
from cadans.process.design import Design

BATCH = 2000
"""Leads whose reality is looked up together once they are played out."""

Row = tuple[Any, ...]
"""What is kept of a lead: id, lead, owner, status, path (JSON text), marks (array text)."""

FIELDS = ("id", "lead", "owner", "status", "path", "marks")


class Rehearsal:
    """A design played over the past. `began` of `leads` tells how far it is.

    What was learned of the reps' chances is taken as `pipeline` knows it today.
    """

    def __init__(self, design: Design, past: Past, *, pipeline: uuid.UUID) -> None:
        needs = needs_of(looked_at(design))
        learns = any(rule.learns() for stage in design.stages for rule in stage.rules)
        self.past = past
        self.marks = Marks()
        self.names = names_of(past.pipeline)
        self.describing = Describing(needs, self.names, learns=learns)
        self.looks = Looks(
            companies=self.describing.about_company,
            people=self.describing.about_people,
            tags=self.describing.about_tags,
            products=self.describing.about_products,
        )
        self.play = Play(
            design,
            roster=roster_of(
                past,
                [rule for stage in design.stages for rule in stage.rules],
                counts=_counts(design),
                learned=learned(pipeline) if learns else {},
            ),
            names=self.names,
            describing=self.describing,
            marks=self.marks,
        )
        self.leads = leads_of(past)
        self.began = 0
        self._again = opened_again(past)
        self._playing: dict[str, Played] = {}
        self._over: list[Played] = []

    def batches(self) -> Iterator[list[Row]]:
        """Every lead once, as it is kept; an empty batch now and then tells that it goes on."""
        for stretch in ahead(stretches(self.past, self.looks)):
            self.names.turn_to(stretch.mentioned)
            self._play(stretch)
            while len(self._over) >= BATCH:
                yield self._finish(self._over[:BATCH])
                del self._over[:BATCH]
            yield []
        left = [*self._over, *self._playing.values()]
        self._over, self._playing = [], {}
        for start in range(0, len(left), BATCH):
            yield self._finish(left[start : start + BATCH])

    def _play(self, stretch: Stretch) -> None:
        for id, deeds in acts(stretch.deeds):
            if deeds[0].kind == "lead_created" and id in stretch.starts:
                self._playing[id] = self.play.begin(deeds[0], stretch.starts[id])
                self.began += 1
            lead = self._playing.get(id)
            if lead is None:
                continue
            self.play.play(lead, deeds)
            # Whoever may be opened again stays at hand; the others need no more room.
            if not lead.is_open and id not in self._again:
                self._over.append(self._playing.pop(id))

    def _finish(self, leads: Sequence[Played]) -> list[Row]:
        real = happened(lead.id for lead in leads)
        rows = []
        for lead in leads:
            if lead.id not in real or not lead.stays:
                continue
            compare(lead, real[lead.id], self.marks)
            path = json.dumps(path_of(lead))
            rows.append(
                (new_id_as_text(), lead.id, lead.whose, lead.status, path, _array(lead.marks))
            )
        return rows


def _array(numbers: Iterable[int]) -> str:
    """Numbers as PostgreSQL writes an array: much quicker than to have each one quoted."""
    return f"{{{','.join(map(str, numbers))}}}"


def _counts(design: Design) -> bool:
    """Whether it matters how many open leads somebody has."""
    rules = any(stage.rules for stage in design.stages)
    return rules or any(task.to == "team" for stage in design.stages for task in stage.tasks)
