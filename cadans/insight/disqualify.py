"""From a trait of leads that are lost at once to a draft rule that has somebody look first.

The rule is laid before the others of the pipeline's first stage, in the draft: nothing happens to
any lead until the manager has looked at it, tried it and published. See
docs/decisions/0019-a-quick-no-is-looked-at-first.md.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from cadans.ground.errors import NotFound
from cadans.insight.filters import Filters
from cadans.insight.funnel import in_one_pipeline
from cadans.insight.quick_no import quick_no
from cadans.playbooks.actions import save_draft
from cadans.playbooks.drafting import move_part, put_part
from cadans.process.models import Pipeline
from cadans.team.models import User

LONGEST_NAME = 80


def draft_disqualification(
    actor: User, filters: Filters, key: str, *, via: str = "web"
) -> tuple[Pipeline, str]:
    """Lay a rule for the trait `key` into the draft of the report's pipeline; and its stage's key.

    New leads with the trait then go to `actor` first. A trait that has a rule already gets no
    second one. Raises NotFound when the report does not name the trait, NotAllowed for reps.
    """
    filters = in_one_pipeline(filters)
    row = next((row for row in quick_no(filters, actor)["rows"] if row["key"] == key), None)
    if row is None or not row["is_named"]:
        raise NotFound(_("This report names no such trait any more."))
    assert filters.pipeline is not None
    pipeline = Pipeline.objects.select_related("version").get(id=filters.pipeline)
    stage = pipeline.draft["stages"][0]
    rule = rule_for(row, actor)
    if not any(other["name"] == rule["name"] for other in stage["rules"]):
        document = put_part(pipeline.draft, stage["key"], "rules", rule)
        (made,) = (
            other["key"]
            for other in document["stages"][0]["rules"]
            if other["key"] not in {one["key"] for one in stage["rules"]}
        )
        document = move_part(document, stage["key"], "rules", made, to=0)
        pipeline = save_draft(
            actor, pipeline, document=document, revision=pipeline.draft_revision, via=via
        )
    return pipeline, stage["key"]


def rule_for(row: dict[str, Any], actor: User) -> dict[str, Any]:
    """The rule as a playbook writes it: who has the trait goes to `actor` to look at first."""
    name = _("Quick no? %(trait)s") % {"trait": row["label"]}
    return {
        "name": name[:LONGEST_NAME],
        "when": row["condition"],
        "to": {"users": [str(actor.id)], "strategy": "round_robin"},
    }
