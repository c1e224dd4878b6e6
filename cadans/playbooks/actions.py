"""Every change to pipelines: their drafts, and what is published of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from pydantic import ValidationError

from cadans.events.act import Act, Subject
from cadans.events.models import Event
from cadans.ground.errors import Conflict, Invalid, NotFound, Outdated
from cadans.leads import settle
from cadans.leads.actions import add_loss_reason, add_source
from cadans.leads.actions.placing import place_visits_anew
from cadans.leads.models import Lead, StageVisit
from cadans.playbooks import check
from cadans.playbooks.complaints import invalid
from cadans.playbooks.files import template_file
from cadans.playbooks.models import PlaybookFile
from cadans.playbooks.playbook import template as template_named
from cadans.playbooks.queries import Stranded, draft_of, findings_of, open_leads, stranded
from cadans.process.decide import enter, leave
from cadans.process.design import Design, StageDesign
from cadans.process.models import Pipeline, ProcessVersion, Published, Stage, published
from cadans.team.actions import set_up
from cadans.team.models import User
from cadans.team.queries import require_role

DESIGNERS = (User.Role.MANAGER, User.Role.ADMIN)
USUAL_SOURCES = (
    gettext_lazy("Website"),
    gettext_lazy("Referral"),
    gettext_lazy("Phone"),
    gettext_lazy("Trade fair"),
    gettext_lazy("Own prospecting"),
    gettext_lazy("Existing customer"),
)
USUAL_LOSS_REASONS = (
    gettext_lazy("Too expensive"),
    gettext_lazy("Chose a competitor"),
    gettext_lazy("No budget"),
    gettext_lazy("No decision taken"),
    gettext_lazy("Does not fit"),
    gettext_lazy("No response any more"),
)
"""What a first run begins with, in the organisation's language; settings change them."""

BATCH = 500
"""Leads whose rows are fetched together when a publication moves them."""


def make_pipeline(
    actor: User | None,
    *,
    name: str,
    key: str | None = None,
    design: Design | None = None,
    template: str | None = None,
    via: str = "web",
) -> Pipeline:
    """A new pipeline that is only a draft: of a design, of a template (its key), or empty.

    The template's file is kept, so that an export is that file as far as it still holds.
    Raises Invalid when there is no name or the key is taken, NotFound for an unknown template.
    """
    require_role(actor, *DESIGNERS)
    name = _clean_name(name)
    chosen = template if design is None else None
    if design is None:
        design = template_named(template).design if template else empty_design()
    with Act(actor, via=via) as act:
        pipeline = Pipeline.objects.create(
            key=_free_key(key, name),
            name=name,
            position=(Pipeline.objects.aggregate(last=Max("position"))["last"] or 0) + 1,
            draft=as_document(design),
        )
        act.record(
            "pipeline_made",
            _subject(pipeline),
            data={"key": pipeline.key, "name": name, "template": template or ""},
        )
        if chosen:
            PlaybookFile.objects.create(
                pipeline=pipeline,
                text=template_file(chosen, pipeline),
                called=name,
                taken_at=act.at,
                taken_by_id=act.actor.id if act.actor else None,
            )
    return pipeline


def rename_pipeline(
    actor: User | None, pipeline: Pipeline, *, name: str, via: str = "web"
) -> Pipeline:
    """Give a pipeline another name. Its key stays, so that links and files keep working."""
    require_role(actor, *DESIGNERS)
    name = _clean_name(name)
    with Act(actor, via=via) as act:
        pipeline = _locked(pipeline)
        if pipeline.name != name:
            act.record("pipeline_renamed", _subject(pipeline), data={"name": [pipeline.name, name]})
            pipeline.name = name
            pipeline.save(update_fields=["name"])
    return pipeline


