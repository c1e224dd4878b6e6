"""/mailboxes and mail on leads."""

from __future__ import annotations

import pytest

from cadans.outreach.models import Mailbox
from tests.api.program import Program
from tests.outreach.servers import PASSWORD, smtp_server
from tests.world import World

pytestmark = pytest.mark.django_db
NEW = {
    "address": "anna@brouwer.example",
    "smtp": {
        "host": "127.0.0.1",
        "port": 1,
        "security": "none",
        "user": "",
        "password": PASSWORD,
    },
}


def test_a_program_keeps_its_mailbox_and_never_sees_its_password(
    world: World, manager: Program
) -> None:
    admin = Program(world.admin)
    made = admin.post("/mailboxes", NEW)
    assert made.status_code == 201
    assert PASSWORD not in made.content.decode()
    assert "password" not in made.json()["smtp"]
    path = f"/mailboxes/{made.json()['id']}"
    assert admin.post("/mailboxes", NEW).status_code == 409
    assert manager.get(path).status_code == 404
    assert admin.post(f"{path}/check", {}).json()[0]["problem"] == "refused"
    with smtp_server() as post:
        server = NEW["smtp"] | {"port": post.port, "password": None}
        assert admin.patch(path, {"smtp": server, "sender": "Anna"}).json()["sender"] == "Anna"
        assert admin.post(f"{path}/check", {}).json()[0]["problem"] == ""
    assert PASSWORD not in Mailbox.objects.get().smtp_password
    shared = admin.post("/mailboxes", {"address": "info@brouwer.example", "shared": True}).json()
    assert shared["owner"] is None
    assert len(admin.get("/mailboxes").json()["items"]) == 2
    assert admin.delete(path).status_code == 204


def test_a_program_writes_on_a_lead(world: World, anna: Program) -> None:
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    mail = {"to": ["Jan <jan@zon.example>"], "subject": "Offerte", "text": "Dag"}
    made = anna.post(f"/leads/{lead.id}/mail", mail)
    assert made.status_code == 201
    assert (made.json()["state"], made.json()["to"]) == ("held", ["jan@zon.example"])
    assert anna.get(f"/leads/{lead.id}/mail").json()["items"] == [made.json()]
    assert anna.get("/mail").json()["items"] == [made.json()]
    path = f"/mail/{made.json()['id']}"
    assert anna.post(f"{path}/send", {}).status_code == 409
    assert anna.post(f"{path}/drop", {}).json()["state"] == "dropped"
    wrong = anna.post(f"/leads/{lead.id}/mail", mail | {"mailbox": "x@y.example"})
    assert (wrong.status_code, wrong.json()["pointer"]) == (404, "/mailbox")
    assert anna.post(f"/leads/{lead.id}/mail", mail | {"to": ["no"]}).status_code == 422
