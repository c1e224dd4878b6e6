"""Reads of leads that several faces share. Every one for a person begins with `visible_to`."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from moneyed import Money

from cadans.contacts.models import Company
from cadans.events.models import Event
from cadans.ground.errors import NotFound
from cadans.leads.facts import facts_of
from cadans.leads.lead import Lead, LeadQuerySet, StageVisit
from cadans.leads.task import Task
from cadans.process.decide import Progress, progress
from cadans.process.design import StageDesign
from cadans.process.models import Pipeline, Published, Stage, published
from cadans.team.models import User
from cadans.team.queries import organisation

CARDS = 30
"""Cards that a column of the board shows at first."""


def visible_lead(user: User, id: uuid.UUID | str) -> Lead:
    """A lead that this user may see, with its names. Raises NotFound."""
    try:
        key = id if isinstance(id, uuid.UUID) else uuid.UUID(id)
    except ValueError:
        raise NotFound(_("There is no such lead.")) from None
    lead = Lead.objects.visible_to(user).with_names().filter(id=key).first()
    if lead is None:
        raise NotFound(_("There is no such lead."))
    return lead


@dataclass(frozen=True)
class Standing:
    """Where a lead stands: its process, its present stage and how that stage's goals stand."""

    process: Published
    stage: StageDesign
    progress: Progress
    visits: Mapping[str, StageVisit]

    def was_in(self, key: str) -> bool:
        """Whether the lead was ever in that stage."""
        return key in self.visits


def standing(lead: Lead) -> Standing:
    """Where a lead stands (a handful of queries, whatever the lead's history)."""
    process = published(lead.version_id)
    visits = list(StageVisit.objects.filter(lead=lead).order_by("entered_at", "id"))
    present = next((visit for visit in visits if visit.left_at is None), None)
    facts = facts_of(lead, process, present)
    stage = process.design.stage(facts.stage)
    keys = {row.id: key for key, row in process.stages.items()}
    last = {keys[visit.stage_id]: visit for visit in visits if visit.stage_id in keys}
    return Standing(process, stage, progress(stage, facts), last)


def company_called(name: str) -> Company | None:
    """The company of exactly that name, in any case of letters; the oldest when there are more."""
    same = Company.objects.present().alias(low=Lower("name")).filter(low=name.lower())
    return same.order_by("made_at").first()


def published_of(lead: Lead) -> Published:
    """The version of the process that a lead follows (kept in memory)."""
    return published(lead.version_id)


@dataclass
class Column:
    """One stage of the board: how many leads, how much money, the first cards."""

    stage: Stage
    count: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)
    cards: list[Lead] = field(default_factory=list)

    @property
    def hidden(self) -> int:
        """How many leads are not among the cards."""
        return self.count - len(self.cards)

    @property
    def total(self) -> Money | None:
        """The sum in the organisation's currency, when there is anything to sum."""
        currency = organisation().currency
        if currency in self.sums:
            return Money(self.sums[currency], currency)
        return None

    @property
    def other_totals(self) -> list[Money]:
        """The sums in other currencies."""
        currency = organisation().currency
        return [Money(amount, code) for code, amount in self.sums.items() if code != currency]


def board(
    user: User,
    pipeline: Pipeline,
    *,
    leads: LeadQuerySet | None = None,
    cards: int = CARDS,
    more: Mapping[uuid.UUID, int] | None = None,
) -> list[Column]:
    """The open leads of a pipeline by stage: four queries, however many leads there are.

    `leads` narrows them (a filtered queryset that began with `visible_to`); `more` is how many
    cards a stage shows beyond the first ones. Each card has `next_task`, the open task that is
    due first, or None.
    """
    rows = (leads if leads is not None else Lead.objects.visible_to(user)).open()
    rows = rows.filter(pipeline=pipeline)
    stages = list(Stage.objects.filter(pipeline=pipeline, retired_at=None, ends_in=""))
    columns = {stage.id: Column(stage) for stage in stages}
    counted = (
        rows.order_by().values("stage", "currency").annotate(n=Count("id"), total=Sum("value"))
    )
    for row in counted:
        column = columns.get(row["stage"])
        if column is None:
            continue
        column.count += row["n"]
        if row["total"] is not None:
            column.sums[row["currency"]] = row["total"]
    shown = {stage: cards + (more or {}).get(stage, 0) for stage in columns}
    for lead in _first_cards(rows, shown):
        lead.pipeline, lead.stage = pipeline, columns[lead.stage_id].stage
        columns[lead.stage_id].cards.append(lead)
    _hang_next_tasks([lead for column in columns.values() for lead in column.cards])
    return list(columns.values())


