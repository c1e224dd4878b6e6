"""What a try tells: stages, rules, owners and tasks as pairs of numbers, and what stands out.

A number stands for leads, and its mark opens them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cadans.ground.text import in_language
from cadans.process.design import Design, StageDesign

ENDS = ("won", "lost", "cancelled")
FALLBACK = "fallback"
"""The key under which a stage's fallback deals (`assignment.choose`)."""

MANY = 0.5
"""The share of a stage's leads that pass it at once from which on that is worth a warning."""


@dataclass(frozen=True)
class Number:
    """How many leads bear a mark; `amount` how many there are of what it counts, when not leads."""

    mark: str
    leads: int
    amount: int | None = None

    @property
    def shown(self) -> int:
        """The figure to show."""
        return self.leads if self.amount is None else self.amount


@dataclass(frozen=True)
class Pair:
    """What happened, and what would have under the design that was tried."""

    was: Number
    would: Number

    @property
    def difference(self) -> int:
        """How many more there would have been."""
        return self.would.shown - self.was.shown


@dataclass(frozen=True)
class StageLine:
    """A stage: how many leads came, how they left, how many lie there now."""

    key: str
    label: str
    is_in_draft: bool
    is_new: bool
    is_end: bool
    entered: Pair
    advanced: Pair
    moved: Pair
    closed: Pair
    here: Pair


@dataclass(frozen=True)
class RuleLine:
    """An assignment rule: to how many leads it gave an owner, and whom (id → number)."""

    stage: str
    key: str
    name: str
    fired: Number
    given: Sequence[tuple[str, Number]]


@dataclass(frozen=True)
class TaskLine:
    """A stage task of the draft: how many would have been laid, and how many were done.

    `earlier` and `later` are those that would be due on an earlier or a later day than they were,
    `days` by how many days all of those that can be compared would move on average (below 0 is
    earlier); None when none can.
    """

    stage: str
    name: str
    laid: Number
    done: Number
    earlier: Number
    later: Number
    days: float | None


@dataclass(frozen=True)
class Shift:
    """Leads that would lie elsewhere: from one ending to another (`open:demo`, `won`)."""

    was: str
    would: str
    number: Number


@dataclass(frozen=True)
class Telling:
    """Something that stands out. `level`: warning or remark; `part` is the designer's tab."""

    level: str
    code: str
    message: str
    stage: str = ""
    part: str = ""
    number: Number | None = None

    @property
    def leads(self) -> int:
        """How many leads it is about; 0 when it is about none."""
        return self.number.leads if self.number else 0


