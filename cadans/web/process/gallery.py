"""The gallery: the playbooks to begin with, each as a drawing, and one of them read closely."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from cadans.ground.errors import CadansError
from cadans.playbooks import words
from cadans.playbooks.actions import empty_design, make_pipeline, publish_pipeline
from cadans.playbooks.playbook import Playbook, template, templates
from cadans.process.design import Design, Guidance, StageDesign
from cadans.process.goals import AnyGoal
from cadans.team.models import User
from cadans.team.queries import require_role
from cadans.web.process.drawing import Drawing, drawing_of
from cadans.web.process.forms import NewPipelineForm
from cadans.web.process.words import GOAL_KINDS, TASK_ICONS
from cadans.web.requests import PageRequest

DESIGNERS = (User.Role.MANAGER, User.Role.ADMIN)
TRADES = {
    "any": gettext_lazy("Any trade"),
    "software": gettext_lazy("Software and IT"),
    "building": gettext_lazy("Building and installation"),
    "industry": gettext_lazy("Industry and machines"),
    "commerce": gettext_lazy("Wholesale and dealers"),
    "services": gettext_lazy("Business services"),
    "finance": gettext_lazy("Insurance and finance"),
}
"""`Playbook.trade` → what it is called, in the order in which they are offered."""


@dataclass(frozen=True)
class Card:
    """A playbook in the gallery."""

    key: str
    name: str
    about: str
    trade: str
    trade_name: str
    drawing: Drawing
    stages: list[str]
    facts: str


@dataclass(frozen=True)
class Line:
    """A goal or task of a stage: what it is called, and when it is met or due."""

    name: str
    icon: str
    told: str


@dataclass(frozen=True)
class Passage:
    """A stage of a playbook, to read."""

    design: StageDesign
    number: int
    guidance: Guidance
    goals: list[Line]
    tasks: list[Line]


def cards(playbooks: Iterable[Playbook] | None = None) -> list[Card]:
    """Playbooks (all that come with the product by default) as the gallery shows them."""
    return [_card(one) for one in (templates() if playbooks is None else playbooks)]


def trades() -> list[tuple[str, str]]:
    """The trades for which there are playbooks, with their names."""
    there = {one.trade for one in templates()}
    return [(trade, str(name)) for trade, name in TRADES.items() if trade in there]


def matching(asked: str, trade: str) -> list[Playbook]:
    """The playbooks of a trade (of any, when empty) in which every word that was asked occurs.

    Names, descriptions, stages, goals and tasks are looked through in both languages.
    """
    terms = _plain(asked).split()
    return [
        one
        for one in templates()
        if trade in {"", one.trade} and all(term in _said_in(one) for term in terms)
    ]


@login_required
@require_GET
def gallery(request: PageRequest) -> HttpResponse:
    """Every playbook that comes with the product, to find one's own way of selling among."""
    require_role(request.user, *DESIGNERS)
    asked = request.GET.get("q", "")[:100]
    context = {
        "cards": cards(matching(asked, request.GET.get("trade", ""))),
        "trades": trades(),
        "asked": asked,
    }
    return render(request, "process/gallery.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def begin(request: PageRequest, playbook: str = "") -> HttpResponse:
    """Look at a playbook, name the pipeline, and make it: a draft, or live at once.

    Without a playbook the pipeline begins with nothing, and then only as a draft.
    """
    require_role(request.user, *DESIGNERS)
    chosen = template(playbook) if playbook else None
    form = NewPipelineForm(request.POST or None, initial={"name": chosen.label() if chosen else ""})
    if request.method == "POST" and form.is_valid():
        try:
            return _made(request, form.cleaned_data["name"], chosen)
        except CadansError as error:
            form.add_error("name" if error.pointer == "/name" else None, error.message)
    context: dict[str, Any] = {"form": form, "playbook": chosen}
    if chosen is not None:
        context |= {"card": _card(chosen), "passages": _passages(chosen)}
    else:
        context |= {"drawing": drawing_of(empty_design())}
    status = 422 if form.errors else 200
    return render(request, "process/begin.html", context, status=status)


def _made(request: PageRequest, name: str, playbook: Playbook | None) -> HttpResponse:
    """Make the pipeline, publish it when that was asked, and lead on."""
    key = playbook.key if playbook else None
    pipeline = make_pipeline(request.user, name=name, template=key)
    if playbook is None or request.POST.get("then") != "publish":
        messages.success(request, _("A draft. Nobody sees it until you publish it."))
        return redirect("process:designer", key=pipeline.key)
    publish_pipeline(request.user, pipeline)
    told = _("“%(pipeline)s” is live. Add its first lead.")
    messages.success(request, told % {"pipeline": pipeline.name})
    return redirect(f"/board/{pipeline.key}/")


def _card(playbook: Playbook) -> Card:
    return Card(
        key=playbook.key,
        name=playbook.label(),
        about=playbook.about_in(),
        trade=playbook.trade,
        trade_name=str(TRADES[playbook.trade]),
        drawing=drawing_of(playbook),
        stages=[stage.label() for stage in playbook.stages if stage.ends_in != "lost"],
        facts=_facts(playbook),
    )


def _facts(design: Design) -> str:
    """`6 stages · 17 goals · 18 tasks`."""
    opens = list(design.open_stages())
    goals = sum(len(stage.goals) for stage in opens)
    tasks = sum(len(stage.tasks) for stage in opens)
    parts = [
        ngettext("%(n)d stage", "%(n)d stages", len(opens)) % {"n": len(opens)},
        ngettext("%(n)d goal", "%(n)d goals", goals) % {"n": goals},
        ngettext("%(n)d task", "%(n)d tasks", tasks) % {"n": tasks},
    ]
    return words.BETWEEN.join(parts)


def _passages(playbook: Playbook) -> list[Passage]:
    lexicon = words.lexicon()
    return [
        Passage(
            design=stage,
            number=number,
            guidance=stage.guidance_in(),
            goals=[_goal(goal, stage, lexicon) for goal in stage.goals],
            tasks=[
                Line(task.label(), TASK_ICONS[task.kind], words.task_sentence(task, lexicon, stage))
                for task in stage.tasks
            ],
        )
        for number, stage in enumerate(playbook.open_stages(), 1)
    ]


def _goal(goal: AnyGoal, stage: StageDesign, lexicon: words.Lexicon) -> Line:
    name, told = words.goal_name(goal), words.goal_sentence(goal, stage, lexicon)
    return Line(name, GOAL_KINDS[goal.kind][1], "" if told == name else told)


def _said_in(playbook: Playbook) -> str:
    texts = [playbook.name, playbook.about]
    for stage in playbook.stages:
        texts += [stage.name, *(part.name for part in (*stage.goals, *stage.tasks))]
    return _plain("\n".join(text for one in texts for text in one.values()))


def _plain(text: str) -> str:
    """For comparing: small letters, and the apostrophe of the keyboard."""
    return text.casefold().replace("’", "'")
