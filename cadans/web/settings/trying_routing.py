"""Try routing rules on the leads of the past: ask, follow, read what came of it, put it live."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect
from pydantic import ValidationError

from cadans.ground.conditions import Condition
from cadans.ground.errors import CadansError
from cadans.playbooks.models import RoutingTry
from cadans.playbooks.trying.routing.actions import adopt_tried_rule, try_routing
from cadans.playbooks.trying.routing.outcome import RoutingOutcome, routing_in_short
from cadans.playbooks.trying.routing.queries import (
    live_rule,
    routed_with,
    routing_outcome,
    rule_in_question,
    rules_as_they_are,
    tried_rules,
    two_ways,
    visible_routing_tries,
    visible_routing_try,
)
from cadans.playbooks.trying.routing.rules import NEW, TriedRule
from cadans.playbooks.words import condition_words, lexicon
from cadans.process.models import Pipeline, RoutingRule
from cadans.process.queries import pipelines
from cadans.team.models import User
from cadans.team.queries import require_role
from cadans.web.paging import page_of
from cadans.web.process.trying import TONES, months_offered
from cadans.web.requests import PageRequest
from cadans.web.settings.places import groups
from cadans.web.settings.routing import ROUTING, RoutingForm
from cadans.web.settings.views import tell

DESIGNERS = (User.Role.MANAGER, User.Role.ADMIN)


class RoutingTryForm(forms.Form):
    """Which rules, how far back, and whether leads count whose pipeline somebody chose."""

    what = forms.ChoiceField(label=gettext_lazy("What to try"), required=False)
    months = forms.TypedChoiceField(label=gettext_lazy("Leads of"), coerce=int)
    everyone = forms.BooleanField(
        label=gettext_lazy("Also leads for which somebody chose the pipeline"), required=False
    )

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        cast(forms.ChoiceField, self.fields["months"]).choices = months_offered()
        cast(forms.ChoiceField, self.fields["what"]).choices = [
            ("", _("All rules as they are")),
            *((one.key, _("Only “%(rule)s”") % {"rule": one.name}) for one in rules_as_they_are()),
        ]
        self.initial = {"months": 6, **(self.initial or {})}


@login_required
@require_http_methods(["GET", "POST"])
def ask(request: PageRequest) -> HttpResponse:
    """Choose what to try on which leads; the tries so far."""
    require_role(request.user, *DESIGNERS)
    form = RoutingTryForm(
        request.POST or None, initial={"what": request.GET.get("rule", "")} if request.GET else {}
    )
    if request.method == "POST" and form.is_valid():
        try:
            trial = try_routing(
                request.user,
                months=form.cleaned_data["months"],
                only=form.cleaned_data["what"],
                everyone=form.cleaned_data["everyone"],
            )
        except CadansError as error:
            tell(form, error)
        else:
            return redirect("settings:routing_tried", id=trial.id)
    tries = visible_routing_tries(request.user).defer("marks", "result")
    context = {
        "groups": groups(request.user),
        "current": ROUTING.key,
        "form": form,
        "tries": [(one, TONES[one.state], _about(one)) for one in tries],
        "anything": pipelines().filter(version__isnull=False).exists(),
    }
    status = 422 if form.errors else 200
    return render(request, "settings/routing_try.html", context, status=status)


@login_required
@require_POST
def ask_for_changed(request: PageRequest) -> HttpResponse:
    """Try a rule as it stands in the side panel, before it is saved."""
    require_role(request.user, *DESIGNERS)
    word = request.GET.get("rule", "")
    rule = cast("RoutingRule | None", ROUTING.find(request.user, word)) if word else None
    form = RoutingForm(request.POST, user=request.user, thing=rule)
    if form.is_valid():
        try:
            trial = try_routing(request.user, changed=_changed(form.cleaned_data, rule))
        except CadansError as error:
            tell(form, error)
        except ValidationError:
            form.add_error(None, _("This condition is not complete."))
        else:
            return HttpResponseClientRedirect(reverse("settings:routing_tried", args=[trial.id]))
    context = {"listing": ROUTING, "form": form, "thing": rule}
    context |= ROUTING.beside(request, rule) if ROUTING.beside else {}
    return render(request, "settings/_edit.html", context, status=422)


@login_required
@require_POST
def ask_again(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """The same rules over the leads of another period."""
    trial = _trial(request, id)
    form = RoutingTryForm({**request.POST.dict(), "what": ""})
    if not form.is_valid():
        return redirect("settings:routing_tried", id=trial.id)
    rules = tried_rules(trial)
    asked = rule_in_question(trial)
    try:
        trial = try_routing(
            request.user,
            months=form.cleaned_data["months"],
            everyone=form.cleaned_data["everyone"],
            rules=rules,
            changed=asked if trial.changed else None,
            only=asked.key if trial.alone and asked else "",
        )
    except CadansError as error:
        messages.error(request, error.message)
    return redirect("settings:routing_tried", id=trial.id)


@login_required
@require_GET
def tried(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """One try: how far it is, or what came of it."""
    trial = _trial(request, id)
    context: dict[str, Any] = {
        "trial": trial,
        "tone": TONES[trial.state],
        "progress_url": reverse("settings:routing_progress", args=[trial.id]),
        "leads_url": reverse("settings:routing_tried_leads", args=[trial.id]),
        "about": _about(trial),
        "can_adopt": _can_adopt(trial),
        "is_new": trial.changed == NEW,
        "again": RoutingTryForm(initial={"months": trial.months, "everyone": trial.everyone}),
    }
    if trial.state == RoutingTry.State.DONE:
        context |= _told(trial)
    return render(request, "settings/routing_tried.html", context)


@login_required
@require_GET
def progress(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """How far a try is; once it ends, the page is shown anew."""
    trial = _trial(request, id)
    response = render(
        request,
        "process/_try_progress.html",
        {"trial": trial, "progress_url": reverse("settings:routing_progress", args=[trial.id])},
    )
    if not trial.is_under_way:
        response["HX-Redirect"] = reverse("settings:routing_tried", args=[trial.id])
    return response


@login_required
@require_POST
def adopt(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Put the rule that was tried live."""
    trial = _trial(request, id)
    try:
        rule = adopt_tried_rule(request.user, trial)
    except CadansError as error:
        messages.error(request, error.message)
        return redirect("settings:routing_tried", id=trial.id)
    messages.success(request, _("The rule “%(rule)s” is live.") % {"rule": rule.name})
    return redirect("settings:listing", key=ROUTING.key)


