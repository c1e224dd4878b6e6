"""A small builder for reports: leads with their visits and closings, written as they would stand.

Rows are made directly, so that a test can say exactly which history it is about.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from cadans.ground.ids import new_id
from cadans.insight.filters import EARLIEST, LATEST, Filters
from cadans.leads.models import (
    Closing,
    Lead,
    LeadProduct,
    LossReason,
    Product,
    ProductLine,
    Source,
    StageVisit,
)
from cadans.process.models import Pipeline, ProcessVersion, Stage
from cadans.team.models import Membership, Organisation, Team, User

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
"""Day 0 of every history, at noon so that no zone moves it to another day."""


def day(number: float) -> datetime:
    """The moment so many days after the start."""
    return START + timedelta(days=number)


def ever(**chosen: Any) -> Filters:
    """Filters over all time."""
    return Filters(since=EARLIEST, until=LATEST, **chosen)


@dataclass
class Scene:
    """One pipeline (new, demo, offer, won; dropped ends in lost), two teams, three reps."""

    now: datetime = field(default_factory=lambda: day(200))

    def __post_init__(self) -> None:
        Organisation.objects.get_or_create(
            id=1, defaults={"name": "Acme", "currency": "EUR", "leads_seen_by_reps": "own"}
        )
        self.users = {
            name: User.objects.create(email=f"{name.lower()}@example.com", name=name, role=role)
            for name, role in (
                ("Anna", "rep"),
                ("Bram", "rep"),
                ("Cato", "rep"),
                ("Mila", "manager"),
            )
        }
        self.teams = {name: Team.objects.create(name=name) for name in ("North", "South")}
        for team, names in (("North", ("Anna", "Bram")), ("South", ("Bram", "Cato"))):
            for name in names:
                Membership.objects.create(team=self.teams[team], user=self.users[name])
        self.sources = {name: Source.objects.create(name=name) for name in ("Web", "Fair")}
        self.reasons = {name: LossReason.objects.create(name=name) for name in ("Price", "Timing")}
        self.line = ProductLine.objects.create(name="Machines")
        self.products = {
            name: Product.objects.create(name=name, line=line)
            for name, line in (("Press", self.line), ("Mill", self.line), ("Advice", None))
        }
        self.pipeline, self.version, self.stages = self.add_pipeline("sales", is_default=True)

    def add_pipeline(
        self, key: str, *, is_default: bool = False
    ) -> tuple[Pipeline, ProcessVersion, dict[str, Stage]]:
        """A pipeline with the five stages."""
        pipeline = Pipeline.objects.create(key=key, name=key.title(), is_default=is_default)
        version = ProcessVersion.objects.create(pipeline=pipeline, number=1, document={})
        Pipeline.objects.filter(id=pipeline.id).update(version=version)
        stages = {
            name: Stage.objects.create(
                pipeline=pipeline,
                key=name,
                name={"nl": name.title(), "en": name.title()},
                position=place,
                ends_in=ends,
                idle_days=idle,
            )
            for place, (name, ends, idle) in enumerate(
                [
                    ("new", "", 10),
                    ("demo", "", 20),
                    ("offer", "", None),
                    ("won", "won", None),
                    ("dropped", "lost", None),
                ]
            )
        }
        return pipeline, version, stages

    def lead(
        self,
        path: Sequence[tuple[str, float]] = (("new", 0),),
        *,
        closed: tuple[str, float] | None = None,
        owner: str | None = "Anna",
        owners: Sequence[str | None] | None = None,
        closer: str | None = None,
        source: str | None = "Web",
        value: str | None = "100.00",
        reason: str | None = None,
        products: Sequence[str] = (),
        undone: Sequence[tuple[str, float, float]] = (),
        touched: float | None = None,
        deleted: bool = False,
    ) -> Lead:
        """A lead that went along `path` (stage and day) and was closed as and when said.

        `owners`: of each visit; `closer`: at the closing (default: the owner). `undone`:
        closings that were reopened, as (status, closed, reopened).
        """
        amount = None if value is None else Decimal(value)
        currency = "" if value is None else "EUR"
        last = self.stages[path[-1][0]]
        lead = Lead.objects.create(
            title="A lead",
            pipeline=self.pipeline,
            version=self.version,
            stage=last,
            status=closed[0] if closed else "open",
            value=amount,
            currency=currency,
            owner=self.user(owner),
            source=None if source is None else self.sources[source],
            loss_reason=None if reason is None else self.reasons[reason],
            opened_at=day(path[0][1]),
            closed_at=day(closed[1]) if closed else None,
            stage_entered_at=day(path[-1][1]),
            touched_at=day(path[-1][1] if touched is None else touched),
            deleted_at=self.now if deleted else None,
        )
        ends = [*path, None]
        holders = owners or [owner] * len(path)
        for (here, following), holder in zip(pairwise(ends), holders, strict=True):
            assert here is not None
            left, how = None, ""
            if following is not None:
                left, how = following[1], "moved"
            elif closed:
                left, how = closed[1], closed[0]
            StageVisit.objects.create(
                lead=lead,
                pipeline=self.pipeline,
                version=self.version,
                stage=self.stages[here[0]],
                owner=self.user(holder),
                entered_at=day(here[1]),
                left_at=None if left is None else day(left),
                how=how,
                entered_by=new_id(),
            )
        for status, at, reopened in undone:
            self.close(lead, status, at, amount, owner, None, reopened)
        if closed:
            self.close(lead, *closed, amount, closer or owner, reason, None)
        for name in products:
            LeadProduct.objects.create(lead=lead, product=self.products[name])
        return lead

    def close(
        self,
        lead: Lead,
        status: str,
        at: float,
        worth: Decimal | None,
        owner: str | None,
        reason: str | None,
        reopened: float | None,
    ) -> None:
        """One closing."""
        Closing.objects.create(
            lead=lead,
            pipeline=lead.pipeline,
            version=lead.version,
            stage=lead.stage,
            status=status,
            owner=self.user(owner),
            reason=None if reason is None else self.reasons[reason],
            opened_at=lead.opened_at,
            at=day(at),
            value=worth,
            currency="" if worth is None else "EUR",
            worth=worth,
            reopened_at=None if reopened is None else day(reopened),
        )

    def user(self, name: str | None) -> User | None:
        """A user by name."""
        return None if name is None else self.users[name]
