"""Mail goes out while the process that sends it is killed again and again."""

import os
import random
import signal
import subprocess
import sys
import time
from urllib.parse import quote, urlencode

import pytest
from django.db import connection

from cadans.outreach.actions.mailboxes import add_mailbox
from cadans.outreach.actions.writing import send_mail
from cadans.outreach.models import Message
from tests.outreach.servers import smtp_server
from tests.world import build

SENDER = """
import sys, datetime, time
import django
django.setup()
from cadans.outreach.actions import sending
from cadans.outreach.delivering import deliver
from cadans.outreach.queries.mail import due_mail
sending.LEASE = datetime.timedelta(seconds=1)
while True:
    sending.take_back()
    for id in due_mail(20):
        deliver(id)
    time.sleep(0.02)
"""
MAILS, KILLS = 200, 20


def sender():
    there = connection.settings_dict
    asked = {"host": there["HOST"], "port": there["PORT"]}
    asked |= {name: one for name, one in there["OPTIONS"].items() if name == "requirepeer"}
    query = urlencode({name: one for name, one in asked.items() if one})
    login = ":".join(quote(one, safe="") for one in (there["USER"], there["PASSWORD"]) if one)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": f"postgresql://{login}@/{there['NAME']}?{query}",
    }
    return subprocess.Popen([sys.executable, "-W", "ignore", "-c", SENDER], env=environment)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_no_mail_is_sent_twice_and_none_is_lost_when_senders_are_killed():
    world = build()
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    dice = random.Random(4)
    with smtp_server() as post:
        box = add_mailbox(
            world.anna,
            address="anna@brouwer.example",
            smtp_host="127.0.0.1",
            smtp_port=post.port,
            smtp_security="none",
        )
        wanted = {
            send_mail(
                world.anna, lead, mailbox=box, to="jan@zon.example", subject=f"{n}", text="Dag"
            ).message_id
            for n in range(MAILS)
        }
        kills = 0
        while kills < KILLS:
            running = sender()
            before = len(post.letters)
            # Two side by side, so that claims are contended too.
            second = sender() if kills % 5 == 0 else None
            ends = time.monotonic() + 20
            while len(post.letters) == before and time.monotonic() < ends and unsent():
                time.sleep(0.01)
            time.sleep(dice.uniform(0, 0.12))
            for one in filter(None, (running, second)):
                one.send_signal(signal.SIGKILL)
                one.wait()
                kills += 1
        last = sender()
        ends = time.monotonic() + 150
        while unsent() and time.monotonic() < ends:
            time.sleep(0.1)
            # A worker that met an error tries again; so does this one.
            last = sender() if last.poll() is not None else last
        last.kill()
        last.wait()
        states = dict(Message.objects.values_list("message_id", "state"))
        assert set(states.values()) <= {"sent", "unclear"}
        assert max(post.ids.values()) == 1
        sent = {id for id, state in states.items() if state == "sent"}
        assert sent <= set(post.ids)
        # Where the server has it and we do not know, a person looks: at most one a kill.
        unclear = wanted - sent
        assert len(unclear) <= kills
        assert wanted <= set(post.ids) | unclear


def unsent() -> bool:
    return Message.objects.exclude(state__in=["sent", "unclear"]).exists()
