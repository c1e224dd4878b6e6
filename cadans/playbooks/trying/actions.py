"""Ask for a try of a draft, and carry it out."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic

from django.utils import timezone
from django.utils.translation import gettext as _

from cadans.events.act import Act, Subject
from cadans.ground.copying import copy_rows, count_anew
from cadans.ground.errors import Conflict, Invalid
from cadans.playbooks.models import RoutingTry, TriedLead, Try
from cadans.playbooks.queries import draft_of, live_of
from cadans.playbooks.trying.reading import Past
from cadans.playbooks.trying.rehearsal import FIELDS, Rehearsal
from cadans.process.design import Design
from cadans.process.models import Pipeline
from cadans.team.models import User
from cadans.team.queries import require_role

DESIGNERS = (User.Role.MANAGER, User.Role.ADMIN)
MOST_MONTHS = 36
DAYS_A_MONTH = 30.44
KEPT = 10
"""Tries of a pipeline that are kept; older ones make room."""

WORTH_ANALYSING = 10_000
"""Rows after which the database should look at the table anew."""

TELLS_EVERY = 0.5
"""Seconds between two notes of how far a try is."""


def try_draft(
    actor: User | None,
    pipeline: Pipeline,
    *,
    months: int = 6,
    stage: str = "",
    rule: str = "",
    over: Pipeline | None = None,
    quietly: bool = False,
    via: str = "web",
) -> Try:
    """Have a worker play the draft over the leads of the past months, with nothing changed.

    With `stage` and `rule` (keys) only that assignment rule is asked about. `over` names another
    pipeline whose leads are played: for a draft that never had any. `quietly` leaves the worker
    out: the caller carries it out. Raises Invalid, and Conflict while another try of the pipeline
    is under way.
    """
    require_role(actor, *DESIGNERS)
    refuse_period(months)
    with Act(actor, via=via, quietly=quietly) as act:
        pipeline = Pipeline.objects.select_for_update().get(id=pipeline.id)
        design = draft_of(pipeline)
        if rule or stage:
            design = _with_one_rule(pipeline, design, stage, rule)
        if Try.objects.under_way().filter(pipeline=pipeline).exists():
            raise Conflict(
                _("A try of this pipeline is under way already. Wait until it is done."),
                code="under_way",
            )
        trial = Try.objects.create(
            pipeline=pipeline,
            over=over or pipeline,
            document=design.model_dump(mode="json", by_alias=True),
            revision=pipeline.draft_revision,
            stage=stage,
            rule=rule,
            months=months,
            since=act.at - timedelta(days=round(months * DAYS_A_MONTH)),
            asked_by_id=actor.id if actor else None,
            asked_at=act.at,
            alive_at=timezone.now(),
        )
        old = Try.objects.filter(pipeline=pipeline).order_by("-asked_at")[KEPT:]
        Try.objects.filter(id__in=[one.id for one in old]).delete()
        act.record(
            "try_asked",
            Subject("try", trial.id, pipeline=pipeline.id),
            data={"months": months, "stage": stage, "rule": rule, "over": trial.over_id},
        )
    return trial


def carry_out_try(trial: Try, *, told: Callable[[int, int], None] | None = None) -> Try:
    """Play a try from its beginning and keep what comes of it.

    `told` hears how many leads were begun of how many. What an interrupted try had written is
    written anew.
    """
    trial.state, trial.began_at, trial.alive_at = Try.State.RUNNING, timezone.now(), timezone.now()
    trial.percentage, trial.message = 0, ""
    trial.save()
    TriedLead.objects.filter(trial=trial).delete()
    rehearsal = Rehearsal(
        trial.design, Past(trial.over_id, trial.since), pipeline=trial.pipeline_id
    )
    trial.leads = rehearsal.leads
    last = 0.0
    with _no_collecting():
        for rows in rehearsal.batches():
            copy_rows(TriedLead, ("trial", *FIELDS), ((trial.id, *row) for row in rows))
            if told is not None:
                told(rehearsal.began, rehearsal.leads)
            if monotonic() - last > TELLS_EVERY:
                last = monotonic()
                trial.percentage = min(99, rehearsal.began * 100 // max(rehearsal.leads, 1))
                trial.alive_at = timezone.now()
                trial.save(update_fields=["percentage", "alive_at", "leads"])
    marks = rehearsal.marks
    trial.marks = marks.numbers
    trial.result = {"counts": marks.told(), "amounts": marks.told_amounts()}
    trial.state, trial.percentage, trial.ended_at = Try.State.DONE, 100, timezone.now()
    trial.save()
    if rehearsal.leads > WORTH_ANALYSING:
        count_anew(TriedLead)
    return trial


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Do not look for unreachable circles again and again among a million things in use."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def refuse_period(months: int) -> None:
    """Raise Invalid for a period that is too short or too long."""
    if not 1 <= months <= MOST_MONTHS:
        message = _("Choose between 1 and %(most)s months.") % {"most": MOST_MONTHS}
        raise Invalid(message, pointer="/months", fields={"months": message})


def mark_try_broken(trial: Try | RoutingTry) -> None:
    """Mark a try that ended by a fault of ours."""
    trial.refresh_from_db()
    trial.state = Try.State.FAILED
    trial.message = _("Something went wrong on our side. Nothing was changed; try again.")
    trial.ended_at = timezone.now()
    trial.save()


def _with_one_rule(pipeline: Pipeline, draft: Design, stage: str, rule: str) -> Design:
    """What is live (else the draft), with only that one rule of the draft in that stage."""
    found = next((one for one in draft.stages if one.key == stage), None)
    if found is None:
        message = _("The draft has no stage “%(key)s”.") % {"key": stage}
        raise Invalid(message, pointer="/stage", fields={"stage": message})
    rules = [one for one in found.rules if one.key == rule]
    if not rules:
        message = _("“%(stage)s” has no assignment rule “%(key)s”.") % {
            "stage": found.label(),
            "key": rule,
        }
        raise Invalid(message, pointer="/rule", fields={"rule": message})
    live = live_of(pipeline)
    base = live if live and any(one.key == stage for one in live.stages) else draft
    return Design(
        stages=[
            one.model_copy(update={"rules": rules if one.key == stage else one.rules})
            for one in base.stages
        ]
    )
