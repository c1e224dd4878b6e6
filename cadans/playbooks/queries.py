"""Reads of the manager's desk: drafts, what differs from live, who and what a design may name."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from cadans.ground.errors import NotFound
from cadans.leads.activity_kinds import kinds_in_use, kinds_put_away
from cadans.leads.models import Lead
from cadans.outreach.models.audiences import Audience
from cadans.playbooks.check import Finding, Known, findings
from cadans.playbooks.difference import differences
from cadans.process.design import Design, StageDesign
from cadans.process.models import Pipeline, ProcessVersion, published
from cadans.team.models import Team, User

MOST_TOLD = 50
"""Versions that the history shows."""


def draft_of(pipeline: Pipeline) -> Design:
    """The draft as a design (a draft is always valid; it may be unwise)."""
    return Design.model_validate(pipeline.draft)


def live_of(pipeline: Pipeline) -> Design | None:
    """The published design, or None for a pipeline that is only a draft."""
    return published(pipeline.version_id).design if pipeline.version_id else None


def differs(pipeline: Pipeline) -> bool:
    """Whether the draft says anything else than what is live."""
    live = live_of(pipeline)
    return live is None or live != draft_of(pipeline)


def pipeline_named(key: str) -> Pipeline:
    """The pipeline with that key, its live version with it. Raises NotFound."""
    found = Pipeline.objects.present().select_related("version").filter(key=key).first()
    if found is None:
        raise NotFound(_("There is no pipeline “%(key)s”.") % {"key": key}, pointer="/pipeline")
    return found


def known() -> Known:
    """Which users, teams and kinds of activities a design may name."""
    teams = dict(
        Team.objects.annotate(
            there=Count("members", filter=Q(members__is_active=True))
        ).values_list("id", "there")
    )
    return Known(
        users=frozenset(User.objects.active().values_list("id", flat=True)),
        teams=frozenset(teams),
        empty_teams=frozenset(team for team, there in teams.items() if not there),
        activities=tuple(key for key, _name in kinds_in_use()),
        put_away=kinds_put_away(),
        audiences=frozenset(Audience.objects.filter(is_gone=False).values_list("key", flat=True)),
    )


def findings_of(pipeline: Pipeline) -> list[Finding]:
    """What is wrong or unwise in the draft."""
    return findings(draft_of(pipeline), known())


@dataclass(frozen=True)
class Stranded:
    """A stage that holds open leads but takes none any more under the draft."""

    key: str
    name: str
    leads: int


def stranded(pipeline: Pipeline, design: Design) -> list[Stranded]:
    """Stages whose open leads need another place under `design`, in their present order."""
    staying = {stage.key for stage in design.open_stages()}
    leaving = {
        stage.id: stage
        for stage in pipeline.stages.filter(retired_at=None)
        if stage.key not in staying
    }
    counts = dict(
        Lead.objects.present()
        .open()
        .filter(pipeline=pipeline, stage__in=leaving)
        .values_list("stage")
        .annotate(leads=Count("id"))
    )
    return [
        Stranded(stage.key, stage.label, counts[stage.id])
        for stage in leaving.values()
        if stage.id in counts
    ]


def open_leads_by_stage(pipeline: Pipeline) -> dict[str, int]:
    """Open leads in each stage (key → number); stages without any are left out."""
    return dict(
        Lead.objects.present()
        .open()
        .filter(pipeline=pipeline)
        .values_list("stage__key")
        .annotate(leads=Count("id"))
    )


@dataclass(frozen=True)
class Publication:
    """A published version, and what it changed of the one before."""

    version: ProcessVersion
    changes: list[str]
    is_live: bool


def history(pipeline: Pipeline) -> list[Publication]:
    """The last published versions, newest first."""
    rows = list(pipeline.versions.select_related("published_by").order_by("-number")[:MOST_TOLD])
    told = []
    for place, row in enumerate(rows):
        before = rows[place + 1].document if place + 1 < len(rows) else None
        changes = differences(
            Design.model_validate(before) if before else None, Design.model_validate(row.document)
        )
        if before is None and row.number > 1:
            changes = []
        told.append(Publication(row, changes, row.id == pipeline.version_id))
    return told


@dataclass(frozen=True)
class PipelineCard:
    """A pipeline in the overview: its stages as they are live (else as drafted), and its leads."""

    pipeline: Pipeline
    stages: list[StageDesign]
    leads: int
    differs: bool


def overview_of_pipelines() -> list[PipelineCard]:
    """Every pipeline that is not archived."""
    pipelines = Pipeline.objects.present().select_related("version")
    leads = dict(Lead.objects.present().open().values_list("pipeline").annotate(leads=Count("id")))
    cards = []
    for pipeline in pipelines:
        live, draft = live_of(pipeline), draft_of(pipeline)
        shown = live or draft
        cards.append(PipelineCard(pipeline, shown.stages, leads.get(pipeline.id, 0), live != draft))
    return cards


def open_leads(pipeline: Pipeline) -> int:
    """How many open leads the pipeline holds."""
    return Lead.objects.present().open().filter(pipeline=pipeline).count()
