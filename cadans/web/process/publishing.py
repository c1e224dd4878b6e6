"""Make a draft live, throw it away, look back at versions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from cadans.ground.errors import CadansError
from cadans.playbooks.actions import discard_draft
from cadans.playbooks.difference import differences
from cadans.playbooks.naming import publish_by_hand
from cadans.playbooks.queries import draft_of, findings_of, live_of, open_leads, stranded
from cadans.process.models import Pipeline
from cadans.team.models import User
from cadans.team.queries import require_role
from cadans.web.process.desk import may_design, pipeline_or_404
from cadans.web.process.versions import version_cards
from cadans.web.requests import PageRequest

DESIGNERS = (User.Role.MANAGER, User.Role.ADMIN)


@login_required
@require_http_methods(["GET", "POST"])
def publish(request: PageRequest, key: str) -> HttpResponse:
    """The publish panel: what changes, what is wrong, where leads go on; then make it live."""
    pipeline = pipeline_or_404(request, key)
    require_role(request.user, *DESIGNERS)
    if not request.htmx:
        return redirect("process:designer", key=pipeline.key)
    if request.method == "GET":
        return render(request, "process/_publish.html", _panel(pipeline))
    mapping = {
        name.removeprefix("map_"): str(value)
        for name, value in request.POST.items()
        if name.startswith("map_") and value
    }
    revision = request.POST.get("revision", "")
    try:
        version = publish_by_hand(
            request.user,
            pipeline,
            note=request.POST.get("note", "")[:2000],
            mapping=mapping,
            revision=int(revision) if revision.isdigit() else 0,
        )
    except CadansError as error:
        context = _panel(pipeline_or_404(request, key))
        context |= {"error": error.message, "note": request.POST.get("note", "")}
        context |= {"mapping": mapping}
        return render(request, "process/_publish.html", context, status=422)
    leads = open_leads(pipeline)
    told = ngettext(
        "Version %(number)d is live. %(leads)d open lead follows it.",
        "Version %(number)d is live. %(leads)d open leads follow it.",
        leads,
    )
    if not leads:
        told = _("Version %(number)d is live.")
    messages.success(request, told % {"number": version.number, "leads": leads})
    return HttpResponseClientRedirect(reverse("process:designer", args=[pipeline.key]))


@login_required
@require_POST
def discard(request: PageRequest, key: str) -> HttpResponse:
    """Make the draft again what is live."""
    pipeline = pipeline_or_404(request, key)
    revision = request.POST.get("revision", "")
    discard_draft(request.user, pipeline, revision=int(revision) if revision.isdigit() else 0)
    messages.success(request, _("The draft is again what is live."))
    return HttpResponseClientRedirect(reverse("process:designer", args=[pipeline.key]))


@login_required
@require_GET
def versions_page(request: PageRequest, key: str) -> HttpResponse:
    """What was published when, by whom, and what it changed."""
    pipeline = pipeline_or_404(request, key)
    context = {
        "pipeline": pipeline,
        "versions": version_cards(pipeline, request.user),
        "editing": may_design(request.user),
    }
    return render(request, "process/versions.html", context)


def _panel(pipeline: Pipeline) -> dict[str, Any]:
    design = draft_of(pipeline)
    found = findings_of(pipeline)
    live = live_of(pipeline)
    leads = open_leads(pipeline)
    return {
        "pipeline": pipeline,
        "number": pipeline.versions.count() + 1,
        "changes": differences(live, design),
        "is_first": live is None,
        "problems": [one for one in found if one.level == "error"],
        "remarks": [one for one in found if one.level == "warning"],
        "stranded": stranded(pipeline, design),
        "targets": list(design.open_stages()),
        "leads": leads,
        "mapping": {},
    }
