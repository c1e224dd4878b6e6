"""How the reps of the demo company sell: one life a lead, from first contact to the end. Pure.

A life is a generator. It hands out the next deed and is told how the lead then stands, as the
engine (or its twin in memory) has it: in which stage, with whom, with which open tasks.
"""

from __future__ import annotations

import random
from collections.abc import Generator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from cadans.demo import deeds as did
from cadans.demo import story, words
from cadans.demo.deeds import Deed, Standing
from cadans.demo.market import UTC, ZONE, Case, Market
from cadans.demo.people import BOSSES, SELLERS, Seller
from cadans.process.design import Design, StageDesign
from cadans.process.goals import AnyGoal
from cadans.process.goals.activity import ActivityGoal
from cadans.process.goals.box import BoxGoal
from cadans.process.goals.field import FieldGoal
from cadans.process.goals.signal import SignalGoal
from cadans.process.goals.task import TaskGoal

Life = Generator[Deed, Standing, None]
Part = Generator[Deed, Standing, Standing]
BY_KEY = {one.key: one for one in SELLERS}
MANAGER_OF = {boss.team: boss.key for boss in BOSSES if boss.role == "manager"}
A_MINUTE = timedelta(minutes=1)
MOVE_REASONS = (
    "Klant heeft haast, de rest volgt later",
    "Mondeling al akkoord",
    "Is bekend met ons product, stap overgeslagen",
)


class Diary:
    """Who works when. Moments are in UTC; working hours are those of Amsterdam."""

    def __init__(self, working_days: Mapping[str, set[date]]) -> None:
        self.working_days = working_days
        self.everybody = set().union(*working_days.values())

    def slot(self, moment: datetime, by: str | None, rng: random.Random) -> datetime:
        """The moment itself when they are at work then, else a moment on their next day."""
        local = moment.astimezone(ZONE)
        days = self.working_days.get(by or "", self.everybody)
        hour = local.hour + local.minute / 60
        day = local.date()
        if day in days and 8.5 <= hour < 17.5:
            return moment
        if day not in days or hour >= 8.5:
            day += timedelta(days=1)
            for _n in range(60):
                if day in days:
                    break
                day += timedelta(days=1)
        seconds = rng.randrange(int(8.6 * 3600), int(12.5 * 3600))
        return (datetime.combine(day, time(0), ZONE) + timedelta(seconds=seconds)).astimezone(UTC)


