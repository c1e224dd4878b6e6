"""The settings: who may see them, and that each list adds, changes and removes."""

from datetime import timedelta

import pytest

from cadans.assignment.models import Territory
from cadans.ground.custom_fields import CustomField
from cadans.leads.models import LossReason, Product, ProductLine, Source
from cadans.process.models import RoutingRule
from cadans.team.models import Absence, ApiToken, Organisation, Team, User
from cadans.team.queries import today
from cadans.web.settings.places import LISTINGS
from tests.web.filled_in import filled_in

pytestmark = pytest.mark.django_db

PANEL = {"headers": {"HX-Request": "true", "HX-Target": "drawer-body"}}


@pytest.fixture
def admin(client, world):
    client.force_login(world.admin)
    return client


def add(client, key, **data):
    return client.post(f"/settings/{key}/add/", data, **PANEL)


def change(client, key, thing, **data):
    return client.post(f"/settings/{key}/{thing.id}/", data, **PANEL)


def remove(client, key, thing):
    return client.post(f"/settings/{key}/{thing.id}/delete/", **PANEL)


@pytest.mark.parametrize("key", LISTINGS)
def test_each_list_and_its_form(admin, world, key, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        assert admin.get(f"/settings/{key}/").status_code == 200
    assert admin.get(f"/settings/{key}/add/", **PANEL).status_code == 200
    assert admin.get(f"/settings/{key}/add/")["Location"] == f"/settings/{key}/"
    for row in admin.get(f"/settings/{key}/").context["rows"]:
        if LISTINGS[key].is_changed:
            assert admin.get(f"/settings/{key}/{row.id}/", **PANEL).status_code == 200


ROLES = [
    ("rep", {"", "tokens", "absences", "mailboxes"}),
    ("manager", {"", "tokens", *LISTINGS} - {"users"}),
    ("admin", {"", "tokens", "organisation", *LISTINGS}),
]


@pytest.mark.parametrize(("role", "seen"), ROLES, ids=[role for role, _seen in ROLES])
def test_who_sees_what(client, world, role, seen):
    client.force_login({"rep": world.anna, "manager": world.manager, "admin": world.admin}[role])
    for key in {"", "tokens", "organisation", *LISTINGS}:
        answer = client.get(f"/settings/{key}/" if key else "/settings/")
        assert answer.status_code == (200 if key in seen else 403), key
    nav = client.get("/settings/").context["groups"]
    hrefs = {place.key for _title, places in nav for place in places}
    assert ("users" in hrefs) == (role == "admin")


def test_everybody_changes_their_own_profile(client, world):
    client.force_login(world.anna)
    client.post("/settings/", {"name": "Anna S.", "language": "en", "theme": "dark"})
    world.anna.refresh_from_db()
    assert (world.anna.name, world.anna.language, world.anna.theme) == ("Anna S.", "en", "dark")
    assert client.post("/settings/", {"name": ""}).status_code == 422


ORGANISATION = {
    "name": "Brouwer",
    "currency": "eur",
    "language": "en",
    "time_zone": "Europe/Brussels",
    "country": "BE",
    "workdays": ["1", "2", "3", "4"],
    "day_starts": "08:30",
    "day_ends": "17:00",
    "leads_seen_by_reps": "team",
}


def test_the_organisation(admin):
    assert admin.get("/settings/organisation/").status_code == 200
    assert admin.post("/settings/organisation/", ORGANISATION).status_code == 302
    now = Organisation.objects.get()
    assert (now.currency, now.country, now.workdays) == ("EUR", "BE", "1234")
    assert now.leads_seen_by_reps == "team"


@pytest.mark.parametrize(
    ("field", "value"), [("currency", "XXQ"), ("day_ends", "08:00"), ("time_zone", "Mars/Olympus")]
)
def test_a_wrong_organisation_is_refused(admin, field, value):
    answer = admin.post("/settings/organisation/", {**ORGANISATION, field: value})
    assert answer.status_code == 422
    assert Organisation.objects.get().name == "Brouwer Techniek"


def test_users(admin, world):
    filled = {"name": "Eva", "email": "eva@brouwer.example", "role": "rep", "language": "nl"}
    assert add(admin, "users", **filled)["HX-Redirect"] == "/settings/users/"
    again = add(admin, "users", **filled)
    assert again.status_code == 422
    assert "eva@brouwer.example" in again.content.decode()
    eva = User.objects.get(name="Eva")
    change(admin, "users", eva, **{**filled, "role": "manager", "is_active": ""})
    eva.refresh_from_db()
    assert (eva.role, eva.is_active) == ("manager", False)
    last = change(
        admin,
        "users",
        world.admin,
        name="Admin",
        email=world.admin.email,
        role="rep",
        language="nl",
        is_active="on",
    )
    assert last.status_code == 422


def test_teams(admin, world):
    add(admin, "teams", name="Buitendienst", manager=world.manager.id, members=[world.bram.id])
    team = Team.objects.get(name="Buitendienst")
    assert team.members.get() == world.bram
    change(admin, "teams", team, name="Buiten", manager="", members=[world.anna.id])
    team.refresh_from_db()
    assert (team.name, team.manager) == ("Buiten", None)
    assert add(admin, "teams", name="buiten").status_code == 422
    remove(admin, "teams", team)
    assert not Team.objects.filter(name="Buiten").exists()


def test_absences(client, world):
    client.force_login(world.anna)
    first = today() + timedelta(days=7)
    filled = {"who": world.anna.id, "first": first, "last": first + timedelta(days=2)}
    assert add(client, "absences", **filled).status_code == 200
    assert add(client, "absences", **filled).status_code == 422
    assert add(client, "absences", **{**filled, "who": world.bram.id}).status_code == 422
    back = {**filled, "first": first + timedelta(days=30)}
    assert "laatste dag" in add(client, "absences", **back).content.decode()
    absence = Absence.objects.get()
    client.force_login(world.bram)
    assert remove(client, "absences", absence).status_code == 404
    client.force_login(world.manager)
    remove(client, "absences", absence)
    assert not Absence.objects.exists()


def test_products_and_lines(admin, world):
    add(admin, "product-lines", name="Zonnepanelen")
    line = ProductLine.objects.get(name="Zonnepanelen")
    add(admin, "products", name="Paneel", line=line.id, price="129.50", currency="")
    panel = Product.objects.get(name="Paneel")
    assert (panel.currency, panel.line) == ("EUR", line)
    assert add(admin, "products", name="paneel").status_code == 422
    assert add(admin, "products", name="X", price="10", currency="ZZZ").status_code == 422
    change(admin, "products", panel, name="Paneel 400", line="", price="", is_active="on")
    panel.refresh_from_db()
    assert (panel.name, panel.price, panel.currency, panel.line) == ("Paneel 400", None, "", None)
    remove(admin, "products", panel)
    assert not Product.objects.filter(name="Paneel 400").exists()
    change(admin, "product-lines", line, name="Zon")
    assert ProductLine.objects.filter(name="Zon").exists()


def test_sources_and_loss_reasons(admin, world):
    add(admin, "sources", name="Beurs")
    fair = Source.objects.get(name="Beurs")
    world.lead("Zon", source=fair)
    assert remove(admin, "sources", fair).status_code == 409
    change(admin, "sources", fair, name="Vakbeurs")
    assert Source.objects.filter(name="Vakbeurs").exists()
    add(admin, "loss-reasons", name="Geen budget")
    reason = LossReason.objects.get(name="Geen budget")
    change(admin, "loss-reasons", reason, name="Budget")
    remove(admin, "loss-reasons", reason)
    assert LossReason.objects.count() == 1


def test_territories_are_drawn_in_lines(admin, world):
    add(admin, "territories", name="Benelux", areas="NL\nBE Vlaanderen\n\nnl 1000-1999")
    benelux = Territory.objects.get(name="Benelux")
    drawn = [
        (area.country, area.region, area.postcode_from, area.postcode_to)
        for area in benelux.areas.order_by("country", "region", "postcode_from")
    ]
    assert drawn == [
        ("BE", "Vlaanderen", "", ""),
        ("NL", "", "", ""),
        ("NL", "", "1000", "1999"),
    ]
    add(admin, "territories", name="Randstad", parent=benelux.id, areas="NL 1000-1999")
    inner = Territory.objects.get(name="Randstad")
    assert change(admin, "territories", benelux, name="B", parent=inner.id).status_code == 422
    assert add(admin, "territories", name="X", areas="Nederland").status_code == 422
    assert add(admin, "territories", name="X", areas="NL 3000-2000").status_code == 422
    shown = [row.name for row in admin.get("/settings/territories/").context["rows"]]
    assert shown == ["Benelux", "— Randstad"]
    remove(admin, "territories", benelux)
    assert not Territory.objects.exists()


def test_territories_tell_where_they_overlap(admin, world):
    add(admin, "territories", name="Randstad", areas="NL 1000-1999")
    add(admin, "territories", name="Zuid-Holland", areas="NL 1500-2999")
    add(admin, "territories", name="Zeeland", areas="NL 4300-4599")
    shown = {row.name: row for row in admin.get("/settings/territories/").context["rows"]}
    assert "NL 1000-1999" in shown["Zuid-Holland"].told
    assert "Zuid-Holland" in shown["Randstad"].told
    assert shown["Randstad"].badges
    assert not shown["Zeeland"].badges


def test_own_fields(admin, world):
    filled = {"subject": "lead", "kind": "choice", "name_nl": "Dakvorm", "name_en": "Roof shape"}
    assert add(admin, "own-fields", **filled, options="").status_code == 422
    add(admin, "own-fields", **filled, options="plat\nschuin\nplat")
    field = CustomField.objects.get()
    assert (field.key, field.options) == ("roof_shape", ["plat", "schuin"])
    assert add(admin, "own-fields", **filled, options="plat").status_code == 422
    change(admin, "own-fields", field, name_nl="Dak", name_en="", options="plat")
    field.refresh_from_db()
    assert (field.name_nl, field.name_en, field.options) == ("Dak", "Dak", ["plat"])
    lead = world.lead("Zon", custom={"roof_shape": "plat"})
    assert remove(admin, "own-fields", field).status_code == 409
    lead.custom = {}
    lead.save()
    remove(admin, "own-fields", field)
    assert not CustomField.objects.exists()


def test_routing_rules_have_an_order(admin, world):
    when = {"when_mode": "all", "when_field": "value", "when_is": "at_least", "when_than": "50000"}
    for name in ("Groot", "Klein"):
        add(admin, "routing", name=name, pipeline=world.pipeline.id, **when)
    big, small = RoutingRule.objects.all()
    assert big.when["all"][0]["than"] == "50000"
    half = {**when, "when_than": ""}
    assert add(admin, "routing", name="X", pipeline=world.pipeline.id, **half).status_code == 422
    admin.post("/settings/routing/order/", {"key": str(small.id), "to": "0"}, **PANEL)
    assert [rule.name for rule in RoutingRule.objects.all()] == ["Klein", "Groot"]
    page = admin.get("/settings/routing/").content.decode()
    assert "Waarde is minstens 50.000 → Nieuwe klanten" in page
    change(admin, "routing", big, name="Heel groot", pipeline=world.pipeline.id)
    big.refresh_from_db()
    assert (big.name, big.when["all"]) == ("Heel groot", [])
    remove(admin, "routing", big)
    assert RoutingRule.objects.get() == small


def test_a_token_is_shown_once(client, world):
    client.force_login(world.anna)
    assert client.get("/settings/tokens/new/", **PANEL).status_code == 200
    made = client.post("/settings/tokens/new/", {"name": "Site", "scopes": ["read"]}, **PANEL)
    token = ApiToken.objects.get()
    assert "cad_" in made.content.decode()
    assert made.context["text"] not in client.get("/settings/tokens/").content.decode()
    refused = client.post("/settings/tokens/new/", {"name": "S", "scopes": ["settings"]}, **PANEL)
    assert refused.status_code == 422
    client.force_login(world.bram)
    assert client.post(f"/settings/tokens/{token.id}/revoke/").status_code == 403
    client.force_login(world.admin)
    client.post(f"/settings/tokens/{token.id}/revoke/")
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_names_in_a_routing_rule_stay_as_they_are(admin, world):
    RoutingRule.objects.create(
        name="Proef",
        pipeline=world.pipeline,
        when={"all": [{"field": "source", "is": "one_of", "than": ["Proefaccount", "Beurs"]}]},
    )
    assert "een van Proefaccount, Beurs → Nieuwe klanten" in admin.get("/settings/routing/").text


def test_how_many_leads_each_member_gets(admin, world):
    panel = admin.get(f"/settings/teams/{world.team.id}/", **PANEL).content.decode()
    form = filled_in(panel)
    assert form["share_weight"] == ["1", "1", "1"]
    first = form["share_user"][0]
    form["share_weight"][0], form["share_capacity"][0] = "3", "40"
    assert admin.post(f"/settings/teams/{world.team.id}/", form, **PANEL).status_code < 400
    member = world.team.memberships.get(user=first)
    assert (member.weight, member.capacity) == (3, 40)
    form["share_weight"][0] = "0,5"
    wrong = admin.post(f"/settings/teams/{world.team.id}/", form, **PANEL)
    assert "hele getallen" in wrong.content.decode()
    form["share_weight"][0] = "101"
    wrong = admin.post(f"/settings/teams/{world.team.id}/", form, **PANEL)
    assert "van 1 tot en met 100" in wrong.content.decode()
