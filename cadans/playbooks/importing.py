"""Take a playbook's file in: as a new pipeline, or in the place of a pipeline's draft."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from cadans.playbooks.actions import DESIGNERS, make_pipeline, save_draft
from cadans.playbooks.files import roll
from cadans.playbooks.models import PlaybookFile
from cadans.playbooks.playbook import open_playbook
from cadans.process.models import Pipeline
from cadans.team.models import User
from cadans.team.queries import organisation, require_role


def import_playbook(
    actor: User | None,
    text: str,
    *,
    pipeline: Pipeline | None = None,
    under_own_key: bool = False,
    revision: int | None = None,
    via: str = "web",
) -> Pipeline:
    """Take in what a file says, all of it or nothing; what is live does not change.

    Without a `pipeline` a new one is made, `under_own_key` or else one made of its name that is
    free. With one, its draft is replaced, and `revision` is the draft's that the writer saw (None:
    whatever it is). The text is kept, so that an export gives back the file.

    Raises WrongFile with every fault and its line, Outdated when somebody else changed the draft
    meanwhile, Invalid when the key is taken.
    """
    require_role(actor, *DESIGNERS)
    playbook = open_playbook(text, roll()).playbook
    with transaction.atomic():
        if pipeline is None:
            name = playbook.label(organisation().language)
            key = playbook.key if under_own_key else None
            taken = make_pipeline(actor, name=name, key=key, design=playbook.design, via=via)
        else:
            taken = save_draft(
                actor,
                pipeline,
                document=playbook.design.model_dump(mode="json", by_alias=True),
                revision=pipeline.draft_revision if revision is None else revision,
                via=via,
            )
        PlaybookFile.objects.create(
            pipeline=taken,
            text=text,
            called=taken.name,
            taken_at=timezone.now(),
            taken_by=actor,
        )
    return taken
