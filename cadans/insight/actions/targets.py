"""Set what is aimed at."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from cadans.events.act import Act, Subject
from cadans.ground.errors import Invalid
from cadans.insight.models import Target
from cadans.insight.overview import MEASURES, SHARE
from cadans.team.models import User
from cadans.team.queries import require_role


def set_targets(actor: User, values: Mapping[str, Decimal | None]) -> None:
    """Set a target for each figure named, or none: shares from 0 to 1, amounts, days.

    Raises NotAllowed for whoever is no manager or administrator, Invalid for a figure that there
    is none of and for a value that it cannot reach.
    """
    require_role(actor, User.Role.MANAGER, User.Role.ADMIN)
    for name, value in values.items():
        if name not in MEASURES:
            raise Invalid(_("There is no such figure."), pointer=f"/{name}")
        most = Decimal(1) if MEASURES[name].kind == SHARE else Decimal(10) ** 12
        if value is not None and not 0 < value <= most:
            wrong = _("A target must be more than 0, and a share at most 100%.")
            raise Invalid(wrong, pointer=f"/{name}")
    with Act(actor) as act:
        for name, value in values.items():
            if value is None:
                Target.objects.filter(figure=name).delete()
                continue
            Target.objects.update_or_create(
                figure=name, defaults={"value": value, "set_by": actor, "set_at": act.at}
            )
        act.record(
            "targets_set",
            Subject("organisation", act.id),
            data={name: None if value is None else str(value) for name, value in values.items()},
        )
