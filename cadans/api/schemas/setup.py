"""What a manager keeps, as the API reads and shows it: products, users, teams, rules."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from cadans.api.schemas.kinds import (
    Email,
    Key,
    KeyRef,
    Money,
    MoneyWish,
    Ref,
    UserRef,
    Wish,
    money,
    ref,
    user_ref,
)
from cadans.assignment.models import Territory
from cadans.assignment.queries import atlas
from cadans.ground.custom_fields import CustomField
from cadans.leads.models import LossReason, Product, Source
from cadans.process.models import RoutingRule
from cadans.team.models import Team, User

Name80 = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Name120 = Annotated[str, StringConstraints(min_length=1, max_length=120)]
UserRole = Literal["rep", "manager", "admin"]
Language = Literal["nl", "en"]
FieldSubject = Literal["lead", "person", "company"]
FieldKind = Literal["text", "number", "date", "yes_no", "choice"]


class NewNamed(Wish):
    """Something that has a name only."""

    name: Name80


class NamedChanges(Wish):
    """A new name."""

    name: Name80 | None = None


class NewProduct(Wish):
    """A product; its line is made when there is none of that name."""

    name: Name120
    line: Name80 | None = None
    price: MoneyWish | None = None
    external_id: Key | None = None


class ProductChanges(Wish):
    """What is to change; what is left out stays as it is, null makes empty."""

    name: Name120 | None = None
    line: Name80 | None = None
    price: MoneyWish | None = None
    is_active: bool | None = None


class ProductShown(BaseModel):
    """A product."""

    id: uuid.UUID
    name: str
    line: Ref | None
    price: Money | None
    is_active: bool
    external_id: str | None


class NewUser(Wish):
    """A user; without a password they set one by mail."""

    email: Email
    name: Annotated[str, StringConstraints(max_length=120)] = ""
    role: UserRole = "rep"
    language: Language = "nl"
    external_id: Key | None = None


class UserChanges(Wish):
    """What is to change; what is left out stays as it is."""

    email: Email | None = None
    name: Name120 | None = None
    role: UserRole | None = None
    language: Language | None = None
    is_active: bool | None = None


class UserShown(BaseModel):
    """A user."""

    id: uuid.UUID
    name: str
    email: str
    role: UserRole
    language: str
    is_active: bool
    external_id: str | None


class NewTeam(Wish):
    """A team; people by e-mail address or id."""

    name: Name80
    manager: Key | None = None
    members: list[Key] = Field(default_factory=list, max_length=500)


class ShareWish(Wish):
    """How many leads a member gets: the weight of their turn, and the most open leads at a time
    (null: no limit)."""

    member: Key
    weight: Annotated[int, Field(ge=1, le=100)] = 1
    capacity: Annotated[int, Field(ge=0, le=100_000)] | None = None


class ShareShown(BaseModel):
    """How many leads a member of a team gets."""

    member: uuid.UUID
    weight: int
    capacity: int | None


class TeamChanges(Wish):
    """What is to change; `members` replaces those there are, `shares` only those it names."""

    name: Name80 | None = None
    manager: Key | None = None
    members: list[Key] | None = Field(default=None, max_length=500)
    shares: list[ShareWish] | None = Field(default=None, max_length=500)


class TeamShown(BaseModel):
    """A team; `shares` says how many leads each member gets."""

    id: uuid.UUID
    name: str
    manager: UserRef | None
    members: list[UserRef]
    shares: list[ShareShown]


class AreaWish(Wish):
    """A piece of the map: a country, perhaps a region or a range of postcodes."""

    country: Annotated[str, StringConstraints(min_length=2, max_length=2)]
    region: Annotated[str, StringConstraints(max_length=80)] = ""
    postcode_from: Annotated[str, StringConstraints(max_length=16)] = ""
    postcode_to: Annotated[str, StringConstraints(max_length=16)] = ""


class NewTerritory(Wish):
    """A territory, perhaps inside another (by name or id)."""

    name: Name80
    parent: Key | None = None
    areas: list[AreaWish] = Field(default_factory=list, max_length=500)
    external_id: Key | None = None


class TerritoryChanges(Wish):
    """What is to change; `areas` replaces those there are."""

    name: Name80 | None = None
    parent: Key | None = None
    areas: list[AreaWish] | None = Field(default=None, max_length=500)


class AreaShown(BaseModel):
    """A piece of the map."""

    country: str
    region: str
    postcode_from: str
    postcode_to: str


class OverlapShown(BaseModel):
    """An area of the territory that overlaps with one of a territory in another branch.

    `wins` tells whether this territory gets what lies in both: the narrower area does. When
    `doubtful`, neither is narrower.
    """

    area: str
    territory: Ref
    other_area: str
    wins: bool
    doubtful: bool


class TerritoryShown(BaseModel):
    """A territory."""

    id: uuid.UUID
    name: str
    parent: Ref | None
    areas: list[AreaShown]
    overlaps: list[OverlapShown]
    external_id: str | None


class NewRoutingRule(Wish):
    """Which new leads go to a pipeline: `when` is a condition as in a playbook."""

    name: Name80
    pipeline: Key
    when: dict[str, Any] = Field(default_factory=dict, max_length=10)


class RoutingRuleChanges(Wish):
    """What is to change; what is left out stays as it is."""

    name: Name80 | None = None
    pipeline: Key | None = None
    when: dict[str, Any] | None = Field(default=None, max_length=10)


class RoutingRuleShown(BaseModel):
    """A routing rule; those of a lower position are tried first."""

    id: uuid.UUID
    name: str
    position: int
    pipeline: KeyRef
    when: dict[str, Any]


class NewCustomField(Wish):
    """A field of the organisation's own; without a key one is made of the name."""

    subject: FieldSubject
    name_nl: Name80
    name_en: Annotated[str, StringConstraints(max_length=80)] = ""
    kind: FieldKind = "text"
    options: list[Annotated[str, StringConstraints(max_length=120)]] = Field(
        default_factory=list, max_length=100
    )
    key: Annotated[str, StringConstraints(max_length=40)] = ""


