"""The cast: one small Dutch company, named, the same in every test.

    def test_something(world):
        lead = world.lead("Bakkerij Zon")
        world.call(lead)

Brouwer Techniek sells heat pumps. Its pipeline "Nieuwe klanten" has four open stages and a won
stage; goals of all five kinds; tasks with due dates; an assignment rule that deals out to the
inside team in turn.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from cadans.contacts.drafts import CompanyDraft, PersonDraft
from cadans.events.models import Event
from cadans.events.replay import Told, replay
from cadans.leads import actions
from cadans.leads.drafts import LeadDraft, PartDraft
from cadans.leads.models import Activity, Lead, LossReason, Product, ProductLine, Source, Task
from cadans.process.models import Pipeline, ProcessVersion, Stage, published
from cadans.team.models import Membership, Organisation, Team, User

PASSWORD = "a long pass phrase"
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday without holidays in its week, at ten in the morning in Amsterdam."""


def inbound(team: Team) -> dict[str, Any]:
    """The document of the pipeline "Nieuwe klanten"."""
    return {
        "format": 1,
        "stages": [
            {
                "key": "new",
                "name": {"nl": "Nieuw", "en": "New"},
                "goals": [
                    {
                        "key": "reached",
                        "kind": "activity",
                        "activity": "call",
                        "outcome": "reached",
                        "name": {"nl": "Gesproken", "en": "Spoken to"},
                    },
                    {
                        "key": "value",
                        "kind": "field",
                        "field": "value",
                        "name": {"nl": "Waarde bekend", "en": "Value known"},
                    },
                ],
                "guidance": {
                    "nl": {"short": "Bel **binnen een uur**.", "long": "Vraag naar het gebouw."},
                    "en": {"short": "Call **within the hour**.", "long": "Ask about the building."},
                },
                "tasks": [
                    {
                        "key": "first_call",
                        "name": {"nl": "Eerste belafspraak", "en": "First call"},
                        "kind": "call",
                        "due": {"after": 4, "unit": "hours"},
                        "required": True,
                    },
                    {
                        "key": "look_up",
                        "name": {"nl": "Bedrijf opzoeken", "en": "Look the company up"},
                        "due": {"after": 1, "unit": "working_days"},
                    },
                ],
                "rules": [
                    {
                        "key": "inside",
                        "name": "Binnendienst om de beurt",
                        "to": {"team": str(team.id), "strategy": "round_robin"},
                    }
                ],
                "idle_days": 7,
            },
            {
                "key": "demo",
                "name": {"nl": "Demo", "en": "Demo"},
                "goals": [
                    {
                        "key": "demo_held",
                        "kind": "activity",
                        "activity": "demo",
                        "name": {"nl": "Demo gegeven", "en": "Demo given"},
                    }
                ],
                "tasks": [
                    {
                        "key": "prepare",
                        "name": {"nl": "Demo voorbereiden", "en": "Prepare the demo"},
                        "due": {"after": 2, "unit": "working_days"},
                    }
                ],
                "idle_days": 14,
            },
            {
                "key": "proposal",
                "name": {"nl": "Voorstel", "en": "Proposal"},
                "goals_needed": "all",
                "goals": [
                    {
                        "key": "sent",
                        "kind": "task",
                        "task": "send",
                        "name": {"nl": "Voorstel verstuurd", "en": "Proposal sent"},
                    },
                    {
                        "key": "agreed",
                        "kind": "box",
                        "name": {"nl": "Akkoord op hoofdlijnen", "en": "Agreed in outline"},
                    },
                ],
                "tasks": [
                    {
                        "key": "send",
                        "name": {"nl": "Voorstel sturen", "en": "Send the proposal"},
                        "kind": "email",
                        "required": True,
                    }
                ],
                "enforcement": "reason",
                "is_ask": True,
            },
            {
                "key": "contract",
                "name": {"nl": "Contract", "en": "Contract"},
                "goals": [
                    {
                        "key": "signed",
                        "kind": "signal",
                        "signal": "contract_signed",
                        "where": {"all": [{"field": "by", "is": "equal", "than": "customer"}]},
                        "name": {"nl": "Getekend", "en": "Signed"},
                    }
                ],
                "enforcement": "block",
            },
            {"key": "won", "name": {"nl": "Gewonnen", "en": "Won"}, "ends_in": "won"},
        ],
    }


