"""Small edits of a draft: each is saved at once and answered with the designer as it then is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reswap, retarget, trigger_client_event
from pydantic import TypeAdapter, ValidationError

from cadans.ground.conditions import Condition
from cadans.ground.errors import CadansError, Invalid, NotFound
from cadans.playbooks import drafting
from cadans.playbooks.actions import as_document, save_draft
from cadans.playbooks.queries import draft_of
from cadans.playbooks.words import default_goal_name
from cadans.process.design import StageDesign
from cadans.process.goals import AnyGoal
from cadans.process.models import Pipeline
from cadans.team.models import User
from cadans.team.queries import require_role
from cadans.web.process import forms
from cadans.web.process.audience_forms import AudienceStepForm, initial_of_step
from cadans.web.process.automation_forms import AutomationForm, initial_of_automation
from cadans.web.process.conditions import Builder, builder_in, builder_of, condition_in
from cadans.web.process.desk import desk, pipeline_or_404
from cadans.web.process.goal_forms import (
    GOAL_FORMS,
    initial_in,
    initial_of_goal,
    known_names,
)
from cadans.web.process.rule_forms import (
    ABOUT_STRATEGIES,
    RuleForm,
    initial_of_rule,
    rows_of,
    target_of_who,
)
from cadans.web.process.words import GOAL_KINDS
from cadans.web.requests import PageRequest, posted
from cadans.web.toasts import with_toast

GOAL: TypeAdapter[AnyGoal] = TypeAdapter(AnyGoal)
PARTS = ("goals", "tasks", "rules", "audiences", "automations")


@login_required
@require_POST
def add_stage(request: PageRequest, key: str) -> HttpResponse:
    """A new stage behind the open ones, named in the writer's language; rename it at once."""
    pipeline = _pipeline(request, key)
    name = {(get_language() or "nl")[:2]: _("New stage")}
    changed, stage = drafting.add_stage(_document(pipeline), name)
    return _save(request, pipeline, changed, stage=stage, tab="settings")


@login_required
@require_POST
def move_stage(request: PageRequest, key: str) -> HttpResponse:
    """Put a stage at another place in the row."""
    pipeline = _pipeline(request, key)
    stage = request.POST.get("key", "")
    changed = drafting.move_stage(_document(pipeline), stage, to=_number(request, "to"))
    return _save(request, pipeline, changed, stage=request.POST.get("stage", stage))


@login_required
@require_POST
def remove_stage(request: PageRequest, key: str, stage: str) -> HttpResponse:
    """Take a stage out of the draft."""
    pipeline = _pipeline(request, key)
    name = _stage(pipeline, stage).label()
    changed = drafting.remove_stage(_document(pipeline), stage)
    told = _("“%(stage)s” is out of the draft.") % {"stage": name}
    return _save(request, pipeline, changed, told=told)


@login_required
@require_POST
def save_settings(request: PageRequest, key: str, stage: str) -> HttpResponse:
    """Save a stage's name and settings."""
    pipeline = _pipeline(request, key)
    form = forms.StageSettingsForm(request.POST, auto_id="stage_%s")
    if not form.is_valid():
        return _designer(request, pipeline, stage, "settings", form=form, status=422)
    changed = drafting.change_stage(_document(pipeline), stage, form.changes())
    return _save(request, pipeline, changed, stage=stage, tab="settings")


@login_required
@require_POST
def save_guidance(request: PageRequest, key: str, stage: str) -> HttpResponse:
    """Save a stage's guidance."""
    pipeline = _pipeline(request, key)
    form = forms.GuidanceForm(request.POST, auto_id="guidance_%s")
    if not form.is_valid():
        return _designer(request, pipeline, stage, "guidance", form=form, status=422)
    changed = drafting.change_stage(_document(pipeline), stage, {"guidance": form.guidance()})
    return _save(request, pipeline, changed, stage=stage, tab="guidance")


@login_required
@require_POST
def save_goals_needed(request: PageRequest, key: str, stage: str) -> HttpResponse:
    """Save whether all goals of a stage are needed or one is enough."""
    pipeline = _pipeline(request, key)
    needed = "any" if request.POST.get("goals_needed") == "any" else "all"
    changed = drafting.change_stage(_document(pipeline), stage, {"goals_needed": needed})
    return _save(request, pipeline, changed, stage=stage, tab="goals")


