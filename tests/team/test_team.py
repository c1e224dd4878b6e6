"""Users, tokens, roles and who sees whom."""

from datetime import date

import pytest

from cadans.ground.errors import Conflict, Invalid, NotAllowed
from cadans.leads.models import Lead
from cadans.team import actions
from cadans.team.models import Organisation, User
from cadans.team.queries import token_by_text
from tests.world import PASSWORD, World


def test_the_first_run_makes_an_administrator_and_happens_once(db: None) -> None:
    fields = {"organisation": "Zon", "name": "Jo", "email": "Jo@Zon.example", "password": PASSWORD}
    user = actions.set_up(**fields, team="Verkoop")
    assert (user.role, user.email) == ("admin", "jo@zon.example")
    assert user.teams.get().name == "Verkoop"
    with pytest.raises(Conflict):
        actions.set_up(**fields)


def test_a_weak_password_is_refused(db: None) -> None:
    with pytest.raises(Invalid) as refused:
        actions.set_up(organisation="Zon", name="Jo", email="jo@zon.example", password="password")
    assert refused.value.pointer == "/password"
    assert not User.objects.exists()


def test_only_administrators_add_users(world: World) -> None:
    with pytest.raises(NotAllowed):
        actions.add_user(world.anna, email="new@brouwer.example")
    actions.add_user(world.admin, email="New@Brouwer.example")
    with pytest.raises(Conflict):
        actions.add_user(world.admin, email="new@brouwer.example")


def test_the_last_administrator_stays(world: World) -> None:
    for changes in ({"role": "rep"}, {"is_active": False}):
        with pytest.raises(Conflict):
            actions.change_user(world.admin, world.admin, changes=changes)


def test_people_change_their_own_name_and_no_more(world: World) -> None:
    actions.change_user(world.anna, world.anna, changes={"name": "Anna S.", "language": "en"})
    for user, changes in ((world.anna, {"role": "admin"}), (world.bram, {"name": "x"})):
        with pytest.raises(NotAllowed):
            actions.change_user(world.anna, user, changes=changes)


def test_a_token_works_until_it_is_revoked_and_its_text_is_not_kept(world: World) -> None:
    token, text = actions.create_token(world.anna, world.anna, name="Koppeling")
    found = token_by_text(text)
    assert found == token
    assert text not in str(vars(token))
    actions.revoke_token(world.anna, token)
    assert token_by_text(text) is None


def test_a_rep_has_no_token_for_settings(world: World) -> None:
    with pytest.raises(NotAllowed):
        actions.create_token(world.anna, world.anna, name="x", scopes=["settings"])


def test_absences_of_one_person_do_not_overlap(world: World) -> None:
    first, last = date(2026, 7, 1), date(2026, 7, 14)
    actions.add_absence(world.anna, world.anna, first=first, last=last)
    with pytest.raises(Conflict):
        actions.add_absence(world.anna, world.anna, first=last, last=last)
    with pytest.raises(Invalid):
        actions.add_absence(world.anna, world.anna, first=last, last=first)


@pytest.mark.parametrize(
    ("seen", "numbers"),
    [("all", (3, 3)), ("team", (3, 2)), ("own", (2, 2))],
)
def test_reps_see_what_the_organisation_says(
    world: World, seen: str, numbers: tuple[int, int]
) -> None:
    """Two leads of Anna's team (hers and Bram's) and one without an owner; Dirk is in no team."""
    dirk = actions.add_user(world.admin, email="dirk@brouwer.example")
    world.lead(owner=world.anna)
    world.lead(owner=world.bram if seen != "own" else dirk)
    no_owner = world.lead(owner=dirk)
    Lead.objects.filter(id=no_owner.id).update(owner=None)
    Organisation.objects.update(leads_seen_by_reps=seen)
    expected_of_anna, expected_of_dirk = numbers
    if seen == "team":
        expected_of_dirk = 1
    assert Lead.objects.visible_to(world.anna).count() == expected_of_anna
    assert Lead.objects.visible_to(dirk).count() == expected_of_dirk
    assert Lead.objects.visible_to(world.manager).count() == 3
