"""Pages of the process: all pipelines, and the designer of one."""

from __future__ import annotations

from secrets import token_hex

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cadans.ground.conditions import Condition
from cadans.ground.errors import Invalid
from cadans.playbooks.actions import (
    archive_pipeline,
    rename_pipeline,
    set_default,
)
from cadans.playbooks.queries import overview_of_pipelines
from cadans.team.models import User
from cadans.team.queries import require_role
from cadans.web.process.conditions import Group, builder_of, row_of
from cadans.web.process.desk import desk, may_design, pipeline_or_404
from cadans.web.requests import PageRequest

DESIGNERS = (User.Role.MANAGER, User.Role.ADMIN)


@login_required
@require_GET
def overview(request: PageRequest) -> HttpResponse:
    """Every pipeline as a drawing of its stages. Reps see those that are live."""
    editing = may_design(request.user)
    rows = [one for one in overview_of_pipelines() if editing or one.pipeline.version_id]
    return render(request, "process/overview.html", {"rows": rows, "editing": editing})


@login_required
@require_GET
def designer(request: PageRequest, key: str) -> HttpResponse:
    """The designer of one pipeline; htmx asks for its changing part alone."""
    pipeline = pipeline_or_404(request, key)
    context = desk(
        request, pipeline, stage=request.GET.get("stage", ""), tab=request.GET.get("tab", "")
    )
    part = request.htmx and request.htmx.target == "designer"
    return render(request, "process/_designer.html" if part else "process/designer.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def rename(request: PageRequest, key: str) -> HttpResponse:
    """Give the pipeline another name, in the side panel."""
    pipeline = pipeline_or_404(request, key)
    require_role(request.user, *DESIGNERS)
    if not request.htmx:
        return redirect("process:designer", key=pipeline.key)
    if request.method == "GET":
        return render(request, "process/_rename.html", {"pipeline": pipeline})
    try:
        rename_pipeline(request.user, pipeline, name=request.POST.get("name", ""))
    except Invalid as error:
        context = {"pipeline": pipeline, "error": error.message, "name": request.POST.get("name")}
        return render(request, "process/_rename.html", context, status=422)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = reverse("process:designer", args=[pipeline.key])
    return response


@login_required
@require_POST
def make_default(request: PageRequest, key: str) -> HttpResponse:
    """Let new leads go to this pipeline."""
    pipeline = set_default(request.user, pipeline_or_404(request, key))
    messages.success(
        request, _("New leads go to “%(pipeline)s” now.") % {"pipeline": pipeline.name}
    )
    return _redirect(request, reverse("process:designer", args=[pipeline.key]))


@login_required
@require_POST
def archive(request: PageRequest, key: str) -> HttpResponse:
    """Put the pipeline away."""
    pipeline = archive_pipeline(request.user, pipeline_or_404(request, key))
    messages.success(request, _("“%(pipeline)s” is archived.") % {"pipeline": pipeline.name})
    return _redirect(request, reverse("process:overview"))


@login_required
@require_GET
def condition_row(request: PageRequest) -> HttpResponse:
    """A row of the condition builder, for a field and comparison chosen in the page; with
    `group=new` a group with a first row in it."""
    is_free = request.GET.get("free") == "1"
    group = request.GET.get("group", "")[:40]
    is_new = group == "new"
    is_other = bool(request.htmx) and request.htmx.trigger_name == "when_field"
    group = f"g{token_hex(4)}" if is_new else group
    row = row_of(
        request.GET.get("number", "")[:40] or token_hex(4),
        request.GET.get("when_field", "")[:80],
        "" if is_other else request.GET.get("when_is", "equal"),
        "" if is_other else request.GET.get("when_than", "")[:400],
        is_free=is_free,
        group=group,
    )
    context = {"row": row, "builder": builder_of(Condition(), is_free=is_free)}
    if is_new:
        context["group"] = Group(group, rows=[row])
        return render(request, "process/_condition_group.html", context)
    return render(request, "process/_condition_row.html", context)


def _redirect(request: PageRequest, to: str) -> HttpResponse:
    if not request.htmx:
        return redirect(to)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = to
    return response