@login_required
@require_POST
def save_fallback(request: PageRequest, key: str, stage: str) -> HttpResponse:
    """Save who gets a lead that nobody whom the rules name could take."""
    pipeline = _pipeline(request, key)
    chosen = target_of_who(request.POST.get("fallback", ""))
    changed = drafting.change_stage(_document(pipeline), stage, {"fallback": chosen})
    return _save(request, pipeline, changed, stage=stage, tab="rules")


@login_required
@require_POST
def move_part(request: PageRequest, key: str, stage: str, part: str) -> HttpResponse:
    """Put a goal, task or rule at another place in its list."""
    pipeline = _pipeline(request, key)
    item = request.POST.get("key", "")
    to = _number(request, "to")
    changed = drafting.move_part(_document(pipeline), stage, _part(part), item, to=to)
    return _save(request, pipeline, changed, stage=stage, tab=part)


@login_required
@require_POST
def remove_part(request: PageRequest, key: str, stage: str, part: str, item: str) -> HttpResponse:
    """Take a goal, task or rule out of the draft."""
    pipeline = _pipeline(request, key)
    changed = drafting.remove_part(_document(pipeline), stage, _part(part), item)
    return _save(request, pipeline, changed, stage=stage, tab=part)


@login_required
@require_http_methods(["GET", "POST"])
def edit_part(
    request: PageRequest, key: str, stage: str, part: str, item: str = ""
) -> HttpResponse:
    """A goal, task or rule in the side panel: a new one, or one to change."""
    pipeline = _pipeline(request, key)
    if not request.htmx:
        address = reverse("process:designer", args=[pipeline.key])
        return redirect(f"{address}?{urlencode({'stage': stage, 'tab': part})}")
    design = _stage(pipeline, stage)
    edit = EDITS[_part(part)]
    form, builder, context, shaped = edit(request, design, item)
    if request.method == "POST" and form.is_valid():
        try:
            changed = drafting.put_part(_document(pipeline), stage, _part(part), shaped(), key=item)
            return _saved(request, pipeline, changed, stage=stage, tab=part)
        except (Invalid, ValidationError) as error:
            form.add_error(None, _message(error))
        except CadansError as error:
            form.add_error(None, error.message)
    context |= {
        "pipeline": pipeline,
        "stage": design,
        "part": part,
        "item": item,
        "form": form,
        "builder": builder,
    }
    status = 422 if form.is_bound and form.errors else 200
    response = render(request, f"process/_edit_{part}.html", context, status=status)
    return response if status == 200 else reswap(retarget(response, "#drawer-body"), "innerHTML")


def _edit_goal(request: PageRequest, stage: StageDesign, item: str) -> tuple[Any, Any, Any, Any]:
    present = next((goal for goal in stage.goals if goal.key == item), None)
    if item and present is None:
        raise NotFound(_("“%(key)s” is no longer in this draft.") % {"key": item})
    kind = present.kind if present else request.GET.get("kind", "field")
    if kind not in GOAL_FORMS:
        raise Http404
    initial = initial_of_goal(present) if present else {}
    form = GOAL_FORMS[kind](
        posted(request), initial={**initial, **initial_in(request.GET.dict())}, stage=stage
    )
    builder = None
    if form.conditions:
        where = getattr(present, "where", Condition())
        builder = _builder(request, where, is_free=True)

    def shaped() -> dict[str, Any]:
        goal = form.goal()
        if form.conditions:
            goal["where"] = condition_in(request.POST)
        if not goal["name"]:
            ready = GOAL.validate_python({**goal, "key": "new"})
            goal["name"] = default_goal_name(ready, stage)
        return goal

    label, icon = GOAL_KINDS[kind]
    context = {"kind": kind, "label": label, "icon": icon, "known_names": known_names(kind)}
    return form, builder, context, shaped


def _edit_task(request: PageRequest, stage: StageDesign, item: str) -> tuple[Any, Any, Any, Any]:
    present = stage.task(item) if item else None
    if item and present is None:
        raise NotFound(_("“%(key)s” is no longer in this draft.") % {"key": item})
    initial = forms.initial_of_task(present) if present else {}
    form = forms.TaskForm(posted(request), initial=initial, stage=stage, item=item)
    return form, None, {}, form.task


