"""Set up the demo company: its people, teams, offer, territories and first processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cadans.assignment.actions import AreaDraft, add_territory
from cadans.assignment.models import Territory
from cadans.demo import story, words
from cadans.demo.people import BOSSES, FIELD, FIRM, INSIDE, LOG_INS, PASSWORD, SELLERS
from cadans.demo.processes import FIRST_NOTE, NAMES, SECOND_NOTE, first_design, second_design
from cadans.demo.simulate import Period, absences
from cadans.demo.story import CLASSIC, TRIAL, TRIAL_SOURCES
from cadans.events.act import history
from cadans.ground.errors import Conflict
from cadans.leads.actions.offering import add_line, add_loss_reason, add_product, add_source
from cadans.leads.actions.own_fields import add_custom_field
from cadans.leads.offer import LossReason, Product, Source
from cadans.playbooks.actions import (
    as_document,
    make_pipeline,
    publish_pipeline,
    save_draft,
    set_default,
)
from cadans.process.actions import add_routing_rule
from cadans.process.design import Design
from cadans.process.models import Pipeline
from cadans.team.actions import add_absence, add_team, add_user, change_organisation
from cadans.team.models import Team, User
from cadans.team.queries import is_set_up

VIA = "demo"


@dataclass(frozen=True)
class DemoCompany:
    """The demo company's rows, by the names that the simulation uses."""

    period: Period
    users: Mapping[str, User]
    teams: Mapping[str, Team]
    sources: Mapping[str, Source]
    reasons: Mapping[str, LossReason]
    products: Mapping[str, Product]
    territories: Mapping[str, Territory]
    pipelines: Mapping[str, Pipeline]
    designs: Mapping[tuple[str, int], Design]


def set_up_company(period: Period) -> DemoCompany:
    """Make the company as it was on the day before its first leads came in.

    Raises Conflict when there is somebody who can log in already.
    """
    if is_set_up():
        raise Conflict(
            _("There are users already, and the demo company goes into an empty Cadans only."),
            code="set_up_already",
        )
    with history(period.begins_at):
        change_organisation(None, changes={"name": FIRM}, via=VIA)
        users = _users()
        teams = _teams(users)
        for key, first, last, note in absences(period.today):
            add_absence(None, users[key], first=first, last=last, note=note, via=VIA)
        add_custom_field(
            None,
            subject="lead",
            name_nl="Laadpunten",
            name_en="Charge points",
            kind="number",
            key="laadpunten",
            via=VIA,
        )
        add_custom_field(
            None,
            subject="company",
            name_nl="Wagenpark",
            name_en="Fleet",
            kind="number",
            key="wagenpark",
            via=VIA,
        )
        ids = {key: user.id for key, user in users.items()}
        team_ids = {name: team.id for name, team in teams.items()}
        designs = {
            (key, number): make(key, team_ids, ids)
            for key in (CLASSIC, TRIAL)
            for number, make in enumerate((first_design, second_design), start=1)
        }
        pipelines = {}
        for key in (CLASSIC, TRIAL):
            pipeline = make_pipeline(
                users["marloes"], name=NAMES[key], key=key, design=designs[key, 1], via=VIA
            )
            publish_pipeline(users["marloes"], pipeline, note=FIRST_NOTE, via=VIA)
            pipelines[key] = Pipeline.objects.get(id=pipeline.id)
        set_default(users["marloes"], pipelines[CLASSIC], via=VIA)
        add_routing_rule(
            None,
            name="Aanmeldingen naar de proefperiode",
            when={"all": [{"field": "source", "is": "one_of", "than": list(TRIAL_SOURCES)}]},
            pipeline=pipelines[TRIAL],
            via=VIA,
        )
        return DemoCompany(
            period=period,
            users=users,
            teams=teams,
            sources={one.name: add_source(None, name=one.name, via=VIA) for one in story.SOURCES},
            reasons={
                name: add_loss_reason(None, name=name, via=VIA)
                for name, _early, _late in story.LOSS_REASONS
            },
            products=_products(),
            territories=_territories(),
            pipelines=pipelines,
            designs=designs,
        )


def publish_second(company: DemoCompany, key: str) -> None:
    """Put the second version of a pipeline in the place of the first. Inside `history`."""
    actor = company.users["marloes"]
    pipeline = Pipeline.objects.get(key=key)
    pipeline = save_draft(
        actor,
        pipeline,
        document=as_document(company.designs[key, 2]),
        revision=pipeline.draft_revision,
        via=VIA,
    )
    publish_pipeline(actor, pipeline, note=SECOND_NOTE, via=VIA)


def _users() -> dict[str, User]:
    roles = [(one.key, one.email, one.name, one.role) for one in BOSSES]
    roles += [(one.key, one.email, one.name, "rep") for one in SELLERS]
    log_in = {email for _role, email, _password in LOG_INS}
    return {
        key: add_user(
            None,
            email=email,
            name=name,
            role=role,
            password=PASSWORD if email in log_in else None,
            via=VIA,
        )
        for key, email, name, role in roles
    }


def _teams(users: Mapping[str, User]) -> dict[str, Team]:
    managers = {one.team: users[one.key] for one in BOSSES if one.team}
    return {
        name: add_team(
            None,
            name=name,
            manager=managers[name],
            members=[users[one.key] for one in SELLERS if one.team == name],
            via=VIA,
        )
        for name in (FIELD, INSIDE)
    }


def _products() -> dict[str, Product]:
    lines = {}
    products = {}
    for one in (*story.PRODUCTS, story.EXTRA):
        if one.line not in lines:
            lines[one.line] = add_line(None, name=one.line, via=VIA)
        products[one.name] = add_product(
            None, name=one.name, line=lines[one.line], price=one.price, currency="EUR", via=VIA
        )
    return products


def _territories() -> dict[str, Territory]:
    land = add_territory(None, name="Nederland", areas=[AreaDraft("NL")], via=VIA)
    regions = sorted({region for _town, region, _postcode in words.TOWNS_NL})
    territories = {
        region: add_territory(
            None, name=region, parent=land, areas=[AreaDraft("NL", region)], via=VIA
        )
        for region in regions
    }
    territories["België"] = add_territory(None, name="België", areas=[AreaDraft("BE")], via=VIA)
    return territories
