"""What happened to mail is told on the lead in whole sentences, in both languages."""

import pytest
from django.utils import translation

from cadans.events.models import Event
from cadans.leads.event_names import names_in
from cadans.leads.explain import explain
from cadans.leads.explain_mail import KINDS
from cadans.outreach.actions.writing import send_mail

pytestmark = pytest.mark.django_db
DATA = {"to": "jan@zon.example", "from": "anna@brouwer.example", "subject": "Offerte"}


@pytest.mark.parametrize("language", ["en", "nl"])
def test_each_has_its_sentence(world, language):
    with translation.override(language):
        told = {kind: explain(Event(kind=kind, data=DATA), names_in([])) for kind in KINDS}
        told["reply"] = explain(
            Event(kind="mail_received", data=DATA | {"kind": "auto_reply"}), names_in([])
        )
    assert len(set(told.values())) == len(told)
    for sentence in told.values():
        assert sentence.endswith(".")
        assert "Offerte" in sentence
        assert "%(" not in sentence


def test_a_mail_without_a_mailbox_says_that_it_is_held(world):
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    send_mail(world.anna, lead, mailbox=None, to="jan@zon.example", subject="Offerte", text="Dag")
    event = Event.objects.get(lead=lead.id, kind="mail_held")
    with translation.override("en"):
        told = explain(event, names_in([event]))
    assert told == (
        f"{world.anna.name} wrote a mail to jan@zon.example: “Offerte”. It is held in the outbox."
    )