class Sales:
    """What the simulation needs beside a case: diaries, the market, the published designs."""

    def __init__(
        self, market: Market, diary: Diary, designs: Mapping[tuple[str, int], Design]
    ) -> None:
        self.market = market
        self.diary = diary
        self.designs = designs

    def life(self, case: Case) -> Life:
        """A lead from the moment it comes in until it is won or lost (or for ever)."""
        standing = yield case.opening
        while standing.status == "open":
            if standing.owner is None:
                standing = yield self._hand_out(case, standing)
                continue
            stage = self.designs[standing.pipeline, standing.version].stage(standing.stage)
            case.stays[stage.key] = case.stays.get(stage.key, 0) + 1
            standing = yield from self._stay(case, stage, standing)

    def last_touch(self, case: Case, standing: Standing, until: datetime) -> Deed | None:
        """What a rep has put in the diary for an open lead when the history ends."""
        rng = case.rng
        owner = standing.owner
        if owner is None or abs(until - case.at) > timedelta(days=20):
            return None
        if rng.random() < 0.3:
            name, kind = rng.choice(words.OWN_TASKS)
            due = self.diary.slot(until + timedelta(days=rng.uniform(0.4, 8)), owner, rng)
            return did.Add(case.n, until, owner, name=name, kind=kind, due_at=due)
        if standing.stage in {"need", "value"} and rng.random() < 0.4:
            on = self.diary.slot(until + timedelta(days=rng.uniform(0.4, 6)), owner, rng)
            return did.Plan(case.n, until, owner, kind="meeting", on=on)
        return None

    def _hand_out(self, case: Case, standing: Standing) -> Deed:
        """Nobody could take the lead: a manager gives it to somebody of the team."""
        boss = BOSSES[1]
        seller = case.rng.choice([one for one in SELLERS if one.team == boss.team])
        at = self.diary.slot(case.at + timedelta(hours=3), None, case.rng)
        case.at = max(at, case.at + A_MINUTE)
        return did.Give(case.n, case.at, boss.key, to=seller.key)

    # ── A stay in a stage ────────────────────────────────────────────────────────────────────

    def _stay(self, case: Case, stage: StageDesign, standing: Standing) -> Part:
        """Work a lead through one stage; ends when it is in another stage or closed."""
        rng = case.rng
        seller = BY_KEY[standing.owner or ""]
        days = self._days(case, stage, standing, seller)
        begun = case.at
        chance = self._odds(case, stage, standing, seller)
        # Still there although all went well (the process changed meanwhile): try again, twice.
        tries = case.stays[stage.key]
        fate = rng.random() if tries == 1 else 0.0 if tries <= 3 else 1.0
        goals = self._goal_deeds(case, stage)
        stalls = rng.random() < story.STALL and standing.stage != "sign-up"
        overrides = fate < chance and rng.random() < story.OVERRIDE
        if fate >= chance or overrides or stalls:
            goals = _some(goals, stage, rng)
        if fate >= chance:
            days *= 1.35
        agenda = self._spread(case, seller, begun, days, goals)
        agenda += self._tasks(case, seller, standing, stage, begun, days)
        agenda += self._attempts(case, seller, stage, begun, days)
        if stalls:
            agenda = [one for one in agenda if rng.random() < 0.4]
        standing = yield from self._work(case, agenda, stage, standing)
        if standing.stage != stage.key or standing.status != "open":
            return standing
        end = begun + timedelta(days=days)
        if stalls:
            standing = yield from self._let_lie(case, seller, stage, standing)
        elif overrides:
            standing = yield self._override(case, seller, stage, standing, end)
        elif fate >= chance:
            standing = yield from self._lose(case, seller, stage, end)
        return standing

    def _work(self, case: Case, agenda: list[Deed], stage: StageDesign, standing: Standing) -> Part:
        open_tasks = {task.key for task in standing.tasks}
        for deed in sorted(agenda, key=lambda one: one.at):
            if isinstance(deed, did.Do) and deed.task not in open_tasks:
                continue
            at = max(deed.at, case.at + A_MINUTE)
            case.at = at
            standing = yield replace(deed, at=at)
            if standing.stage != stage.key or standing.status != "open":
                return standing
            open_tasks = {task.key for task in standing.tasks}
        return standing

    def _odds(self, case: Case, stage: StageDesign, standing: Standing, seller: Seller) -> float:
        chance = story.ODDS[case.pipeline, stage.key][min(standing.version, 2) - 1]
        odds = chance / (1 - chance) * seller.skill
        if len(case.stays) <= 2:
            odds *= case.source.odds**2
        chance = odds / (1 + odds)
        return chance * 0.5 if seller.weak_in == stage.key else chance

    def _days(self, case: Case, stage: StageDesign, standing: Standing, seller: Seller) -> float:
        usual = story.DAYS[case.pipeline, stage.key][min(standing.version, 2) - 1]
        return usual * seller.pace * case.rng.lognormvariate(0.0, 0.55)

    def _goal_deeds(self, case: Case, stage: StageDesign) -> list[tuple[AnyGoal, Deed | None]]:
        """Each goal with the deed that meets it (None when it is met already)."""
        goals = list(stage.goals)
        if stage.goals_needed == "any":
            goals = [case.rng.choice(goals)]
        return [(goal, self._meets(case, goal)) for goal in goals]

    def _meets(self, case: Case, goal: AnyGoal) -> Deed | None:
        rng, n, at = case.rng, case.n, case.at
        match goal:
            case ActivityGoal():
                outcome = goal.outcome or rng.choice(("positive", "positive", ""))
                note = rng.choice(words.NOTES[goal.activity]) if rng.random() < 0.45 else ""
                return did.Log(n, at, "", kind=goal.activity, outcome=outcome, note=note)
            case SignalGoal():
                if goal.since == "ever" and goal.signal in case.heard:
                    return None
                return did.Hear(n, at, None, signal=goal.signal)
            case BoxGoal():
                return did.Tick(n, at, "", goal=goal.key)
            case TaskGoal():
                return did.Do(n, at, "", task=goal.task)
            case FieldGoal():
                return self._fills(case, goal.field)
        raise ValueError(goal.kind)  # the demo company's processes have no others

    def _fills(self, case: Case, field: str) -> Deed | None:
        if field in case.known:
            return None
        rng, n, at = case.rng, case.n, case.at
        match field:
            case "product":
                return did.Choose(n, at, "", lines=case.lines())
            case "value":
                if case.pipeline == story.TRIAL:
                    return did.Choose(n, at, "", lines=case.lines())
                return did.Change(n, at, "", changes={"value": case.worth()})
            case "expected_close":
                day = case.at.astimezone(ZONE).date() + timedelta(days=rng.randrange(10, 45))
                return did.Change(n, at, "", changes={"expected_close": day})
            case "people.decision_maker":
                contact = self.market.contact_at(case.firm, rng, decides=True)
                return did.Bring(n, at, "", contact=contact, role="decision_maker")
        raise ValueError(field)

    def _spread(
        self,
        case: Case,
        seller: Seller,
        begun: datetime,
        days: float,
        goals: list[tuple[AnyGoal, Deed | None]],
    ) -> list[Deed]:
        """The deeds that meet goals, spread over the stay; the last one at its end."""
        rng = case.rng
        left = [(goal, deed) for goal, deed in goals if deed is not None]
        shares = [*sorted(rng.uniform(0.15, 0.95) for _deed in left[1:]), 1.0]
        rng.shuffle(left)
        row: list[Deed] = []
        for (goal, deed), share in zip(left, shares, strict=False):
            moment = begun + timedelta(days=days * share)
            if isinstance(deed, did.Hear):
                row.append(replace(deed, at=moment))
                case.heard.add(deed.signal)
                continue
            row.append(replace(deed, at=self.diary.slot(moment, seller.key, rng), by=seller.key))
            if isinstance(goal, FieldGoal):
                case.known.add(goal.field)
            if isinstance(deed, did.Choose):
                case.known |= {"product", "value"}
        return row

    def _tasks(
        self,
        case: Case,
        seller: Seller,
        standing: Standing,
        stage: StageDesign,
        begun: datetime,
        days: float,
    ) -> list[Deed]:
        """Stage tasks, done in time by who is tidy, late or never by who is not."""
        rng = case.rng
        waited_for = {goal.task for goal in stage.goals if isinstance(goal, TaskGoal)}
        end = begun + timedelta(days=days)
        row: list[Deed] = []
        for task in standing.tasks:
            if task.key in waited_for:
                continue
            designed = stage.task(task.key)
            if designed and not designed.required and rng.random() < 0.65:
                continue
            tidy = rng.random() < seller.tidy
            if not tidy and rng.random() < 0.35:
                continue
            late = (
                timedelta(hours=rng.uniform(-7, -0.2))
                if tidy
                else timedelta(days=rng.uniform(1, 4))
            )
            # In UTC, so that a day is 24 hours also when the clocks change.
            moment = task.due_at.astimezone(UTC) + late
            if moment > end:
                if rng.random() < 0.5:
                    continue
                moment = begun + (end - begun) * rng.uniform(0.2, 0.9)
            moment = max(moment, begun + A_MINUTE)
            at = self.diary.slot(moment, seller.key, rng)
            row.append(did.Do(case.n, at, seller.key, task=task.key))
        return row

    def _attempts(
        self, case: Case, seller: Seller, stage: StageDesign, begun: datetime, days: float
    ) -> list[Deed]:
        """Calls that nobody answers and mails in between, which meet no goal."""
        rng = case.rng
        row: list[Deed] = []
        if rng.random() < 0.28:
            at = self.diary.slot(begun + timedelta(days=days * 0.4 * rng.random()), seller.key, rng)
            row.append(did.Log(case.n, at, seller.key, kind="call", outcome="no_answer"))
        if rng.random() < 0.12:
            at = self.diary.slot(begun + timedelta(days=days * rng.random()), seller.key, rng)
            note = rng.choice(words.NOTES["email"])
            row.append(did.Log(case.n, at, seller.key, kind="email", note=note))
        if stage.key == "value" and "value" not in case.known and rng.random() < 0.5:
            at = self.diary.slot(begun + timedelta(days=days * 0.5), seller.key, rng)
            row.append(did.Change(case.n, at, seller.key, changes={"value": case.worth()}))
            case.known.add("value")
        return row

    # ── Ways out that no goal leads to ───────────────────────────────────────────────────────

    def _let_lie(self, case: Case, seller: Seller, stage: StageDesign, standing: Standing) -> Part:
        """Nobody looks at the lead for weeks. Now and then it is cleared up, rarely with a word."""
        rng = case.rng
        wait = 4000.0 if rng.random() < 0.1 else rng.uniform(20, 70)
        at = self.diary.slot(case.at + timedelta(days=wait), seller.key, rng)
        case.at = at
        reason = None if rng.random() < 0.35 else story.SILENT_REASON
        standing = yield did.Lose(case.n, at, seller.key, reason=reason)
        return standing

    def _override(
        self, case: Case, seller: Seller, stage: StageDesign, standing: Standing, end: datetime
    ) -> Deed:
        """Move on by hand with goals unmet, now and then past a stage."""
        rng = case.rng
        design = self.designs[standing.pipeline, standing.version]
        at = max(self.diary.slot(end, seller.key, rng), case.at + A_MINUTE)
        case.at = at
        later = list(design.open_stages())[design.position(stage.key) + 1 :]
        if not later:
            return did.Win(case.n, at, seller.key)
        target = later[1] if len(later) > 1 and rng.random() < 0.2 else later[0]
        reason = rng.choice(MOVE_REASONS)
        if stage.enforcement == "advise" and rng.random() < 0.5:
            reason = ""
        return did.Move(case.n, at, seller.key, stage=target.key, reason=reason)

    def _lose(self, case: Case, seller: Seller, stage: StageDesign, end: datetime) -> Part:
        rng = case.rng
        early = len(case.stays) <= 2
        reason = rng.choices(
            story.LOSS_REASONS, [one[1] if early else one[2] for one in story.LOSS_REASONS]
        )[0][0]
        at = max(self.diary.slot(end, seller.key, rng), case.at + A_MINUTE)
        if reason == story.RIVAL_REASON:
            case.at = at
            yield did.Change(
                case.n, at, seller.key, changes={"competitor": rng.choice(words.RIVALS)}
            )
            at += A_MINUTE
        case.at = at
        silent = rng.random() < 0.03
        return (yield did.Lose(case.n, at, seller.key, reason=None if silent else reason))


def _some(
    goals: list[tuple[AnyGoal, Deed | None]], stage: StageDesign, rng: random.Random
) -> list[tuple[AnyGoal, Deed | None]]:
    """Too few of the goals for the lead to get on by itself."""
    if stage.goals_needed == "any":
        return []
    unmet = [one for one in goals if one[1] is not None]
    kept = rng.randrange(len(unmet)) if unmet else 0
    return rng.sample(unmet, kept)
