"""Playbooks as files: download a pipeline, take one in, and the schema that editors ask for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods

from cadans.ground.errors import CadansError, NotFound
from cadans.playbooks import lines
from cadans.playbooks.difference import differences
from cadans.playbooks.files import draft_file, file_name, version_file, version_numbered
from cadans.playbooks.importing import import_playbook
from cadans.playbooks.lines import Complaint, WrongFile
from cadans.playbooks.playbook import Playbook
from cadans.playbooks.queries import draft_of
from cadans.playbooks.reading import LARGEST
from cadans.playbooks.schema import schema_of
from cadans.process.models import Pipeline
from cadans.team.models import User
from cadans.team.queries import require_role
from cadans.web.process.desk import pipeline_or_404
from cadans.web.requests import PageRequest, posted

DESIGNERS = (User.Role.MANAGER, User.Role.ADMIN)
MOST_TOLD = 50
"""Complaints that a page shows; who mends these will see the rest."""


class FileForm(forms.Form):
    """A playbook's file."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A playbook in YAML, as you download it here."),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
    )
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: PageRequest) -> HttpResponse:
    """A new pipeline of a file."""
    require_role(request.user, *DESIGNERS)
    form = FileForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        made, complaints = _taken(request, form, None)
        if made is not None:
            messages.success(request, _("A draft. Nobody sees it until you publish it."))
            return redirect("process:designer", key=made.key)
        return _page(request, None, form, complaints)
    return _page(request, None, form)


@login_required
@require_http_methods(["GET", "POST"])
def replace(request: PageRequest, key: str) -> HttpResponse:
    """Download a pipeline as a file, or put a file in the place of its draft."""
    require_role(request.user, *DESIGNERS)
    pipeline = pipeline_or_404(request, key)
    initial = {"revision": pipeline.draft_revision}
    form = FileForm(posted(request), request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        before = draft_of(pipeline)
        taken, complaints = _taken(request, form, pipeline)
        if taken is not None:
            number = len(differences(before, draft_of(taken)))
            told = ngettext(
                "The draft is what the file says: %(number)d change.",
                "The draft is what the file says: %(number)d changes.",
                number,
            )
            messages.success(request, told % {"number": number})
            return redirect("process:designer", key=pipeline.key)
        return _page(request, pipeline, form, complaints)
    return _page(request, pipeline, form)


@login_required
@require_GET
def download(request: PageRequest, key: str) -> HttpResponse:
    """The draft as a file, or with `?version=2` that published version."""
    require_role(request.user, *DESIGNERS)
    pipeline = pipeline_or_404(request, key)
    number = request.GET.get("version", "")
    if number and not number.isdecimal():
        raise NotFound(_("“%(pipeline)s” has no such version.") % {"pipeline": pipeline})
    version = version_numbered(pipeline, int(number)) if number else None
    text = version_file(pipeline, version) if version else draft_file(pipeline)
    response = HttpResponse(text.encode(), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name(pipeline, version)}"'
    return response


@require_GET
@cache_control(public=True, max_age=3600)
def schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of playbooks, for editors, which do not log in."""
    response = JsonResponse(schema_of(Playbook), json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = "application/schema+json"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _taken(
    request: PageRequest, form: FileForm, pipeline: Pipeline | None
) -> tuple[Pipeline | None, list[Complaint]]:
    """The pipeline as it then is, or what is wrong with the file."""
    file: UploadedFile[Any] = form.cleaned_data["file"]
    try:
        text = lines.decoded(file.read(LARGEST + 1))
        revision = form.cleaned_data["revision"]
        return import_playbook(request.user, text, pipeline=pipeline, revision=revision), []
    except WrongFile as error:
        return None, error.complaints
    except CadansError as error:
        form.add_error(None, error.message)
        return None, []


def _page(
    request: PageRequest,
    pipeline: Pipeline | None,
    form: FileForm,
    complaints: list[Complaint] | None = None,
) -> HttpResponse:
    told = complaints or []
    context = {
        "pipeline": pipeline,
        "form": form,
        "complaints": told[:MOST_TOLD],
        "complaint_count": len(told),
        "file_name": form.cleaned_data["file"].name if told else "",
        "versions": list(pipeline.versions.order_by("-number")[:10]) if pipeline else [],
    }
    status = 422 if told or form.errors else 200
    return render(request, "process/file.html", context, status=status)
