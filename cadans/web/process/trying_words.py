"""What the numbers of a try stand for, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from cadans.leads.models import Task
from cadans.outreach.models.audiences import Audience
from cadans.playbooks.audience_words import step_name
from cadans.playbooks.trying.outcome import Outcome
from cadans.playbooks.words import goal_name
from cadans.process.design import AudienceStep
from cadans.team.queries import users


class MarkWords:
    """Says what a mark stands for: the title above the leads that bear it."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.lists = dict(Audience.objects.values_list("key", "name"))
        self.people = {str(id): name for id, name in users().values_list("id", "name")}

    def of(self, mark: str) -> str:
        """The mark in words."""
        first, *rest = mark.split("/")
        told = PLAIN.get(mark)
        if told is not None:
            return told()
        if first == "due":
            way, stage, task = rest
            return DUE[way]() % {"task": self._task(stage, task)}
        if first == "shift":
            was, would = rest
            return _("Then %(was)s, under the draft %(would)s") % {
                "was": self.ending(was).lower(),
                "would": self.ending(would).lower(),
            }
        what, *about = rest
        words = self._words(what, about)
        return (_("Then: %(what)s") if first == "was" else _("Draft: %(what)s")) % {"what": words}

    def ending(self, end: str) -> str:
        """How a lead stands: `open:demo`, `won`, `lost`, `cancelled`."""
        if end.startswith("open:"):
            return _("In “%(stage)s”") % {"stage": self.stage(end.removeprefix("open:"))}
        return {"won": _("Won"), "lost": _("Lost"), "cancelled": _("Cancelled")}.get(end, end)

    def stage(self, key: str) -> str:
        """A stage's name."""
        return self.outcome.stage_names.get(key, key)

    def kind(self, kind: str) -> str:
        """A kind of task."""
        return str(Task.Kind(kind).label)

    def person(self, id: str) -> str:
        """Somebody's name."""
        return self.people.get(id) or _("Nobody")

    def _words(self, what: str, about: list[str]) -> str:
        if what in OF_STAGE:
            return OF_STAGE[what]() % {"stage": self.stage(about[0])}
        match what, about:
            case "ends", [end]:
                return self.ending(end)
            case "owner", [id]:
                return _("owned by %(person)s") % {"person": self.person(id)}
            case "tasks_of", [id]:
                return _("with stage tasks for %(person)s") % {"person": self.person(id)}
            case "kind", [kind]:
                return _("with stage tasks of the kind “%(kind)s”") % {"kind": self.kind(kind)}
            case "rule", [stage, rule]:
                return _("given by the rule “%(rule)s”") % {"rule": self._rule(stage, rule)}
            case "given", [stage, rule, id]:
                return _("given to %(person)s by the rule “%(rule)s”") % {
                    "person": self.person(id),
                    "rule": self._rule(stage, rule),
                }
            case "automation", [stage, key]:
                return _("“%(automation)s” would have been done") % {
                    "automation": self._automation(stage, key)
                }
            case "automated", [stage, key, id]:
                return _("“%(automation)s” would have been done for %(person)s") % {
                    "automation": self._automation(stage, key),
                    "person": self.person(id),
                }
            case "nobody", [stage, rule]:
                return _("nobody could take it under the rule “%(rule)s”") % {
                    "rule": self._rule(stage, rule)
                }
            case "goal", [stage, goal]:
                return _("met the goal “%(goal)s”") % {"goal": self._goal(stage, goal)}
            case "list", [stage, step]:
                return self._step(stage, step)
            case "task", [stage, task]:
                return _("got the task “%(task)s”") % {"task": self._task(stage, task)}
            case "done", [stage, task]:
                return _("the task “%(task)s” was done") % {"task": self._task(stage, task)}
        return what

    def _automation(self, stage: str, key: str) -> str:
        found = [one.automations for one in self.outcome.design.stages if one.key == stage]
        return next((one.name for row in found for one in row if one.key == key), key)

    def step(self, step: AudienceStep) -> str:
        """What a step does with a mailing list."""
        return step_name(step, self.lists)

    def _step(self, stage: str, key: str) -> str:
        found = [one.audiences for one in self.outcome.design.stages if one.key == stage]
        return next((self.step(one) for steps in found for one in steps if one.key == key), key)

    def _rule(self, stage: str, key: str) -> str:
        found = [one.rules for one in self.outcome.design.stages if one.key == stage]
        return next((one.name for rules in found for one in rules if one.key == key), key)

    def _goal(self, stage: str, key: str) -> str:
        found = [one.goals for one in self.outcome.design.stages if one.key == stage]
        return next((goal_name(one) for goals in found for one in goals if one.key == key), key)

    def _task(self, stage: str, key: str) -> str:
        found = [one.tasks for one in self.outcome.design.stages if one.key == stage]
        return next((one.label() for tasks in found for one in tasks if one.key == key), key)


PLAIN: Mapping[str, Callable[[], str]] = {
    "all": lambda: _("All leads that were tried"),
    "same": lambda: _("Leads that would have gone just as they did"),
    "differs/path": lambda: _("Leads that would have passed through other stages"),
    "differs/end": lambda: _("Leads that would lie elsewhere now"),
    "differs/owner": lambda: _("Leads that would have another owner"),
    "differs/due": lambda: _("Leads with a task that would be due on another day"),
    "would/without_ground": lambda: _("Leads of which some deed has no ground under the draft"),
}
DUE: Mapping[str, Callable[[], str]] = {
    "earlier": lambda: _("Leads on which “%(task)s” would be due earlier"),
    "later": lambda: _("Leads on which “%(task)s” would be due later"),
    "both": lambda: _("Leads that had “%(task)s” and would have it, with a due date"),
}
OF_STAGE: Mapping[str, Callable[[], str]] = {
    "entered": lambda: _("came into “%(stage)s”"),
    "advanced": lambda: _("went on from “%(stage)s” by themselves"),
    "moved": lambda: _("moved out of “%(stage)s” by hand"),
    "closed": lambda: _("were closed in “%(stage)s”"),
    "at_once": lambda: _("passed “%(stage)s” at once"),
    "unmatched": lambda: _("no rule of “%(stage)s” is for them"),
    "refused": lambda: _("“%(stage)s” would have stopped them"),
    "asked": lambda: _("“%(stage)s” would have asked why"),
}
