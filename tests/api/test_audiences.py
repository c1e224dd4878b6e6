"""Mailing lists through the API."""

import pytest

from tests.outreach.desk import desk, service

pytestmark = pytest.mark.django_db
__all__ = ["desk", "service"]


def test_the_lists_their_members_and_trying_again(manager, desk):
    desk.list.needs_name = True
    desk.enrol("anna@zon.nl", tags=["klant"])
    desk.reconcile()
    row = manager.get("/audiences").json()["items"][0]
    assert (row["key"], row["refused"], row["waiting"]) == ("nieuwsbrief", 1, 0)
    one = manager.get(f"/audiences/{row['id']}").json()
    assert one["account"] == "Kade Stroom"
    members = manager.get(f"/audiences/{row['id']}/members?state=refused").json()["items"]
    assert members[0]["email"] == "anna@zon.nl"
    assert members[0]["refusal"] == "fields"
    assert members[0]["tags"] == {"klant": True}
    assert manager.post(f"/audiences/{row['id']}/retry", {}).json() == {"count": 1}
    assert manager.get(f"/audiences/{row['id']}/members?state=waiting").json()["items"]


def test_reps_may_not_see_them(anna, desk):
    assert anna.get("/audiences").status_code == 403
    assert anna.get(f"/audiences/{desk.audience.id}/members").status_code == 403


def test_what_is_not_there(manager):
    assert manager.get("/audiences/0199c0de-0000-7000-8000-000000000000").status_code == 404
