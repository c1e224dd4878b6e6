"""Published versions: what each brought, who follows it, and two of them beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cadans.ground.errors import NotAllowed
from cadans.playbooks.queries import Publication, differs, history
from cadans.playbooks.versions import (
    DRAFT,
    Following,
    Passage,
    compared,
    followers,
    passages,
)
from cadans.process.models import Pipeline
from cadans.team.models import User
from cadans.web.process.desk import may_design, pipeline_or_404
from cadans.web.requests import PageRequest


@dataclass(frozen=True)
class VersionCard:
    """A version in the list: what it changed, who follows it, where leads went on with it."""

    publication: Publication
    following: Following
    passages: list[Passage]
    before: int | None
    """The number of the version before it, to compare with."""


def version_cards(pipeline: Pipeline, user: User) -> list[VersionCard]:
    """The published versions of a pipeline, newest first."""
    published = history(pipeline)
    following = followers(pipeline, user)
    return [
        VersionCard(
            one,
            following.get(one.version.id, Following(0, 0)),
            passages(one.version, before.version.design if before else None),
            before.version.number if before else None,
        )
        for one, before in zip_longest(published, published[1:])
    ]


@login_required
@require_GET
def comparison(request: PageRequest, key: str) -> HttpResponse:
    """Two states of the process beside each other: `before` and `after`, by default what is live
    and the one before it."""
    pipeline = pipeline_or_404(request, key)
    numbers = list(pipeline.versions.order_by("-number").values_list("number", flat=True))
    editing = may_design(request.user)
    choices = [(str(number), _("Version %(number)s") % {"number": number}) for number in numbers]
    if editing:
        choices.insert(0, (DRAFT, _("The draft")))
    before, after = _asked(request, pipeline, numbers)
    if DRAFT in {before, after} and not editing:
        raise NotAllowed(_("Only managers and administrators see drafts."))
    found = compared(pipeline, before, after)
    only_changes = request.GET.get("all") != "1"
    context = {
        "pipeline": pipeline,
        "choices": choices,
        "before": before,
        "after": after,
        "found": found,
        "names": (_name_of(before), _name_of(after)),
        "only_changes": only_changes,
        "stages": [one for one in found.stages if one.state != "same" or not only_changes],
    }
    return render(request, "process/comparison.html", context)


def _asked(request: PageRequest, pipeline: Pipeline, numbers: list[int]) -> tuple[str, str]:
    """The two sides that were chosen; else the last step that was taken, or is about to be."""
    after = str(numbers[0]) if numbers else DRAFT
    before = str(numbers[1]) if len(numbers) > 1 else after
    if len(numbers) == 1 and may_design(request.user) and differs(pipeline):
        before, after = after, DRAFT
    return request.GET.get("before") or before, request.GET.get("after") or after


def _name_of(state: str) -> str:
    return _("The draft") if state == DRAFT else _("Version %(number)s") % {"number": state}
