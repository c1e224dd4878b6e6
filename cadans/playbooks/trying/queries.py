"""Reads of tries for the faces."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cadans.ground.errors import NotFound
from cadans.leads.models import Closing, Lead, StageVisit
from cadans.playbooks.models import TriedLead, Try
from cadans.playbooks.queries import live_of
from cadans.playbooks.trying.outcome import Outcome
from cadans.process.models import Pipeline, Stage
from cadans.team.models import User


@dataclass(frozen=True)
class Step:
    """A stay in a stage: its name, when it began, how it ended."""

    stage: str
    at: datetime
    how: str


@dataclass(frozen=True)
class TwoCourses:
    """A lead, how it went, and how it would have gone; of a closed one, who closed it."""

    lead: Lead
    was: Sequence[Step]
    would: Sequence[Step]
    owner_then: User | None
    owner: User | None


def visible_tries(user: User) -> QuerySet[Try]:
    """All tries that this user may see, with their pipelines."""
    return Try.objects.visible_to(user).select_related("pipeline", "over", "asked_by")


def visible_try(user: User, id: uuid.UUID) -> Try:
    """A try that this user may see. Raises NotFound."""
    trial = visible_tries(user).filter(id=id).first()
    if trial is None:
        raise NotFound(_("There is no such try."))
    return trial


def tries_of(user: User, pipeline: Pipeline) -> list[Try]:
    """The latest tries of a pipeline, without what came of them."""
    rows = visible_tries(user).filter(pipeline=pipeline)
    return list(rows.defer("document", "marks", "result"))


def outcome_of(trial: Try) -> Outcome:
    """What came of a try."""
    names = {stage.key: stage.label for stage in Stage.objects.filter(pipeline=trial.over_id).all()}
    return Outcome(trial.design, trial.result, live=live_of(trial.over), stage_names=names)


def leads_with(user: User, trial: Try, mark: str) -> QuerySet[TriedLead]:
    """The leads of a try that bear a mark, as far as the user may see them."""
    number = trial.marks.get(mark)
    seen = Lead.objects.visible_to(user)
    rows = TriedLead.objects.filter(trial=trial, lead__in=seen)
    return rows.none() if number is None else rows.filter(marks__contains=[number])


def two_courses(trial: Try, rows: Sequence[TriedLead]) -> list[TwoCourses]:
    """These leads as they went and as they would have gone, in a handful of queries for all."""
    ids = [row.lead_id for row in rows]
    leads = Lead.objects.with_names().in_bulk(ids)
    owners = User.objects.in_bulk([row.owner_id for row in rows if row.owner_id])
    closers = {
        closing.lead_id: closing.owner
        for closing in Closing.objects.filter(lead__in=ids, reopened_at=None).select_related(
            "owner"
        )
    }
    names = outcome_of(trial).stage_names
    was = defaultdict(list)
    visits = StageVisit.objects.filter(lead__in=ids).select_related("stage")
    for visit in visits.order_by("lead", "entered_at", "id"):
        was[visit.lead_id].append(Step(visit.stage.label, visit.entered_at, visit.how))
    return [
        TwoCourses(
            leads[row.lead_id],
            was[row.lead_id],
            [
                Step(names.get(stage, stage), datetime.fromtimestamp(at, UTC), how)
                for stage, at, how in row.path
            ],
            closers.get(row.lead_id, leads[row.lead_id].owner),
            owners.get(row.owner_id) if row.owner_id else None,
        )
        for row in rows
        if row.lead_id in leads
    ]
