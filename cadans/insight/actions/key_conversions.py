"""Say which conversions decide."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cadans.events.act import Act, Subject
from cadans.ground.errors import Conflict, Invalid
from cadans.insight.key_conversions import PROPOSED, marked_in
from cadans.insight.models import KeyConversion
from cadans.process.models import Pipeline, Stage
from cadans.team.models import User
from cadans.team.queries import require_role

DECIDERS = (User.Role.MANAGER, User.Role.ADMIN)


def mark_key_conversion(actor: User | None, stage: Stage, *, via: str = "web") -> None:
    """Mark going on from a stage as decisive. At most two in a pipeline are.

    Raises Invalid for a stage without a next one, Conflict when there are two. Does nothing twice.
    """
    require_role(actor, *DECIDERS)
    if stage.ends_in or stage.retired_at is not None:
        raise Invalid(_("From this stage leads do not go on to a next one."), pointer="/stage")
    with Act(actor, via=via) as act:
        Pipeline.objects.select_for_update().get(id=stage.pipeline_id)
        marked = marked_in(stage.pipeline_id)
        if stage.key in marked:
            return
        if len(marked) >= PROPOSED:
            raise Conflict(
                _("Two conversions are marked already. Unmark one of them first."),
                pointer="/stage",
                code="two_marked",
            )
        by = act.actor.id if act.actor else None
        KeyConversion.objects.create(stage=stage, marked_at=act.at, marked_by_id=by)
        act.record("key_conversion_marked", _subject(stage), data=_told(stage))


def unmark_key_conversion(actor: User | None, stage: Stage, *, via: str = "web") -> None:
    """Take the mark away. Does nothing when there is none."""
    require_role(actor, *DECIDERS)
    with Act(actor, via=via) as act:
        gone, _by_kind = KeyConversion.objects.filter(stage=stage).delete()
        if gone:
            act.record("key_conversion_unmarked", _subject(stage), data=_told(stage))


def _subject(stage: Stage) -> Subject:
    return Subject("pipeline", stage.pipeline_id, pipeline=stage.pipeline_id)


def _told(stage: Stage) -> dict[str, str]:
    return {"stage": str(stage.id), "key": stage.key}
