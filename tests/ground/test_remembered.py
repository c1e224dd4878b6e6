"""What is remembered of settings holds until one of them changes, whoever changed it."""

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cadans.events.act import Act
from cadans.ground.models import SettingsStamp
from cadans.ground.remembered import look_again, one_moment, remembered
from cadans.leads.models import Source
from cadans.leads.named import source_named
from cadans.team.actions import create_token
from cadans.team.models import Membership, User
from cadans.team.queries import organisation, token_by_text, user_with_id
from tests.world import World


def stamp() -> object:
    return SettingsStamp.objects.get().value


def test_what_was_asked_once_is_not_asked_again(world: World) -> None:
    source_named("Website")
    organisation()
    with one_moment(), CaptureQueriesContext(connection) as asked:
        for _n in range(3):
            assert source_named("Website") == world.website
            assert organisation().name
    assert [query["sql"] for query in asked if "settingsstamp" not in query["sql"]] == []
    assert len(asked) == 1


def test_a_change_is_seen_at_once(world: World) -> None:
    assert source_named("Website").id == world.website.id
    Source.objects.filter(id=world.website.id).update(name="Site")
    assert source_named("Site").id == world.website.id
    world.organisation.name = "Brouwer & Zn"
    world.organisation.save()
    assert organisation().name == "Brouwer & Zn"


def test_a_change_that_is_undone_leaves_no_trace(world: World) -> None:
    before = stamp()
    with transaction.atomic():
        organisation()
        world.organisation.name = "Nooit"
        world.organisation.save()
        assert organisation().name == "Nooit"
        transaction.set_rollback(True)
    assert stamp() == before
    assert organisation().name != "Nooit"


def test_within_a_deed_settings_stand_until_one_looks_again(world: World) -> None:
    with Act(None):
        was = organisation().name
        type(world.organisation).objects.update(name="Anders")
        assert organisation().name == was
        look_again()
        assert organisation().name == "Anders"


def test_a_deed_within_a_request_shares_its_moment(world: World) -> None:
    with one_moment():
        organisation()
        with CaptureQueriesContext(connection) as asked, Act(None):
            organisation()
    assert not any("settingsstamp" in query["sql"] for query in asked)


def test_nothing_is_remembered_of_what_is_not_there(world: World) -> None:
    asked: list[str] = []

    @remembered
    def looked_up(word: str) -> str | None:
        asked.append(word)
        return None if len(asked) == 1 else word

    assert [looked_up("a"), looked_up("a"), looked_up("a")] == [None, "a", "a"]
    assert len(asked) == 2


def test_a_token_that_is_revoked_or_whose_user_left_opens_nothing(world: World) -> None:
    _token, text = create_token(world.anna, world.anna, name="Test", scopes=["read"])
    known = token_by_text(text)
    assert known is not None
    known.user.role = "changed here only"
    again = token_by_text(text)
    assert again is not None
    assert again.user.role == world.anna.role
    User.objects.filter(id=world.anna.id).update(is_active=False)
    assert token_by_text(text) is None
    User.objects.filter(id=world.anna.id).update(is_active=True)
    known.revoked_at = world.anna.joined_at
    known.save()
    assert token_by_text(text) is None


def test_logging_in_changes_no_setting(world: World) -> None:
    before = stamp()
    world.anna.last_login = world.anna.joined_at
    world.anna.save(update_fields=["last_login"])
    assert stamp() == before
    world.anna.name = "Anna Bos"
    world.anna.save(update_fields=["name"])
    assert stamp() != before
    shown = user_with_id(world.anna.id)
    assert shown is not None
    assert shown.name == "Anna Bos"


@pytest.mark.parametrize(
    "table",
    [
        "ground_customfield",
        *("team_organisation", "team_user", "team_team", "team_membership", "team_absence"),
        *("team_apitoken", "assignment_territory", "assignment_area"),
        *("process_pipeline", "process_routingrule", "process_stage"),
        *("leads_source", "leads_product", "leads_productline", "leads_lossreason"),
    ],
)
def test_every_table_of_settings_has_the_trigger(world: World, table: str) -> None:
    assert table in {model._meta.db_table for model in apps.get_models()}
    before = stamp()
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE false")
    assert stamp() != before


def test_a_team_that_changes_deals_to_the_new_member(world: World) -> None:
    first = world.lead()
    Membership.objects.exclude(user=first.owner).delete()
    assert world.lead().owner == first.owner