class CustomFieldChanges(Wish):
    """What is to change; key, subject and kind stay."""

    name_nl: Name80 | None = None
    name_en: Name80 | None = None
    options: list[Annotated[str, StringConstraints(max_length=120)]] | None = Field(
        default=None, max_length=100
    )


class CustomFieldShown(BaseModel):
    """A field of the organisation's own."""

    id: uuid.UUID
    subject: FieldSubject
    key: str
    name_nl: str
    name_en: str
    kind: FieldKind
    options: list[str]
    position: int


def named(thing: Source | LossReason) -> Ref:
    """Something that has a name only."""
    return Ref(id=thing.id, name=thing.name)


def product_shown(product: Product) -> ProductShown:
    """A product with its line at hand."""
    return ProductShown(
        id=product.id,
        name=product.name,
        line=ref(product.line),
        price=money(product.price, product.currency),
        is_active=product.is_active,
        external_id=product.external_id,
    )


def user_shown(user: User) -> UserShown:
    """A user."""
    return UserShown.model_validate(user, from_attributes=True)


def team_shown(team: Team) -> TeamShown:
    """A team with its manager and members at hand."""
    members = [user_ref(user) for user in team.members.all()]
    return TeamShown(
        id=team.id,
        name=team.name,
        manager=user_ref(team.manager),
        members=[one for one in members if one is not None],
        shares=[
            ShareShown(member=one.user_id, weight=one.weight, capacity=one.capacity)
            for one in sorted(team.memberships.all(), key=lambda one: one.user_id)
        ],
    )


def territory_shown(territory: Territory) -> TerritoryShown:
    """A territory with its parent and areas at hand."""
    return TerritoryShown(
        id=territory.id,
        name=territory.name,
        parent=ref(territory.parent),
        areas=[
            AreaShown.model_validate(one, from_attributes=True) for one in territory.areas.all()
        ],
        overlaps=[
            OverlapShown(
                area=str(mine),
                territory=Ref(id=theirs.territory, name=theirs.path[0]),
                other_area=str(theirs),
                wins=mine is one.first,
                doubtful=one.is_doubtful,
            )
            for one in atlas().overlaps
            for mine, theirs in ((one.first, one.second), (one.second, one.first))
            if mine.territory == territory.id
        ],
        external_id=territory.external_id,
    )


def routing_rule_shown(rule: RoutingRule) -> RoutingRuleShown:
    """A routing rule with its pipeline at hand."""
    pipeline = rule.pipeline
    return RoutingRuleShown(
        id=rule.id,
        name=rule.name,
        position=rule.position,
        pipeline=KeyRef(id=pipeline.id, key=pipeline.key, name=pipeline.name),
        when=rule.when,
    )


def custom_field_shown(field: CustomField) -> CustomFieldShown:
    """A custom field's definition."""
    return CustomFieldShown.model_validate(field, from_attributes=True)
