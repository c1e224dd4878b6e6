"""Try a draft on the leads of the past: ask for it, follow it, read what came of it."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from cadans.ground.errors import CadansError, NotFound
from cadans.playbooks.automation_words import automation_deed
from cadans.playbooks.models import Try
from cadans.playbooks.queries import draft_of, findings_of
from cadans.playbooks.trying.actions import try_draft
from cadans.playbooks.trying.automated import automations_of
from cadans.playbooks.trying.lists import list_lines
from cadans.playbooks.trying.outcome import Outcome, in_short
from cadans.playbooks.trying.queries import (
    leads_with,
    outcome_of,
    tries_of,
    two_courses,
    visible_try,
)
from cadans.playbooks.words import lexicon
from cadans.process.design import Design
from cadans.process.models import Pipeline
from cadans.process.queries import pipelines
from cadans.team.models import User
from cadans.team.queries import require_role
from cadans.web.paging import page_of
from cadans.web.process.desk import pipeline_or_404
from cadans.web.process.trying_words import MarkWords
from cadans.web.requests import PageRequest

DESIGNERS = (User.Role.MANAGER, User.Role.ADMIN)
MONTHS = (1, 3, 6, 12, 24, 36)
TONES: dict[str, str] = {
    Try.State.DONE: "good",
    Try.State.FAILED: "bad",
    Try.State.RUNNING: "info",
    Try.State.WAITING: "info",
}


def months_offered() -> list[tuple[int, str]]:
    """How far back a try can look, in words."""
    return [(n, ngettext("the past month", "the past %(n)d months", n) % {"n": n}) for n in MONTHS]


class TryForm(forms.Form):
    """How far back, what of the draft, and whose leads."""

    months = forms.TypedChoiceField(label=gettext_lazy("Leads of"), coerce=int)
    what = forms.ChoiceField(label=gettext_lazy("What to try"), required=False)
    over = forms.ModelChoiceField(
        label=gettext_lazy("Leads in"), queryset=Pipeline.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, pipeline: Pipeline, design: Design, **fields: Any) -> None:
        super().__init__(*args, **fields)
        months = cast(forms.ChoiceField, self.fields["months"])
        months.choices = months_offered()
        what = cast(forms.ChoiceField, self.fields["what"])
        what.choices = [("", _("The whole draft"))] + [
            (
                f"{stage.key}/{rule.key}",
                _("Only the rule “%(rule)s” in “%(stage)s”")
                % {"rule": rule.name, "stage": stage.label()},
            )
            for stage in design.stages
            for rule in stage.rules
        ]
        over = cast("forms.ModelChoiceField[Pipeline]", self.fields["over"])
        over.queryset = pipelines().filter(version__isnull=False)
        first = pipeline if pipeline.version_id else over.queryset.order_by("-is_default").first()
        self.initial = {"months": 6, "over": first, **(self.initial or {})}


@login_required
@require_http_methods(["GET", "POST"])
def ask(request: PageRequest, key: str) -> HttpResponse:
    """Choose what to try on which leads; the tries so far."""
    pipeline = pipeline_or_404(request, key)
    require_role(request.user, *DESIGNERS)
    rule = f"{request.GET.get('stage', '')}/{request.GET.get('rule', '')}"
    form = TryForm(
        request.POST or None,
        pipeline=pipeline,
        design=draft_of(pipeline),
        initial={"what": rule} if rule != "/" else {},
    )
    if request.method == "POST" and form.is_valid():
        stage, _slash, rule = form.cleaned_data["what"].partition("/")
        try:
            trial = try_draft(
                request.user,
                pipeline,
                months=form.cleaned_data["months"],
                stage=stage,
                rule=rule,
                over=form.cleaned_data["over"],
            )
        except CadansError as error:
            form.add_error(None, error.message)
        else:
            return redirect("process:tried", key=pipeline.key, id=trial.id)
    context = {
        "pipeline": pipeline,
        "form": form,
        "tries": [(one, TONES[one.state]) for one in tries_of(request.user, pipeline)],
        "problems": [one for one in findings_of(pipeline) if one.level == "error"],
        "anything": pipelines().filter(version__isnull=False).exists(),
    }
    status = 422 if form.errors else 200
    return render(request, "process/try.html", context, status=status)


@login_required
@require_GET
def tried(request: PageRequest, key: str, id: uuid.UUID) -> HttpResponse:
    """One try: how far it is, or what came of it."""
    trial = _trial(request, key, id)
    context: dict[str, Any] = {
        "pipeline": trial.pipeline,
        "trial": trial,
        "tone": TONES[trial.state],
        "progress_url": _progress_url(trial),
        "leads_url": _leads_url(trial),
        "rule_name": _rule_name(trial),
        "is_old": trial.revision != trial.pipeline.draft_revision,
    }
    if trial.state == Try.State.DONE:
        context |= _told(outcome_of(trial))
    return render(request, "process/tried.html", context)


@login_required
@require_GET
def progress(request: PageRequest, key: str, id: uuid.UUID) -> HttpResponse:
    """How far a try is; once it ends, the page is shown anew."""
    trial = _trial(request, key, id)
    context = {"trial": trial, "progress_url": _progress_url(trial)}
    response = render(request, "process/_try_progress.html", context)
    if not trial.is_under_way:
        response["HX-Redirect"] = reverse("process:tried", args=[key, trial.id])
    return response


@login_required
@require_GET
def tried_leads(request: PageRequest, key: str, id: uuid.UUID) -> HttpResponse:
    """The leads behind a number: how each went, and how it would have gone."""
    trial = _trial(request, key, id)
    mark = request.GET.get("mark", "all")[:200]
    rows = leads_with(request.user, trial, mark).order_by("id")
    page = page_of(request, rows)
    outcome = outcome_of(trial)
    context = {
        "pipeline": trial.pipeline,
        "trial": trial,
        "title": _upper(MarkWords(outcome).of(mark)) if mark in trial.marks else _("Leads"),
        "count": outcome.counts.get(mark, 0),
        "page": page,
        "rows": two_courses(trial, page.rows),
    }
    part = request.htmx and request.htmx.target == "more"
    template = "process/_tried_leads.html" if part else "process/tried_leads.html"
    return render(request, template, context)


def _trial(request: PageRequest, key: str, id: uuid.UUID) -> Try:
    require_role(request.user, *DESIGNERS)
    trial = visible_try(request.user, id)
    if trial.pipeline.key != key:
        raise NotFound(_("There is no such try."))
    return trial


def _progress_url(trial: Try) -> str:
    return reverse("process:try_progress", args=[trial.pipeline.key, trial.id])


def _leads_url(trial: Try) -> str:
    return reverse("process:tried_leads", args=[trial.pipeline.key, trial.id])


def _told(outcome: Outcome) -> dict[str, Any]:
    """Everything that the page of a result shows."""
    words, known = MarkWords(outcome), lexicon()
    return {
        "outcome": outcome,
        "short": in_short(outcome),
        "figures": [
            (_("Leads tried"), outcome.number("all")),
            (_("Just as it went"), outcome.number("same")),
            (_("Through other stages"), outcome.number("differs/path")),
            (_("Elsewhere now"), outcome.number("differs/end")),
            (_("Another owner"), outcome.number("differs/owner")),
            (_("Tasks due another day"), outcome.number("differs/due")),
        ],
        "stages": outcome.stages(),
        "ends": [(words.ending(end), pair) for end, pair in outcome.ends()],
        "shifts": [
            (words.ending(one.was), words.ending(one.would), one.number) for one in outcome.shifts()
        ],
        "owners": [(words.person(id), leads, tasks) for id, leads, tasks in outcome.owners()],
        "rules": [
            (words.stage(rule.stage), rule, [(words.person(id), n) for id, n in rule.given])
            for rule in outcome.rules()
        ],
        "automations": [
            (
                words.stage(line.stage),
                line,
                automation_deed(line.automation, known),
                [(words.person(id), number) for id, number in line.people],
            )
            for line in automations_of(outcome)
        ],
        "kinds": [(words.kind(kind), pair) for kind, pair in outcome.kinds()],
        "tasks": [(words.stage(task.stage), task) for task in outcome.tasks()],
        "lists": [
            (words.stage(one.stage), words.step(one.step), one) for one in list_lines(outcome)
        ],
        "tellings": outcome.tellings(),
    }


def _rule_name(trial: Try) -> str:
    rules = [rule for stage in trial.design.stages for rule in stage.rules]
    return next((rule.name for rule in rules if rule.key == trial.rule), trial.rule)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
