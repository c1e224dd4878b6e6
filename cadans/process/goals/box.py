"""Goal: somebody ticked the box by hand."""

from __future__ import annotations

from typing import ClassVar, Literal

from cadans.process.facts import Facts
from cadans.process.goals.shape import Goal, Weighing, nth


class BoxGoal(Goal):
    """Met while it is ticked; a tick is kept when the lead comes back to the stage."""

    looks_at: ClassVar[str] = "box"

    kind: Literal["box"] = "box"

    def weigh(self, facts: Facts) -> Weighing:
        at = nth(
            (
                tick.at
                for tick in facts.ticks
                if tick.stage == facts.stage and tick.goal == self.key
            ),
            1,
        )
        return Weighing(at is not None, at, {self.key: at is not None})