@dataclass
class World:
    """Brouwer Techniek: its people, its team, its pipeline, and short ways to act in it."""

    organisation: Organisation
    admin: User
    manager: User
    anna: User
    bram: User
    chris: User
    team: Team
    pipeline: Pipeline
    stages: dict[str, Stage] = field(default_factory=dict)
    website: Source | None = None
    too_expensive: LossReason | None = None
    pump: Product | None = None
    made: int = 0

    def lead(self, named: str = "", *, actor: User | None = None, **fields: Any) -> Lead:
        """A lead, made through the product's own action, on MONDAY unless said otherwise."""
        self.made += 1
        name = named or f"Bedrijf {self.made}"
        fields.setdefault("opened_at", MONDAY)
        fields.setdefault("pipeline", self.pipeline)
        fields.setdefault("title", name)
        fields.setdefault("company", CompanyDraft(name=name))
        fields.setdefault(
            "people", [PartDraft(PersonDraft(email=f"p{self.made}@bedrijf{self.made}.example"))]
        )
        return actions.create_lead(actor or self.manager, LeadDraft(**fields))

    def call(self, lead: Lead, *, hours: float = 1, **fields: Any) -> Activity:
        """A call that reached somebody, so many hours after MONDAY."""
        fields.setdefault("outcome", "reached")
        at = MONDAY + timedelta(hours=hours)
        return actions.log_activity(self.anna, lead, kind="call", at=at, **fields)

    def put_in(self, lead: Lead, stage: str, *, hours: float = 1) -> Lead:
        """Move a lead by hand, as the manager, with a reason."""
        return actions.move_lead(
            self.manager, lead, stage=stage, reason="test", at=MONDAY + timedelta(hours=hours)
        )

    def task(self, lead: Lead, key: str) -> Task:
        """The latest task on a lead that came from a stage task."""
        return Task.objects.filter(lead=lead, key=key).latest("made_at")

    def stage_of(self, lead: Lead) -> str:
        """The key of the stage in which a lead lies now."""
        return Lead.objects.values_list("stage__key", flat=True).get(id=lead.id)

    def kinds(self, lead: Lead) -> list[str]:
        """The kinds of a lead's events, in the order in which they were written."""
        return list(
            Event.objects.filter(lead=lead.id).order_by("id").values_list("kind", flat=True)
        )

    def told(self, lead: Lead) -> Told:
        """What the log tells of a lead."""
        return replay(Event.objects.filter(lead=lead.id).values())[str(lead.id)]


def build() -> World:
    """Make the whole cast (in a handful of bulk writes: tests make it often)."""
    organisation = Organisation.objects.create(name="Brouwer Techniek")
    people = {}
    for name, role in [
        ("Admin de Boer", "admin"),
        ("Marit Visser", "manager"),
        ("Anna Smit", "rep"),
        ("Bram Mulder", "rep"),
        ("Chris de Wit", "rep"),
    ]:
        first = name.split()[0].lower()
        people[first] = User(name=name, email=f"{first}@brouwer.example", role=role, language="nl")
        people[first].set_password(PASSWORD)
    User.objects.bulk_create(people.values())
    team = Team.objects.create(name="Binnendienst", manager=people["marit"])
    Membership.objects.bulk_create(
        Membership(team=team, user=people[name]) for name in ("anna", "bram", "chris")
    )
    document = inbound(team)
    pipeline = Pipeline.objects.create(
        key="new-customers", name="Nieuwe klanten", is_default=True, draft=document
    )
    version = ProcessVersion.objects.create(pipeline=pipeline, number=1, document=document)
    stages = Stage.objects.bulk_create(
        Stage(
            pipeline=pipeline,
            key=stage["key"],
            name=stage["name"],
            position=n,
            ends_in=stage.get("ends_in", ""),
            idle_days=stage.get("idle_days"),
        )
        for n, stage in enumerate(document["stages"])
    )
    pipeline.version = version
    pipeline.save()
    published.cache_clear()
    line = ProductLine.objects.create(name="Warmtepompen")
    return World(
        organisation=organisation,
        admin=people["admin"],
        manager=people["marit"],
        anna=people["anna"],
        bram=people["bram"],
        chris=people["chris"],
        team=team,
        pipeline=pipeline,
        stages={stage.key: stage for stage in stages},
        website=Source.objects.create(name="Website"),
        too_expensive=LossReason.objects.create(name="Te duur"),
        pump=Product.objects.create(
            name="Warmtepomp 8 kW", line=line, price=Decimal("7450.00"), currency="EUR"
        ),
    )
