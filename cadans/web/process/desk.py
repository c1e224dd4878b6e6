"""What the designer's page shows: the row of stages, the chosen stage, what differs from live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadans.playbooks import words
from cadans.playbooks.audience_words import step_name, step_sentence
from cadans.playbooks.automation_words import automation_deed, automation_moment
from cadans.playbooks.check import Finding
from cadans.playbooks.difference import differences
from cadans.playbooks.queries import (
    draft_of,
    findings_of,
    live_of,
    open_leads_by_stage,
    pipeline_named,
)
from cadans.process.design import Design, Guidance, StageDesign
from cadans.process.models import Pipeline
from cadans.team.models import User
from cadans.web.process.forms import (
    GuidanceForm,
    StageSettingsForm,
    guidance_form,
    stage_settings_form,
)
from cadans.web.process.rule_forms import who_of, whos
from cadans.web.process.words import GOAL_GROUPS, GOAL_KINDS, TASK_ICONS
from cadans.web.requests import PageRequest

TABS = ("goals", "guidance", "tasks", "rules", "audiences", "automations", "settings")
LANGUAGES = {"nl": gettext_lazy("In Dutch"), "en": gettext_lazy("In English")}
DEED_ICONS = {"notify": "bell", "task": "list-plus"}
STEP_ICONS = {
    "enrol": "user-plus",
    "unsubscribe": "mail-x",
    "archive": "minus",
    "tag_off": "tag",
}
ENDED_TABS = ("guidance", "audiences", "automations", "settings")


@dataclass(frozen=True)
class StageCard:
    """A stage in the row."""

    key: str
    label: str
    design: StageDesign
    number: int
    leads: int
    is_current: bool
    is_new: bool
    first: bool
    last: bool

    @property
    def has_guidance(self) -> bool:
        """Whether there is guidance in any language."""
        return any(one.short or one.long for one in self.design.guidance.values())


@dataclass(frozen=True)
class Line:
    """A goal, task or rule as a line of its list."""

    key: str
    name: str
    icon: str
    told: str
    first: bool
    last: bool
    after: str = ""


def may_design(user: User) -> bool:
    """Whether somebody may change pipelines."""
    return user.role in {User.Role.MANAGER, User.Role.ADMIN}


def pipeline_or_404(request: PageRequest, key: str) -> Pipeline:
    """The pipeline, for somebody who may see it: reps see what is live. Raises NotFound."""
    pipeline = pipeline_named(key)
    if pipeline.version is None and not may_design(request.user):
        raise Http404
    return pipeline


def desk(
    request: PageRequest, pipeline: Pipeline, *, stage: str = "", tab: str = ""
) -> dict[str, Any]:
    """Everything that `process/_designer.html` shows. Reps are shown what is live."""
    editing = may_design(request.user)
    live = live_of(pipeline)
    design = draft_of(pipeline) if editing or live is None else live
    chosen = next((one for one in design.stages if one.key == stage), design.stages[0])
    tabs = ENDED_TABS if chosen.ends_in else TABS
    tab = tab if tab in tabs else tabs[0]
    lexicon = words.lexicon()
    changes = differences(live, design) if editing else []
    found = findings_of(pipeline) if editing else []
    return {
        "pipeline": pipeline,
        "editing": editing,
        "design": design,
        "cards": _cards(pipeline, design, live, chosen),
        "chosen": chosen,
        "tab": tab,
        "tabs": _tabs(chosen, tabs),
        "onward": design.after(chosen.key),
        "goals": _goals(chosen, lexicon),
        "tasks": _tasks(chosen, lexicon),
        "rules": _rules(chosen, lexicon),
        "automations": _automations(chosen, lexicon),
        "audiences": _audiences(chosen, lexicon),
        "has_audiences": bool(lexicon.audiences),
        "guidance": chosen.guidance_in(),
        "guidances": _guidances(chosen, tab),
        "goal_groups": [
            (heading, [(kind, *GOAL_KINDS[kind]) for kind in kinds])
            for heading, kinds in GOAL_GROUPS
        ],
        "changes": changes if live is not None else [],
        "is_draft_only": live is None,
        "differs": live is None or bool(changes),
        "problems": [one for one in found if one.level == "error"],
        "remarks": [one for one in found if one.level == "warning"],
        "own_problems": _about(found, chosen),
        "form": _form(chosen, tab) if editing else None,
        **(_fallback(chosen) if editing and tab == "rules" else {}),
    }


def _fallback(stage: StageDesign) -> dict[str, Any]:
    """Who gets what nobody can take, and who else could be chosen for it."""
    chosen = who_of(stage.fallback)
    return {"fallback": chosen, "whos": whos([chosen])}


def _form(stage: StageDesign, tab: str) -> StageSettingsForm | GuidanceForm | None:
    if tab == "settings":
        return stage_settings_form(stage)
    return guidance_form(stage) if tab == "guidance" else None


def _guidances(stage: StageDesign, tab: str) -> list[tuple[str, Guidance]]:
    """What is previewed: both languages while the guidance is written, else the reader's own."""
    written = [one for one in stage.guidance.items() if one[1].short or one[1].long]
    if tab == "guidance":
        return [(str(LANGUAGES[language]), one) for language, one in written]
    return [("", stage.guidance_in())] if written else []