@login_required
@require_GET
def tried_leads(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """The leads behind a number: where each went, and where it would have gone."""
    trial = _trial(request, id)
    mark = request.GET.get("mark", "all")[:200]
    page = page_of(request, routed_with(request.user, trial, mark).order_by("id"))
    outcome = routing_outcome(trial)
    context = {
        "trial": trial,
        "title": title_of(mark, outcome) if mark in trial.marks else _("Leads"),
        "count": outcome.counts.get(mark, 0),
        "page": page,
        "rows": two_ways(trial, page.rows),
    }
    part = request.htmx and request.htmx.target == "more"
    template = "settings/_routing_tried_leads.html" if part else "settings/routing_tried_leads.html"
    return render(request, template, context)


def title_of(mark: str, outcome: RoutingOutcome) -> str:
    """What a mark stands for: the title above the leads that bear it."""
    first, *rest = mark.split("/")
    plain = PLAIN.get(mark)
    if plain is not None:
        return plain()
    if first in {"was", "would"}:
        word = _("Went to “%(pipeline)s”") if first == "was" else _("Would go to “%(pipeline)s”")
        return word % {"pipeline": outcome.name(rest[1])}
    if first == "shift":
        return _("From “%(was)s” to “%(would)s”") % {
            "was": outcome.name(rest[0]),
            "would": outcome.name(rest[1]),
        }
    name = next((one.name for one in outcome.tried if one.key == rest[0]), rest[0])
    return OF_RULE[first]() % {"rule": name}


PLAIN: Mapping[str, Callable[[], str]] = {
    "all": lambda: _("All leads that were tried"),
    "same": lambda: _("Leads that would go where they went"),
    "differs": lambda: _("Leads that would go to another pipeline"),
    "chosen": lambda: _("Leads for which somebody chose the pipeline"),
    "rule/": lambda: _("Leads that no rule is for"),
    "elsewhere/": lambda: _("Leads that no rule is for, and that went elsewhere"),
}
OF_RULE: Mapping[str, Callable[[], str]] = {
    "rule": lambda: _("Leads that “%(rule)s” takes"),
    "holds": lambda: _("Leads for which “%(rule)s” holds"),
    "elsewhere": lambda: _("Leads that “%(rule)s” takes, and that went elsewhere"),
}


def _trial(request: PageRequest, id: uuid.UUID) -> RoutingTry:
    require_role(request.user, *DESIGNERS)
    return visible_routing_try(request.user, id)


def _changed(told: Mapping[str, Any], rule: RoutingRule | None) -> TriedRule:
    pipeline: Pipeline = told["pipeline"]
    return TriedRule(
        key=str(rule.id) if rule else NEW,
        name=told["name"],
        when=Condition.model_validate(told["when"]),
        pipeline=pipeline.id,
    )


def _can_adopt(trial: RoutingTry) -> bool:
    if trial.state != RoutingTry.State.DONE or not trial.changed or trial.adopted_at:
        return False
    return trial.changed == NEW or live_rule(trial) is not None


def _about(trial: RoutingTry) -> str:
    """What was tried, in words."""
    asked = rule_in_question(trial)
    if asked is None:
        return _("All rules as they were")
    words = {"rule": asked.name}
    if trial.alone:
        return _("Only “%(rule)s”") % words
    if trial.changed == NEW:
        return _("With the new rule “%(rule)s”") % words
    return _("With “%(rule)s” changed") % words


def _told(trial: RoutingTry) -> dict[str, Any]:
    """Everything that the page of a result shows."""
    outcome = routing_outcome(trial)
    words = lexicon()
    figures = [
        (_("Leads tried"), outcome.number("all")),
        (_("To the same pipeline"), outcome.number("same")),
        (_("To another pipeline"), outcome.number("differs")),
        (_("For no rule"), outcome.number("rule/")),
    ]
    if trial.everyone:
        figures.append((_("Pipeline was chosen"), outcome.number("chosen")))
    return {
        "outcome": outcome,
        "short": routing_in_short(outcome),
        "figures": figures,
        "pipelines": outcome.pipelines(),
        "rules": [
            (one, condition_words(one.when.when, words) if one.when else "")
            for one in outcome.rules()
        ],
        "shifts": outcome.shifts(),
        "tellings": outcome.tellings(),
    }
