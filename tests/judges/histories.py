"""Random histories of leads, written to the database as they are, and known to the judge too."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from cadans.ground.ids import new_id
from cadans.leads.models import Closing, Lead, LeadProduct, StageVisit
from tests.insight.scene import Scene

STAGES = ("new", "demo", "offer", "won", "dropped")
WAY = {"new": 0, "demo": 1, "offer": 2, "won": 3}
OWNERS = ("Anna", "Bram", "Cato", None)
FIRST = datetime(2025, 11, 20, tzinfo=UTC)
NOW = FIRST + timedelta(days=160)


@dataclass(frozen=True)
class History:
    """A lead's life.

    Visits are (stage, hour, owner); closings are (status, hour, hour of reopening, owner).
    """

    visits: tuple[tuple[str, int, str | None], ...]
    closings: tuple[tuple[str, int, int | None, str | None], ...]
    owner: str | None
    value: int | None
    touched: int
    products: tuple[str, ...]
    deleted: bool

    @property
    def standing(self) -> tuple[str, int, int | None, str | None] | None:
        """The closing that was not reopened."""
        return next((closing for closing in self.closings if closing[2] is None), None)


def moment(hour: int) -> datetime:
    """So many hours after the first of all."""
    return FIRST + timedelta(hours=hour)


HOURS = st.integers(0, 150 * 24)
GAPS = st.sampled_from([0, 0, 1, 7, 23, 24, 100, 700])


@st.composite
def histories(draw: st.DrawFn) -> History:
    """One lead: forward and backward moves, ties, wins undone, losses from anywhere."""
    hour = draw(HOURS)
    owner = draw(st.sampled_from(OWNERS))
    visits: list[tuple[str, int, str | None]] = []
    closings: list[tuple[str, int, int | None, str | None]] = []
    for _ in range(draw(st.integers(1, 6))):
        stage = draw(st.sampled_from(("new", "new", "demo", "demo", "offer", "won")))
        visits.append((stage, hour, owner))
        if stage == "won":
            closings.append(("won", hour, None, owner))
            if not draw(st.booleans()):
                break
            reopened = hour + draw(st.sampled_from([1, 5, 60]))
            closings[-1] = ("won", hour, reopened, owner)
            hour = reopened
            continue
        hour += draw(GAPS)
        owner = draw(st.sampled_from(OWNERS)) if draw(st.booleans()) else owner
    if visits[-1][0] == "won" and closings[-1][2] is not None:
        visits.append(("new", hour, owner))
    if not any(closing[2] is None for closing in closings):
        ending = draw(st.sampled_from(["open", "open", "won", "lost", "lost", "cancelled"]))
        if ending != "open":
            closings.append((ending, hour, None, owner))
            if ending == "lost" and draw(st.booleans()):
                visits.append(("dropped", hour, owner))
    return History(
        visits=tuple(visits),
        closings=tuple(closings),
        owner=draw(st.sampled_from(OWNERS)) if draw(st.booleans()) else owner,
        value=draw(st.none() | st.integers(0, 100_000)),
        touched=hour + draw(GAPS),
        products=tuple(draw(st.sets(st.sampled_from(["Press", "Mill", "Advice"]), max_size=2))),
        deleted=draw(st.integers(0, 9)) == 0,
    )


def write(scene: Scene, lives: list[History]) -> None:
    """Put the histories into the database, replacing those of the example before."""
    for model in (LeadProduct, Closing, StageVisit, Lead):
        model.objects.all().delete()
    leads, visits, closings, lines = [], [], [], []
    for life in lives:
        standing = life.standing
        amount = None if life.value is None else Decimal(life.value) / 100
        currency = "" if amount is None else "EUR"
        lead = Lead(
            title="A lead",
            pipeline=scene.pipeline,
            version=scene.version,
            stage=scene.stages[life.visits[-1][0]],
            status=standing[0] if standing else "open",
            owner=scene.user(life.owner),
            value=amount,
            currency=currency,
            opened_at=moment(life.visits[0][1]),
            closed_at=moment(standing[1]) if standing else None,
            stage_entered_at=moment(life.visits[-1][1]),
            touched_at=moment(life.touched),
            deleted_at=NOW if life.deleted else None,
        )
        leads.append(lead)
        for place, (stage, hour, owner) in enumerate(life.visits):
            following = life.visits[place + 1][1] if place + 1 < len(life.visits) else None
            left = following if following is not None else standing and standing[1]
            visits.append(
                StageVisit(
                    lead=lead,
                    pipeline=scene.pipeline,
                    version=scene.version,
                    stage=scene.stages[stage],
                    owner=scene.user(owner),
                    entered_at=moment(hour),
                    left_at=None if left is None else moment(left),
                    how="" if left is None else "moved",
                    entered_by=new_id(),
                )
            )
        for status, hour, reopened, owner in life.closings:
            closings.append(
                Closing(
                    lead=lead,
                    pipeline=scene.pipeline,
                    version=scene.version,
                    stage=lead.stage,
                    status=status,
                    owner=scene.user(owner),
                    opened_at=lead.opened_at,
                    at=moment(hour),
                    value=amount,
                    currency=currency,
                    worth=amount,
                    reopened_at=None if reopened is None else moment(reopened),
                )
            )
        lines += [LeadProduct(lead=lead, product=scene.products[name]) for name in life.products]
    Lead.objects.bulk_create(leads)
    StageVisit.objects.bulk_create(visits)
    Closing.objects.bulk_create(closings)
    LeadProduct.objects.bulk_create(lines)
