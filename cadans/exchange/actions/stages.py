"""Make the stages, or the whole pipeline, that a file names and that are not there yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from cadans.exchange.columns import plain_name
from cadans.exchange.mapping import Take
from cadans.exchange.rows import STATUS_WORDS
from cadans.exchange.tables import Table
from cadans.ground.errors import Invalid
from cadans.playbooks.actions import make_pipeline, publish_pipeline, save_draft
from cadans.playbooks.queries import differs, draft_of
from cadans.process.design import Design
from cadans.process.models import Pipeline, Stage
from cadans.team.models import User

MOST_STAGES = 40


def stages_named(table: Table, takers: Mapping[str, Take]) -> list[str]:
    """The stages that the file names, in order of appearance (rows of other pipelines too)."""
    take = takers.get("stage")
    if take is None:
        return []
    seen: dict[str, str] = {}
    for line in table.lines():
        if not line.fault:
            name = str(take(line.cells)).strip()
            if name and len(seen) <= MOST_STAGES:
                seen.setdefault(name.casefold(), name)
    if len(seen) > MOST_STAGES:
        raise Invalid(
            _("The file names more than %(most)d stages. Is “stage” the right column?")
            % {"most": MOST_STAGES}
        )
    return list(seen.values())


def pipeline_of_stages(actor: User | None, name: str, stages: Sequence[str]) -> Pipeline:
    """A new published pipeline with these stages. Raises Invalid when none of them is open."""
    document = _with_stages({"format": 1, "stages": []}, stages)
    if not any(stage.get("ends_in") is None for stage in document["stages"]):
        raise Invalid(
            _("The file names no stage to make the pipeline “%(name)s” of.") % {"name": name}
        )
    pipeline = make_pipeline(actor, name=name, design=Design.model_validate(document), via="import")
    return _published(actor, pipeline)


def add_stages(actor: User | None, pipeline: Pipeline, names: Sequence[str]) -> Pipeline:
    """Publish the pipeline with those of these stages that it lacks, behind its last open one.

    Raises Invalid when its draft holds changes that nobody published yet.
    """
    assert pipeline.version is not None
    known = {
        plain_name(word)
        for stage in Stage.objects.filter(pipeline=pipeline, retired_at=None)
        for word in (stage.key, *stage.name.values())
    }
    missing = [name for name in names if plain_name(name) not in known]
    if not missing:
        return pipeline
    if differs(pipeline):
        raise Invalid(
            _("“%(pipeline)s” has changes that are not published. Publish or discard them first.")
            % {"pipeline": pipeline.name}
        )
    live = draft_of(pipeline).model_dump(mode="json", exclude_none=True)
    document = _with_stages(live, missing)
    pipeline = save_draft(
        actor, pipeline, document=document, revision=pipeline.draft_revision, via="import"
    )
    return _published(actor, pipeline)


def _published(actor: User | None, pipeline: Pipeline) -> Pipeline:
    publish_pipeline(actor, pipeline, note=_("Stages from an import"), via="import")
    return Pipeline.objects.select_related("version").get(id=pipeline.id)


def _with_stages(document: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    stages = list(document["stages"])
    keys = {stage["key"] for stage in stages}
    for name in names:
        key = _key(name, keys)
        keys.add(key)
        stage: dict[str, Any] = {"key": key, "name": {"nl": name[:120], "en": name[:120]}}
        ends = STATUS_WORDS.get(name.casefold(), "open")
        if ends in {"won", "lost"}:
            stage["ends_in"] = ends
        stages.append(stage)
    order = {None: 0, "won": 1, "lost": 2}
    stages.sort(key=lambda stage: order[stage.get("ends_in")])
    return {**document, "stages": stages}


def _key(name: str, taken: set[str]) -> str:
    base = slugify(name).replace("_", "-").strip("-")[:36] or "stage"
    key, number = base, 2
    while key in taken:
        key, number = f"{base}-{number}", number + 1
    return key