def _about(found: list[Finding], stage: StageDesign) -> list[Finding]:
    return [one for one in found if one.stage == stage.key and one.code != "no_guidance"]


def _cards(
    pipeline: Pipeline, design: Design, live: Design | None, chosen: StageDesign
) -> list[StageCard]:
    leads = open_leads_by_stage(pipeline)
    known = {stage.key for stage in live.stages} if live else set()
    opens = sum(one.ends_in is None for one in design.stages)
    return [
        StageCard(
            key=one.key,
            label=one.label() or one.key,
            design=one,
            number=place + 1,
            leads=leads.get(one.key, 0),
            is_current=one is chosen,
            is_new=live is not None and one.key not in known,
            first=place in {0, opens},
            last=place in {opens - 1, len(design.stages) - 1},
        )
        for place, one in enumerate(design.stages)
    ]


def _tabs(stage: StageDesign, tabs: tuple[str, ...]) -> list[dict[str, Any]]:
    rows = {
        "goals": (_("Goals"), "flag", len(stage.goals)),
        "guidance": (_("Guidance"), "book-open", ""),
        "tasks": (_("Tasks"), "square-check", len(stage.tasks)),
        "rules": (_("Assignment"), "user-plus", len(stage.rules)),
        "audiences": (_("Mailing lists"), "mail-check", len(stage.audiences)),
        "automations": (_("Automations"), "zap", len(stage.automations)),
        "settings": (_("Settings"), "settings", ""),
    }
    return [
        {"key": key, "label": rows[key][0], "icon": rows[key][1], "count": rows[key][2]}
        for key in tabs
    ]


def _goals(stage: StageDesign, lexicon: words.Lexicon) -> list[Line]:
    last = len(stage.goals) - 1
    return [
        Line(
            goal.key,
            words.goal_name(goal),
            GOAL_KINDS[goal.kind][1],
            words.goal_sentence(goal, stage, lexicon),
            place == 0,
            place == last,
        )
        for place, goal in enumerate(stage.goals)
    ]


def _tasks(stage: StageDesign, lexicon: words.Lexicon) -> list[Line]:
    last = len(stage.tasks) - 1
    return [
        Line(
            task.key,
            task.label(),
            TASK_ICONS[task.kind],
            words.task_sentence(task, lexicon, stage),
            place == 0,
            place == last,
        )
        for place, task in enumerate(stage.tasks)
    ]


def _rules(stage: StageDesign, lexicon: words.Lexicon) -> list[Line]:
    last = len(stage.rules) - 1
    return [
        Line(
            rule.key,
            rule.name,
            "user-plus",
            words.rule_condition(rule, lexicon),
            place == 0,
            place == last,
            words.rule_target(rule, lexicon),
        )
        for place, rule in enumerate(stage.rules)
    ]


def _automations(stage: StageDesign, lexicon: words.Lexicon) -> list[Line]:
    last = len(stage.automations) - 1
    return [
        Line(
            one.key,
            one.name,
            DEED_ICONS[one.do.kind],
            automation_moment(one, stage, lexicon),
            place == 0,
            place == last,
            automation_deed(one, lexicon),
        )
        for place, one in enumerate(stage.automations)
    ]


def _audiences(stage: StageDesign, lexicon: words.Lexicon) -> list[Line]:
    last = len(stage.audiences) - 1
    return [
        Line(
            step.key,
            step_name(step, lexicon.audiences),
            STEP_ICONS[step.do],
            step_sentence(step),
            place == 0,
            place == last,
        )
        for place, step in enumerate(stage.audiences)
    ]