def save_draft(
    actor: User | None,
    pipeline: Pipeline,
    *,
    document: Mapping[str, Any],
    revision: int,
    via: str = "web",
) -> Pipeline:
    """Put a document in the place of the draft; what is live does not change.

    `revision` is the draft's revision that the writer saw. Raises Invalid with a pointer to each
    fault, and Outdated when somebody else saved in between.
    """
    require_role(actor, *DESIGNERS)
    try:
        design = Design.model_validate(document)
    except ValidationError as error:
        raise invalid(error, document) from error
    with Act(actor, via=via) as act:
        pipeline = _locked(pipeline)
        if pipeline.draft_revision != revision:
            raise Outdated(
                _("Somebody else changed this draft meanwhile. Look at it again, then repeat it.")
            )
        after = as_document(design)
        if after != pipeline.draft:
            pipeline.draft = after
            pipeline.draft_revision += 1
            pipeline.draft_changed_at = act.at
            pipeline.save(update_fields=["draft", "draft_revision", "draft_changed_at"])
            act.record(
                "draft_changed", _subject(pipeline), data={"revision": pipeline.draft_revision}
            )
    return pipeline


def discard_draft(
    actor: User | None, pipeline: Pipeline, *, revision: int, via: str = "web"
) -> Pipeline:
    """Make the draft again what is live. Raises Conflict when nothing is live yet."""
    if pipeline.version is None:
        raise Conflict(_("Nothing of this pipeline is published yet."))
    document = pipeline.version.document
    return save_draft(actor, pipeline, document=document, revision=revision, via=via)


def publish_pipeline(
    actor: User | None,
    pipeline: Pipeline,
    *,
    note: str = "",
    mapping: Mapping[str, str] | None = None,
    revision: int | None = None,
    via: str = "web",
) -> ProcessVersion:
    """Make the draft live as a new version and take the open leads along.

    `mapping` gives each stage that holds open leads but is no open stage any more (its key) the
    key of the stage where they go on. Raises Invalid when the design has errors or the mapping
    lacks a stage, Outdated when `revision` is given and is not the draft's.
    """
    require_role(actor, *DESIGNERS)
    mapping = dict(mapping or {})
    with Act(actor, via=via) as act:
        pipeline = _locked(pipeline)
        if revision is not None and revision != pipeline.draft_revision:
            raise Outdated(_("Somebody else changed this draft meanwhile. Look at it again."))
        design = draft_of(pipeline)
        _check_design(pipeline)
        leaving = stranded(pipeline, design)
        _check_mapping(design, leaving, mapping)
        version = _new_version(act, pipeline, design, note=note, mapping=mapping)
        _sync_stages(act, pipeline, design)
        pipeline.version = version
        if not Pipeline.objects.live().filter(is_default=True).exists():
            pipeline.is_default = True
        pipeline.save(update_fields=["version", "is_default"])
        staying = Lead.objects.open().filter(pipeline=pipeline).update(version=version)
        published_now = act.record(
            "process_published",
            _subject(pipeline),
            data={
                "pipeline": pipeline.id,
                "version": version.id,
                "number": version.number,
                "note": version.note,
                "mapping": mapping,
                "counts": {"leads": staying, "moved": sum(one.leads for one in leaving)},
            },
        )
        _take_along(act, published_now, published(version.id), leaving, mapping)
    return version


def archive_pipeline(actor: User | None, pipeline: Pipeline, *, via: str = "web") -> Pipeline:
    """Put a pipeline away: it takes no leads any more and its history stays.

    Raises Conflict while it holds open leads or is the one for new leads.
    """
    require_role(actor, *DESIGNERS)
    with Act(actor, via=via) as act:
        pipeline = _locked(pipeline)
        if open_leads(pipeline):
            raise Conflict(_("This pipeline holds open leads. Close or move them first."))
        if pipeline.is_default:
            raise Conflict(
                _("New leads go to this pipeline. Choose another one for new leads first.")
            )
        if pipeline.archived_at is None:
            pipeline.archived_at = act.at
            pipeline.save(update_fields=["archived_at"])
            act.record("pipeline_archived", _subject(pipeline))
    return pipeline


def restore_pipeline(actor: User | None, pipeline: Pipeline, *, via: str = "web") -> Pipeline:
    """Take a pipeline back out of the archive."""
    require_role(actor, *DESIGNERS)
    with Act(actor, via=via) as act:
        pipeline = _locked(pipeline)
        if pipeline.archived_at is not None:
            pipeline.archived_at = None
            pipeline.save(update_fields=["archived_at"])
            act.record("pipeline_restored", _subject(pipeline))
    return pipeline