class Outcome:
    """What came of a try of a design; `live` is what was published meanwhile, if anything was."""

    def __init__(
        self,
        design: Design,
        result: Mapping[str, Any],
        *,
        live: Design | None = None,
        stage_names: Mapping[str, str] | None = None,
    ) -> None:
        self.design = design
        self.live = live
        self.counts: Mapping[str, int] = result.get("counts", {})
        self.amounts: Mapping[str, int] = result.get("amounts", {})
        self.stage_names = {**(stage_names or {})}
        self.stage_names |= {one.key: one.label() or one.key for one in design.stages}

    def number(self, mark: str, *, amount: bool = False) -> Number:
        """The leads that bear a mark (or, with `amount`, how many things it counts)."""
        return Number(mark, self.counts.get(mark, 0), self.amounts.get(mark, 0) if amount else None)

    def pair(self, what: str, *, amount: bool = False) -> Pair:
        """A number of what happened beside what would have."""
        return Pair(
            self.number(f"was/{what}", amount=amount), self.number(f"would/{what}", amount=amount)
        )

    @property
    def leads(self) -> int:
        """How many leads were played."""
        return self.counts.get("all", 0)

    def stages(self) -> list[StageLine]:
        """The stages of the draft in order, then those in which leads were and that it lacks."""
        ours = [one.key for one in self.design.stages]
        then = self.live.stages if self.live else []
        known = {one.key for one in then}
        ending = {one.key for one in (*self.design.stages, *then) if one.ends_in}
        theirs = sorted(
            mark.split("/")[2]
            for mark in self.counts
            if mark.startswith("was/entered/") and mark.split("/")[2] not in ours
        )
        return [
            StageLine(
                key,
                self.stage_names.get(key, key),
                key in ours,
                bool(known) and key not in known,
                key in ending,
                self.pair(f"entered/{key}"),
                self.pair(f"advanced/{key}"),
                self.pair(f"moved/{key}"),
                self.pair(f"closed/{key}"),
                self._here(key),
            )
            for key in (*ours, *theirs)
        ]

    def _here(self, key: str) -> Pair:
        stage = next((one for one in self.design.stages if one.key == key), None)
        end = stage.ends_in if stage else None
        return self.pair(f"ends/{end or f'open:{key}'}")

    def ends(self) -> list[tuple[str, Pair]]:
        """How the leads ended that are no longer open."""
        return [(end, self.pair(f"ends/{end}")) for end in ENDS]

    def shifts(self, most: int = 12) -> list[Shift]:
        """The largest groups of leads that would lie elsewhere now."""
        found = []
        for mark, leads in self.counts.items():
            if mark.startswith("shift/"):
                _word, was, would = mark.split("/")
                found.append(Shift(was, would, Number(mark, leads)))
        return sorted(found, key=lambda one: (-one.number.leads, one.number.mark))[:most]

    def rules(self) -> list[RuleLine]:
        """The assignment rules of the draft, in order."""
        named = [
            (stage.key, key, name)
            for stage in self.design.stages
            for key, name in (
                *((rule.key, rule.name) for rule in stage.rules),
                *([(FALLBACK, _("Otherwise"))] if stage.fallback else []),
            )
        ]
        return [
            RuleLine(
                stage,
                key,
                name,
                self.number(f"would/rule/{stage}/{key}"),
                self._given(stage, key),
            )
            for stage, key, name in named
        ]

    def _given(self, stage: str, rule: str) -> list[tuple[str, Number]]:
        start = f"would/given/{stage}/{rule}/"
        found = [
            (mark.removeprefix(start), Number(mark, leads))
            for mark, leads in self.counts.items()
            if mark.startswith(start)
        ]
        return sorted(found, key=lambda one: -one[1].leads)

    def owners(self) -> list[tuple[str, Pair, Pair]]:
        """Everybody who owns leads or has tasks: their id (or `nobody`), leads, tasks."""
        ids = {
            mark.split("/")[2]
            for mark in self.counts
            if mark.startswith(("was/owner/", "would/owner/", "was/tasks_of/", "would/tasks_of/"))
        }
        ids = {"nobody" if id == "None" else id for id in ids}
        rows = [
            (
                id,
                self.pair(f"owner/{id}"),
                self.pair(f"tasks_of/{'None' if id == 'nobody' else id}", amount=True),
            )
            for id in ids
        ]
        return sorted(rows, key=lambda one: (one[0] == "nobody", -one[1].would.leads, one[0]))

    def kinds(self) -> list[tuple[str, Pair]]:
        """Stage tasks by kind: how many were laid, and how many would have been."""
        row = ("call", "email", "meeting", "to_do")
        return [(kind, self.pair(f"kind/{kind}", amount=True)) for kind in row]

    def tasks(self) -> list[TaskLine]:
        """The stage tasks of the draft, in order."""
        return [
            TaskLine(
                stage.key,
                task.label(),
                self.number(f"would/task/{stage.key}/{task.key}", amount=True),
                self.number(f"would/done/{stage.key}/{task.key}"),
                self.number(f"due/earlier/{stage.key}/{task.key}"),
                self.number(f"due/later/{stage.key}/{task.key}"),
                self._days(f"{stage.key}/{task.key}"),
            )
            for stage in self.design.stages
            for task in stage.tasks
        ]

    def _days(self, task: str) -> float | None:
        both = self.counts.get(f"due/both/{task}", 0)
        later = self.amounts.get(f"due/later/{task}", 0)
        earlier = self.amounts.get(f"due/earlier/{task}", 0)
        return (later - earlier) / both if both else None

    @property
    def depends_on_turns(self) -> bool:
        """Whether owners depend on whose turn it is when the draft goes live."""
        return any(stage.rules for stage in self.design.stages)

    @property
    def depends_on_chance(self) -> bool:
        """Whether a rule draws lots by what was learned of the reps."""
        return any(rule.learns() for stage in self.design.stages for rule in stage.rules)

    def tellings(self) -> list[Telling]:
        """What stands out, warnings first."""
        found = [one for stage in self.design.stages for one in self._of_stage(stage)]
        found += self._of_all()
        return sorted(found, key=lambda one: one.level != "warning")

    def _of_stage(self, stage: StageDesign) -> Iterator[Telling]:
        key, name = stage.key, stage.label() or stage.key
        entered = self.number(f"would/entered/{key}")
        if not entered.leads:
            yield Telling(
                "remark",
                "never_entered",
                _("No lead would have come into “%(stage)s”.") % {"stage": name},
                key,
            )
            return
        if stage.ends_in:
            return
        yield from self._of_leaving(stage, name, entered)
        yield from self._of_rules(stage, name)
        refused = self.number(f"would/refused/{key}")
        if refused.leads:
            yield Telling(
                "warning",
                "refused",
                _("“%(stage)s” would have stopped moves by hand, for its goals were not met.")
                % {"stage": name},
                key,
                "settings",
                refused,
            )
        asked = self.number(f"would/asked/{key}")
        if asked.leads:
            yield Telling(
                "remark",
                "asked",
                _("“%(stage)s” would have asked why a lead moves on.") % {"stage": name},
                key,
                "settings",
                asked,
            )

    def _of_leaving(self, stage: StageDesign, name: str, entered: Number) -> Iterator[Telling]:
        key = stage.key
        ways = [self.counts.get(f"would/{way}/{key}", 0) for way in ("advanced", "moved", "closed")]
        if not any(ways):
            yield Telling(
                "warning",
                "never_left",
                _("Nobody would have left “%(stage)s”.") % {"stage": name},
                key,
                "goals",
                entered,
            )
        elif stage.goals and not ways[0]:
            yield Telling(
                "warning",
                "never_by_itself",
                _("No lead would have gone on from “%(stage)s” by itself.") % {"stage": name},
                key,
                "goals",
                entered,
            )
        elif not stage.goals:
            yield Telling(
                "remark",
                "only_by_hand",
                _("“%(stage)s” has no goals, so leads leave it by hand only.") % {"stage": name},
                key,
                "goals",
                entered,
            )
        for goal in stage.goals:
            if not self.counts.get(f"would/goal/{key}/{goal.key}", 0):
                yield self._goal_never_met(stage, name, goal, entered)
        at_once = self.number(f"would/at_once/{key}")
        if at_once.leads:
            often = at_once.leads >= MANY * entered.leads
            yield Telling(
                "warning" if often else "remark",
                "at_once",
                _("“%(stage)s” would have been passed at once: its goals were met on entering.")
                % {"stage": name},
                key,
                "goals",
                at_once,
            )

    def _goal_never_met(self, stage: StageDesign, name: str, goal: Any, entered: Number) -> Telling:
        told = _("The goal “%(goal)s” of “%(stage)s” would never have been met.")
        if goal.kind in {"box", "task"} and not self._was_there(stage.key, goal.key):
            told = _(
                "The past cannot say whether the goal “%(goal)s” of “%(stage)s” is met: "
                "it was not there to be ticked or done."
            )
        label = in_language(dict(goal.name)) or goal.key
        words = {"goal": label, "stage": name}
        return Telling("warning", "goal_never_met", told % words, stage.key, "goals", entered)

    def _was_there(self, stage: str, goal: str) -> bool:
        found = [one for one in self.live.stages if one.key == stage] if self.live else []
        return any(one.key == goal for stage_then in found for one in stage_then.goals)

    def _of_rules(self, stage: StageDesign, name: str) -> Iterator[Telling]:
        key = stage.key
        for rule in stage.rules:
            words = {"rule": rule.name, "stage": name}
            nobody = self.number(f"would/nobody/{key}/{rule.key}")
            if not self.counts.get(f"would/rule/{key}/{rule.key}", 0) and not nobody.leads:
                yield Telling(
                    "warning",
                    "rule_never_fires",
                    _("The rule “%(rule)s” in “%(stage)s” would never have given a lead.") % words,
                    key,
                    "rules",
                )
            if nobody.leads:
                yield Telling(
                    "warning",
                    "nobody_able",
                    _("Everybody was away, full or off work for “%(rule)s” in “%(stage)s”.")
                    % words,
                    key,
                    "rules",
                    nobody,
                )
        unmatched = self.number(f"would/unmatched/{key}")
        if unmatched.leads:
            yield Telling(
                "warning",
                "no_rule",
                _("Leads that no rule of “%(stage)s” is for keep the owner they have.")
                % {"stage": name},
                key,
                "rules",
                unmatched,
            )

    def _of_all(self) -> Iterator[Telling]:
        nobody = self.number("would/owner/nobody")
        if nobody.leads:
            yield Telling("warning", "no_owner", _("Leads would be nobody’s."), number=nobody)
        passed = self.number("would/without_ground")
        if passed.leads:
            yield Telling(
                "remark",
                "without_ground",
                _("Some of what was done then has no ground under the draft and was passed over."),
                number=passed,
            )


