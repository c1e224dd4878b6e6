"""Pages of imports: choose a file, say what its columns are, try it, import it, see the result."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cadans.exchange.actions import carry_on, take_file
from cadans.exchange.mapping import Mapping, checked_map, guess_mapping
from cadans.exchange.models import ImportRun
from cadans.exchange.queries import Glimpse, glimpse, recent_runs, refused_file_of, visible_run
from cadans.ground.errors import CadansError, Invalid
from cadans.team.models import User
from cadans.team.queries import require_role
from cadans.web.imports import words
from cadans.web.imports.forms import FileForm, MappingForm

IMPORTERS = (User.Role.ADMIN, User.Role.MANAGER)
REASONS_SHOWN = 8
NAMES_SHOWN = 12

State = ImportRun.State
TONES: dict[str, str] = {
    State.DONE: "good",
    State.FAILED: "bad",
    State.RUNNING: "info",
    State.WAITING: "info",
}


class KnownRequest(HttpRequest):
    """A request of somebody who is logged in."""

    user: User


@login_required
@require_GET
def runs(request: KnownRequest) -> HttpResponse:
    """The imports so far."""
    require_role(request.user, *IMPORTERS)
    rows = [(run, TONES.get(run.state, "")) for run in recent_runs(request.user)]
    return render(request, "imports/list.html", {"rows": rows})


@login_required
@require_http_methods(["GET", "POST"])
def new(request: KnownRequest) -> HttpResponse:
    """Choose a file."""
    require_role(request.user, *IMPORTERS)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            run = take_file(request.user, file, kind=form.cleaned_data["kind"], name=file.name)
        except Invalid as error:
            form.add_error("file", error.message)
        else:
            return redirect("imports:page", id=run.id)
    return render(request, "imports/new.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def page(request: KnownRequest, id: uuid.UUID) -> HttpResponse:
    """One import: its mapping, or how far it is, or what came of it."""
    require_role(request.user, *IMPORTERS)
    run = visible_run(request.user, id)
    if run.is_under_way or run.state == State.DONE or not run.file.startswith("imports/"):
        if request.method == "POST":
            return redirect("imports:page", id=run.id)
        return render(request, "imports/page.html", outcome(run))
    head = glimpse(run)
    form = MappingForm(request.POST or None, run=run, glimpse=head, mapping=mapping_of(run, head))
    if request.method == "POST" and form.is_valid():
        try:
            carry_on(
                request.user,
                run,
                mapping=form.chosen_mapping(),
                pipeline=form.cleaned_data.get("pipeline"),
                options=form.chosen_options(),
                trial=request.POST.get("then") != "run",
            )
        except CadansError as error:
            form.add_error(None, error.message)
        else:
            return redirect("imports:page", id=run.id)
    context = {**outcome(run), "form": form, "glimpse": head}
    return render(request, "imports/page.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def progress(request: KnownRequest, id: uuid.UUID) -> HttpResponse:
    """How far an import is; once it ends, the page is shown anew."""
    require_role(request.user, *IMPORTERS)
    run = visible_run(request.user, id)
    response = render(request, "imports/_progress.html", {"run": run})
    if not run.is_under_way:
        response["HX-Redirect"] = reverse("imports:page", args=[run.id])
    return response


@login_required
@require_GET
def refused(request: KnownRequest, id: uuid.UUID) -> FileResponse:
    """The refused rows, to correct and import again."""
    require_role(request.user, *IMPORTERS)
    run = visible_run(request.user, id)
    path = refused_file_of(run)
    word = _("refused")
    name = f"{run.file_name.rsplit('.', 1)[0]}-{word}.csv"
    response = FileResponse(
        path.open("rb"), as_attachment=True, filename=name, content_type="text/csv; charset=utf-8"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def mapping_of(run: ImportRun, head: Glimpse) -> Mapping:
    """The map chosen before, else the one that the headers suggest."""
    if run.mapping:
        return checked_map(run.mapping)
    return guess_mapping(run.kind, list(head.headers))


def outcome(run: ImportRun) -> dict[str, Any]:
    """What the page tells of a run."""
    reasons = sorted(run.reasons.items(), key=lambda one: -one[1])
    found = [
        (
            words.FOUND[kind],
            kind in run.options.get("make", []),
            list(names)[:NAMES_SHOWN],
            max(len(names) - NAMES_SHOWN, 0),
        )
        for kind, names in run.findings.items()
        if kind in words.FOUND and names
    ]
    return {
        "run": run,
        "tone": TONES.get(run.state, ""),
        "reasons": reasons[:REASONS_SHOWN],
        "more_reasons": max(len(reasons) - REASONS_SHOWN, 0),
        "found": found,
        "asks": run.findings.get("asks", {}),
        "may_download": bool(run.refused) and run.file.startswith("imports/"),
    }