def set_default(actor: User | None, pipeline: Pipeline, *, via: str = "web") -> Pipeline:
    """Let new leads go to this pipeline when no routing rule says otherwise.

    Raises Conflict for a pipeline that is not live.
    """
    require_role(actor, *DESIGNERS)
    with Act(actor, via=via) as act:
        pipeline = _locked(pipeline)
        if pipeline.version_id is None or pipeline.archived_at is not None:
            raise Conflict(_("Publish this pipeline first."))
        if not pipeline.is_default:
            Pipeline.objects.filter(is_default=True).update(is_default=False)
            pipeline.is_default = True
            pipeline.save(update_fields=["is_default"])
            act.record("pipeline_made_default", _subject(pipeline))
    return pipeline


def set_up_selling(
    *,
    organisation: str,
    name: str,
    email: str,
    password: str,
    language: str = "nl",
    team: str = "",
    template: str | None = None,
) -> tuple[User, Pipeline]:
    """The first run, all or nothing: organisation, administrator, team, and a live pipeline.

    With a template's key its playbook is made live under its own name, else an empty pipeline.
    The usual sources and loss reasons come with it. Raises Conflict when Cadans was set up
    before, Invalid for a wrong value, NotFound for an unknown template.
    """
    with transaction.atomic():
        user = set_up(
            organisation=organisation,
            name=name,
            email=email,
            password=password,
            language=language,
            team=team,
        )
        with override(language):
            for source in USUAL_SOURCES:
                add_source(user, name=str(source))
            for reason in USUAL_LOSS_REASONS:
                add_loss_reason(user, name=str(reason))
            called = template_named(template).label(language) if template else _("Sales")
        pipeline = make_pipeline(user, name=called, template=template)
        publish_pipeline(user, pipeline)
        pipeline.refresh_from_db()
    return user, pipeline


def empty_design() -> Design:
    """What a pipeline starts with when it starts with nothing: a first stage, and won."""
    return Design(
        stages=[
            StageDesign(key="new", name={"nl": "Nieuw", "en": "New"}),
            StageDesign(key="won", name={"nl": "Gewonnen", "en": "Won"}, ends_in="won"),
        ]
    )


def as_document(design: Design) -> dict[str, Any]:
    """A design as it is kept: JSON with every field written out."""
    return Design(stages=design.stages).model_dump(mode="json", by_alias=True)


def _subject(pipeline: Pipeline) -> Subject:
    return Subject("pipeline", pipeline.id, pipeline=pipeline.id)


def _locked(pipeline: Pipeline) -> Pipeline:
    """The pipeline's row as it is now; others who change it wait until this act ends."""
    row = Pipeline.objects.select_for_update().filter(id=pipeline.id).first()
    if row is None:
        raise NotFound(_("There is no pipeline “%(key)s”.") % {"key": pipeline.key})
    return row


def _clean_name(name: str) -> str:
    name = name.strip()
    if not name:
        raise Invalid(_("Give the pipeline a name."), pointer="/name")
    if len(name) > 80:
        raise Invalid(_("The name is too long: at most 80 characters."), pointer="/name")
    return name


def _free_key(wanted: str | None, name: str) -> str:
    """The wanted key, or one made of the name with a number behind it when it is taken."""
    if wanted:
        if slugify(wanted) != wanted or len(wanted) > 60:
            raise Invalid(
                _("A key has small letters, digits, - and _, at most 60 of them."), pointer="/key"
            )
        if Pipeline.objects.filter(key=wanted).exists():
            raise Invalid(
                _("There is already a pipeline “%(key)s”.") % {"key": wanted}, pointer="/key"
            )
        return wanted
    start = slugify(name)[:50] or "pipeline"
    taken = set(Pipeline.objects.filter(key__startswith=start).values_list("key", flat=True))
    taken.add("new")  # the address of the page on which pipelines are made
    numbered = (f"{start}-{n}" for n in range(2, len(taken) + 3))
    return start if start not in taken else next(one for one in numbered if one not in taken)


def _check_design(pipeline: Pipeline) -> None:
    found = check.errors(findings_of(pipeline))
    if found:
        raise Invalid(
            found[0].message,
            pointer="/stages",
            code="not_ready",
            fields={f"/stages/{one.stage}/{one.part}": one.message for one in found},
        )


