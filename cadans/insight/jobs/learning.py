"""Learning by night, and when much was closed by day."""

from __future__ import annotations

import uuid

from procrastinate.contrib.django import app

from cadans.assignment.actions import keep_chances
from cadans.insight.experience import closed_since_learning, experience_of, learning_pipelines
from cadans.insight.win_model import learn

MUCH = 20
"""So many leads closed since the last time are enough to learn anew, or ..."""

PART = 20
"""... one in so many of those that were learned from, if that is more."""


@app.periodic(cron="40 2 * * *")
@app.task(
    name="cadans.insight.jobs.learn_every_night", queueing_lock="cadans.learn_every_night", retry=3
)
def learn_every_night(timestamp: int) -> None:
    """Learn anew who wins what, in every pipeline that deals by it."""
    for pipeline in learning_pipelines():
        learn_pipeline(pipeline)


@app.periodic(cron="*/15 * * * *")
@app.task(
    name="cadans.insight.jobs.learn_when_much_was_closed",
    queueing_lock="cadans.learn_when_much_was_closed",
)
def learn_when_much_was_closed(timestamp: int) -> None:
    """Learn anew where enough leads were closed since the last time."""
    for pipeline in learning_pipelines():
        fresh, learned = closed_since_learning(pipeline)
        if fresh >= max(MUCH, learned / PART):
            learn_pipeline(pipeline)


def learn_pipeline(pipeline: uuid.UUID) -> None:
    """Learn from a pipeline's closed leads, and keep what was learned."""
    seen = experience_of(pipeline)
    document = learn(seen.cells, seen.names)
    keep_chances(pipeline, document, closed=sum(cell.closed for cell in seen.cells))