def more_cards(
    user: User, stage: Stage, *, after: int, leads: LeadQuerySet | None = None, cards: int = CARDS
) -> list[Lead]:
    """The next cards of one column."""
    rows = (leads if leads is not None else Lead.objects.visible_to(user)).open()
    found = list(
        rows.filter(stage=stage, pipeline=stage.pipeline_id)
        .order_by("-stage_entered_at", "id")
        .with_names()[after : after + cards]
    )
    _hang_next_tasks(found)
    return found


def live_token(pipeline: uuid.UUID) -> str:
    """A short text that changes whenever anything happened to a lead of the pipeline.

    Made of the ids of the latest events, so that one that was written a little late, out of
    order, still changes it.
    """
    latest = (
        Event.objects.filter(pipeline=pipeline).order_by("-id").values_list("id", flat=True)[:20]
    )
    return _token(latest)


def live_token_of_lead(lead: uuid.UUID) -> str:
    """The same for one lead."""
    latest = Event.objects.filter(lead=lead).order_by("-id").values_list("id", flat=True)[:20]
    return _token(latest)


def _token(ids: Any) -> str:
    return hashlib.sha256("".join(str(id) for id in ids).encode()).hexdigest()[:16]


# A board shows hundreds of cards: whole leads with all that hangs on them take half as long again.
ON_A_CARD = (
    *("title", "status", "value", "currency", "pipeline", "stage", "stage_entered_at"),
    *("touched_at", "closed_at", "revision", "owner__name", "owner__email", "company__name"),
)


def _first_cards(rows: LeadQuerySet, shown: Mapping[uuid.UUID, int]) -> list[Lead]:
    """The newest cards of each stage, in one query that reads no more rows than it shows."""
    if not shown:
        return []
    parts = [
        rows.filter(stage=stage).order_by("-stage_entered_at", "id").values("id")[:cards]
        for stage, cards in shown.items()
    ]
    ids = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return list(
        Lead.objects.filter(id__in=[row["id"] for row in ids])
        .select_related("owner", "company")
        .only(*ON_A_CARD)
        .order_by("-stage_entered_at", "id")
    )


def _hang_next_tasks(leads: Sequence[Lead]) -> None:
    next_tasks = {
        task.lead_id: task
        for task in Task.objects.filter(lead__in=[lead.id for lead in leads])
        .open()
        .order_by("lead", "due_at", "id")
        .distinct("lead")
    }
    for lead in leads:
        lead.next_task = next_tasks.get(lead.id)  # type: ignore[attr-defined]


def search_leads(user: User, words: str, *, limit: int = 8) -> list[Lead]:
    """Leads whose title, or whose company's name, holds the words."""
    return list(
        Lead.objects.visible_to(user)
        .with_names()
        .filter(Q(title__icontains=words) | Q(company__name__icontains=words))
        .order_by("-opened_at")[:limit]
    )


MOVES = frozenset(
    {"stage_left", "stage_entered", "lead_won", "lead_lost", "lead_cancelled", "lead_reopened"}
)
UNDONE = "move_undone"
"""Kinds of events that move a lead, and the one that takes a move back."""


def last_move(lead: Lead) -> Event | None:
    """The event with which the lead's last move began that can be taken back: leaving a stage.

    None when it never left one, was reopened since, or its history of stages was imported.
    """
    kinds = MOVES | {UNDONE, "history_rebuilt"}
    told = Event.objects.filter(lead=lead.id, kind__in=kinds).order_by("id")
    undone: set[str] = set()
    standing: list[Event] = []
    for event in told:
        if event.kind == "history_rebuilt":
            standing = []
        elif event.kind == UNDONE:
            undone.add(str(event.data["act"]))
        else:
            standing.append(event)
    standing = [event for event in standing if str(event.act) not in undone]
    act = standing[-1].act if standing else None
    begun = (event for event in standing if event.act == act and event.kind == "stage_left")
    return next(begun, None)