def _check_mapping(design: Design, leaving: list[Stranded], mapping: Mapping[str, str]) -> None:
    targets = {stage.key for stage in design.open_stages()}
    lacking = {
        f"/mapping/{one.key}": _(
            "Say where the %(number)s open leads in “%(stage)s” go on: that stage is removed."
        )
        % {"number": one.leads, "stage": one.name}
        for one in leaving
        if mapping.get(one.key) not in targets
    }
    if lacking:
        pointer, message = next(iter(lacking.items()))
        raise Invalid(message, pointer=pointer, code="mapping_lacks", fields=lacking)


def _new_version(
    act: Act, pipeline: Pipeline, design: Design, *, note: str, mapping: Mapping[str, str]
) -> ProcessVersion:
    last = pipeline.versions.aggregate(last=Max("number"))["last"] or 0
    return ProcessVersion.objects.create(
        pipeline=pipeline,
        number=last + 1,
        document=as_document(design),
        mapping=dict(mapping),
        note=note.strip(),
        published_at=act.at,
        published_by_id=act.actor.id if act.actor else None,
    )


def _sync_stages(act: Act, pipeline: Pipeline, design: Design) -> None:
    """Let the stages' rows say what the design says; those it lacks are retired, not removed."""
    known = {stage.key: stage for stage in pipeline.stages.order_by("position", "key")}
    before = _way_up(known.values())
    drawn = {one.key: one for one in design.stages}
    for position, key in enumerate(_places(list(drawn), list(known))):
        row = known.get(key) or Stage(pipeline=pipeline, key=key)
        row.position = position
        if one := drawn.get(key):
            row.name = dict(one.name)
            row.ends_in = one.ends_in or ""
            row.idle_days = one.idle_days
            row.retired_at = None
        else:
            row.retired_at = row.retired_at or act.at
        row.save()
    if _way_up(known.values()) != before:
        place_visits_anew(pipeline.id)


def _places(drawn: list[str], known: list[str]) -> list[str]:
    """The stages drawn, and behind each those that are gone and stood behind it until now.

    So the leads that passed a stage which is gone still went on to a higher one.
    """
    order = list(drawn)
    for key, before in zip(known, [None, *known], strict=False):
        if key not in order:
            order.insert(0 if before is None else order.index(before) + 1, key)
    return order


def _way_up(stages: Iterable[Stage]) -> list[tuple[uuid.UUID, str]]:
    """The stages in their order, and how each ends: what says which visit is a step up."""
    return [(one.id, one.ends_in) for one in sorted(stages, key=lambda one: one.position)]


def _take_along(
    act: Act,
    cause: Event,
    process: Published,
    leaving: list[Stranded],
    mapping: Mapping[str, str],
) -> None:
    """Move the open leads of each stage that is gone to the stage that takes its place."""
    for one in leaving:
        target = process.design.stage(mapping[one.key])
        because = {"rule": "mapping", "version": process.number, "instead_of": one.key}
        gone = StageDesign(key=one.key, name={})
        steps = leave(gone, "moved", False, because) + enter(target, because, assign=False)
        leads = Lead.objects.open().filter(pipeline=process.pipeline, stage__key=one.key)
        for ids in _batches(list(leads.order_by("id").values_list("id", flat=True))):
            rows = list(leads.filter(id__in=ids).select_for_update(of=("self",)).order_by("id"))
            visits = {
                visit.lead_id: visit
                for visit in StageVisit.objects.filter(lead__in=ids, left_at=None)
            }
            begun = {one.id for one in visits.values() if one.entered_at <= act.at}
            skipped = settle.skip_open_tasks(list(begun), at=act.at)
            for lead in rows:
                act.caused_from_now_on_by(cause)
                deed = settle.deed_on(act, lead, process, visits.get(lead.id))
                if deed.visit is not None and deed.visit.id in begun:
                    deed.skipped = skipped.get(deed.visit.id, [])
                settle.carry_out(deed, steps)
                settle.save(deed)
            act.flush()


def _batches(ids: list[uuid.UUID]) -> list[list[uuid.UUID]]:
    return [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
