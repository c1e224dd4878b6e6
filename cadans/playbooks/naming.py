"""Give the stages that somebody added in the browser keys of their names, when they go live."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from cadans.playbooks import drafting
from cadans.playbooks.actions import as_document, publish_pipeline, save_draft
from cadans.playbooks.queries import draft_of
from cadans.process.models import Pipeline, ProcessVersion
from cadans.team.models import User


def publish_by_hand(
    actor: User | None,
    pipeline: Pipeline,
    *,
    revision: int,
    mapping: Mapping[str, str],
    note: str = "",
    via: str = "web",
) -> ProcessVersion:
    """Publish what was drawn in the designer; stages that are new get keys of their names.

    Until then a stage keeps the key it was added with, whatever it is called meanwhile: an edit
    that follows quickly still finds it. `mapping` names the stages as the draft does. Raises what
    `publish_pipeline` raises.
    """
    with transaction.atomic():
        known = set(pipeline.stages.values_list("key", flat=True))
        document, renamed = drafting.keys_by_name(as_document(draft_of(pipeline)), known)
        if renamed:
            pipeline = save_draft(actor, pipeline, document=document, revision=revision, via=via)
            revision = pipeline.draft_revision
        return publish_pipeline(
            actor,
            pipeline,
            note=note,
            mapping={old: renamed.get(new, new) for old, new in mapping.items()},
            revision=revision,
            via=via,
        )
