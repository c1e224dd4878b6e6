"""Days that nobody can mean are refused where they are typed; no page stumbles over them."""

import pytest
from django.test import Client

from cadans.ground.custom_fields import CustomField
from tests.web.reading import HTMX
from tests.world import World


@pytest.fixture
def anna(client: Client, world: World) -> Client:
    client.force_login(world.anna)
    return client


@pytest.mark.parametrize("due", ["0001-01-01T00:00", "9999-12-31T23:59", "1899-12-31T12:00"])
def test_a_task_of_another_age_is_refused_and_the_page_still_opens(
    anna: Client, world: World, due: str
) -> None:
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    before = lead.tasks.count()
    answer = anna.post(f"/leads/{lead.id}/tasks/", {"name": "Bel", "kind": "call", "due_at": due})
    assert answer.status_code == 422
    assert "1900" in answer.content.decode()
    assert lead.tasks.count() == before
    assert anna.get(f"/leads/{lead.id}/").status_code == 200


def test_an_expected_close_in_year_one_is_refused(anna: Client, world: World) -> None:
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    asked = {"expected_close": "0001-01-01", "was": ""}
    answer = anna.post(f"/leads/{lead.id}/fields/expected_close/", asked)
    assert answer.status_code == 422
    lead.refresh_from_db()
    assert lead.expected_close is None


def test_a_new_lead_and_an_own_field_refuse_it_too(anna: Client, world: World) -> None:
    CustomField.objects.create(
        subject="lead", key="delivery", name_nl="Levering", name_en="Delivery", kind="date"
    )
    new = anna.post(
        "/leads/new/", {"company": "Zon", "expected_close": "9999-01-01", "owner": "auto"}
    )
    assert new.status_code == 422
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    asked = {"custom": "0001-01-01", "was": ""}
    assert anna.post(f"/leads/{lead.id}/fields/custom.delivery/", asked).status_code == 422


def test_an_absence_of_another_age_is_refused(anna: Client, world: World) -> None:
    asked = {"who": str(world.anna.id), "first": "0001-01-01", "last": "2026-12-01"}
    answer = anna.post("/settings/absences/add/", asked, headers=HTMX)
    assert answer.status_code == 422