def in_short(outcome: Outcome) -> list[str]:
    """The outcome in a few sentences."""
    counts, leads = outcome.counts, outcome.leads
    same, path = counts.get("same", 0), counts.get("differs/path", 0)
    end, owner = counts.get("differs/end", 0), counts.get("differs/owner", 0)
    if same == leads:
        return [_("Every lead would have gone just as it did, with the same owner.")]
    told = [
        ngettext(
            "%(n)s lead would have gone just as it did, with the same owner.",
            "%(n)s leads would have gone just as they did, with the same owner.",
            same,
        )
        % {"n": figure(same)}
    ]
    if path:
        told.append(
            ngettext(
                "%(n)s would have passed through other stages.",
                "%(n)s would have passed through other stages.",
                path,
            )
            % {"n": figure(path)}
        )
    if end:
        told.append(
            ngettext(
                "%(n)s would lie elsewhere now.",
                "%(n)s would lie elsewhere now.",
                end,
            )
            % {"n": figure(end)}
        )
    if owner:
        told.append(
            ngettext(
                "%(n)s would have another owner.",
                "%(n)s would have another owner.",
                owner,
            )
            % {"n": figure(owner)}
        )
    return told


def figure(n: int) -> str:
    """A number as the reader's language writes it."""
    return str(number_format(n, force_grouping=True))