def _edit_rule(request: PageRequest, stage: StageDesign, item: str) -> tuple[Any, Any, Any, Any]:
    present = next((rule for rule in stage.rules if rule.key == item), None)
    if item and present is None:
        raise NotFound(_("“%(key)s” is no longer in this draft.") % {"key": item})
    data = request.POST if request.method == "POST" else None
    form = RuleForm(data, initial=initial_of_rule(present))
    builder = _builder(request, present.when if present else Condition())
    context = {**rows_of(present, data), "about_strategies": ABOUT_STRATEGIES}
    return form, builder, context, lambda: form.rule(condition_in(request.POST))


def _edit_automation(
    request: PageRequest, stage: StageDesign, item: str
) -> tuple[Any, Any, Any, Any]:
    present = next((one for one in stage.automations if one.key == item), None)
    if item and present is None:
        raise NotFound(_("“%(key)s” is no longer in this draft.") % {"key": item})
    form = AutomationForm(posted(request), initial=initial_of_automation(present), stage=stage)
    builder = _builder(request, present.when if present else Condition())
    return form, builder, {}, lambda: form.automation(condition_in(request.POST))


def _edit_audience(
    request: PageRequest, stage: StageDesign, item: str
) -> tuple[Any, Any, Any, Any]:
    present = next((step for step in stage.audiences if step.key == item), None)
    if item and present is None:
        raise NotFound(_("“%(key)s” is no longer in this draft.") % {"key": item})
    form = AudienceStepForm(posted(request), initial=initial_of_step(present), stage=stage)
    return form, None, {"tags": form.known_tags()}, form.step


EDITS = {
    "goals": _edit_goal,
    "tasks": _edit_task,
    "rules": _edit_rule,
    "audiences": _edit_audience,
    "automations": _edit_automation,
}


def _builder(request: PageRequest, when: Condition, *, is_free: bool = False) -> Builder:
    """The condition as it was filled in, else as it is kept."""
    if request.method == "POST":
        return builder_in(request.POST, is_free=is_free)
    return builder_of(when, is_free=is_free)


def _pipeline(request: PageRequest, key: str) -> Pipeline:
    require_role(request.user, User.Role.MANAGER, User.Role.ADMIN)
    return pipeline_or_404(request, key)


def _document(pipeline: Pipeline) -> dict[str, Any]:
    """The draft with every field written out, as small edits want it."""
    return as_document(draft_of(pipeline))


def _stage(pipeline: Pipeline, key: str) -> StageDesign:
    try:
        return draft_of(pipeline).stage(key)
    except KeyError:
        raise NotFound(_("“%(key)s” is no longer in this draft.") % {"key": key}) from None


def _part(part: str) -> drafting.Part:
    if part not in PARTS:
        raise Http404
    return part  # type: ignore[return-value]


def _number(request: PageRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isdigit() else 0


def _save(
    request: PageRequest,
    pipeline: Pipeline,
    document: Mapping[str, Any],
    *,
    stage: str = "",
    tab: str = "",
    told: str = "",
) -> HttpResponse:
    """Save, and answer with the designer; what is refused is told in a toast beside it."""
    tab = tab or request.POST.get("tab", "")
    stage = stage or request.POST.get("stage", "")
    try:
        response = _saved(request, pipeline, document, stage=stage, tab=tab)
    except CadansError as error:
        fresh = pipeline_or_404(request, pipeline.key)
        response = _designer(request, fresh, stage, tab, status=422)
        return with_toast(response, error.message, "error")
    return with_toast(response, told) if told else response


def _saved(
    request: PageRequest, pipeline: Pipeline, document: Mapping[str, Any], *, stage: str, tab: str
) -> HttpResponse:
    revision = _number(request, "revision")
    live = pipeline.version
    saved = save_draft(request.user, pipeline, document=document, revision=revision)
    saved.version = live
    # After the swap: a panel that closes before it takes the form, and how to swap, along.
    response = _designer(request, saved, stage, tab)
    return trigger_client_event(response, "drawer-close", after="swap")


def _designer(
    request: PageRequest,
    pipeline: Pipeline,
    stage: str,
    tab: str,
    *,
    form: Any = None,
    status: int = 200,
) -> HttpResponse:
    context = desk(request, pipeline, stage=stage, tab=tab)
    if form is not None:
        context["form"] = form
    return render(request, "process/_designer.html", context, status=status)


def _message(error: Invalid | ValidationError) -> str:
    if isinstance(error, Invalid):
        return error.message
    return _("This is not complete.")
