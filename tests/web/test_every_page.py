"""Every page there is, walked: in one language, for those who may see it, and for nobody else."""

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from cadans.events.models import Event
from cadans.ground.sealed import seal
from cadans.insight.actions.subscriptions import subscribe
from cadans.insight.reports import METRICS
from cadans.insight.subscriptions import stop_token
from cadans.leads import actions
from cadans.notifications.actions import notify
from cadans.outreach.actions.suppression import suppress
from cadans.outreach.actions.templates import add_mail_template
from cadans.outreach.actions.writing import send_mail
from cadans.outreach.audiences.actions.accounts import HOOK_SEALED_FOR
from cadans.outreach.models import Audience, MailingAccount
from cadans.outreach.unsubscribing import preference_token
from cadans.playbooks.trying.actions import carry_out_try, try_draft
from cadans.playbooks.trying.routing.actions import carry_out_routing_try, try_routing
from cadans.team.models import Organisation
from tests.web.reading import as_user
from tests.world import World

PO = Path(settings.LOCALE_PATHS[0]) / "nl" / "LC_MESSAGES" / "django.po"
# The style guide is for those who build pages, in English.
NOT_PAGES = (
    "hooks/",  # a mailing service asks, with a secret
    "api/",
    "healthz",
    "readyz",
    "metrics",
    "account/",
    "settings/imports/<uuid:id>",
    "styleguide/",
)
OF_A_LEAD = re.compile(r"^(leads|tasks)/<uuid:id>")


def routes(patterns: list[Any], start: str = "") -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, start + str(one.pattern))
        elif isinstance(one, URLPattern):
            yield start + str(one.pattern)


def addresses(world: World) -> dict[str, str]:
    """Every address of a page, with the cast's names filled in: pattern → path."""
    lead = world.lead("Bakkerij Zon", owner=world.anna, value=1200)
    world.call(lead)
    world.lead("Slagerij Maan")
    part = lead.parts.get()
    task = actions.add_task(world.anna, lead, name="Taart brengen")
    soon = timezone.now() + timedelta(days=2)
    meeting = actions.log_activity(world.anna, lead, kind="meeting", at=soon)
    created = Event.objects.get(lead=lead.id, kind="lead_created")
    trial = carry_out_try(try_draft(world.manager, world.pipeline, months=36))
    routed = carry_out_routing_try(try_routing(world.manager, months=36))
    held = send_mail(
        world.anna, lead, mailbox=None, to="p1@bedrijf1.example", subject="Taart", text="Dag"
    )
    mailed = subscribe(world.admin, "win-rate", "week", {})
    (told,) = notify(
        [world.admin.id], "task", event=created.id, href="/", data={"lead": "Zon", "task": "Taart"}
    )
    written = add_mail_template(world.admin, name="Dag", subject={"nl": "Dag"}, body={"nl": "Dag"})
    left_alone = suppress(None, "els@zon.example", reason="bounced", source="mail")
    ids = {
        "notifications": told.id,
        "process": trial.id,
        "settings": routed.id,
        "insight": mailed.id,
        "leads": lead.id,
        "mail": held.id,
        "tasks": task.id,
        "people": part.person_id,
        "companies": lead.company_id,
    }
    account = MailingAccount.objects.create(name="Kade Stroom")
    audience = Audience.objects.create(
        account=account,
        remote_id="a1",
        key="a1",
        name="Zonnebrief",
        hook_secret=seal("geheim", for_what=HOOK_SEALED_FOR),
    )
    found: dict[str, str] = {}
    for pattern in routes(get_resolver().url_patterns):
        if pattern.startswith(NOT_PAGES) or "<uuid:id>/revoke" in pattern or "(?P<id>" in pattern:
            continue
        path = pattern.replace("^", "").replace("$", "")
        path = re.sub(r"\(\?P<key>([^|)]+)[^)]*\)", r"\1", path)
        if pattern.startswith("settings/mail-templates/"):
            path = path.replace("<uuid:id>", str(written.id))
        if pattern.startswith("settings/audiences/"):
            thing = audience.account if "accounts/" in pattern else audience
            path = path.replace("<uuid:id>", str(thing.id))
        if pattern.startswith("settings/suppressions/"):
            path = path.replace("<uuid:id>", str(left_alone.id))
        if pattern.startswith("mail/"):
            path = path.replace("<str:token>", preference_token(left_alone.address))
        path = path.replace("<uuid:id>", str(ids.get(path.split("/")[0], "")))
        path = path.replace("<uuid:person>", str(part.person_id))
        path = path.replace("<uuid:activity>", str(meeting.id))
        path = path.replace("<uuid:event>", str(created.id))
        path = path.replace("<slug:metric>", next(iter(METRICS)))
        path = path.replace("<slug:playbook>", "tender")
        path = path.replace("<slug:name>", "win-rate")
        path = path.replace("<str:token>", stop_token(mailed))
        path = path.replace("<str:name>", "name" if path.startswith(("peop", "comp")) else "title")
        if path.startswith(("board/", "process/")):
            path = path.replace("<slug:key>", world.pipeline.key)
            path = path.replace("<str:stage>", "new").replace("<str:part>", "goals")
            path = path.replace("<str:item>", "reached")
        else:
            path = path.replace("<slug:key>", "demo")
        found[pattern] = f"/{path}"
    return found


def text_nodes(page: str) -> set[str]:
    """The pieces of text on a page, and what its attributes tell those who cannot see it."""
    page = re.sub(r"<(script|style|svg)\b.*?</\1>", "<>", page, flags=re.S)
    told = re.findall(r'(?:title|aria-label|placeholder|alt)="([^"]*)"', page)
    pieces = re.split(r"<[^>]*>", page)
    return {re.sub(r"\s+", " ", html.unescape(piece)).strip() for piece in [*pieces, *told]}


@cache
def other_words(language: str) -> frozenset[str]:
    """Texts that only a reader of the other language should see."""
    with PO.open("rb") as file:
        rows = [row for row in read_po(file) if row.id and isinstance(row.id, str)]
    dutch = {str(row.string) for row in rows}
    english = {str(row.id) for row in rows}
    theirs, ours = (english, dutch) if language == "nl" else (dutch, english)
    return frozenset(word for word in theirs - ours if len(word) > 3)


# Languages are called by their own names; the rest are names that the cast brought along.
THEIR_OWN_NAMES = {"Nederlands", "English", "Cadans", "Te duur"}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_page_speaks_one_language(world: World, language: str) -> None:
    browser = as_user(world.admin, language)
    leaks = []
    for pattern, path in addresses(world).items():
        response = browser.get(path)
        assert response.status_code in {200, 302, 400, 405, 409, 422}, (path, response.status_code)
        if pattern.startswith("mail/preferences/"):  # it speaks the language of the mail's reader
            continue
        if response.status_code == 200 and "html" in response.headers["Content-Type"]:
            seen = text_nodes(response.content.decode()) - THEIR_OWN_NAMES
            leaks += [f"{pattern}: {word}" for word in sorted(seen & other_words(language))]
    assert not leaks, "\n".join(leaks)


def test_no_page_is_open_to_somebody_who_is_not_logged_in(world: World) -> None:
    browser = Client()
    for path in addresses(world).values():
        if path in {"/welcome/", "/playbook.schema.json"}:
            continue
        if path.startswith(("/insight/subscriptions/stop/", "/mail/preferences/")):
            # Their signed links prove who may.
            continue
        response = browser.get(path)
        assert response.status_code in {302, 403, 404, 405}, path
        if response.status_code == 302:
            assert response["Location"].startswith("/account/login/"), path


def test_a_rep_finds_no_lead_of_somebody_else_when_reps_see_their_own(world: World) -> None:
    """Whatever the address, it answers as if the lead did not exist."""
    pages = addresses(world)
    Organisation.objects.update(leads_seen_by_reps="own")
    browser = as_user(world.bram)
    for pattern, path in pages.items():
        if OF_A_LEAD.match(pattern):
            for answer in (browser.get(path), browser.post(path)):
                assert answer.status_code in {404, 405}, path
        else:
            answer = browser.get(path)
            text = b"".join(answer) if answer.streaming else answer.content  # type: ignore[arg-type]
            assert b"Bakkerij Zon" not in text or path.startswith(("/people", "/companies")), path


@pytest.mark.parametrize(
    "path", ["organisation/", "users/", "users/add/", "teams/add/", "routing/"]
)
def test_the_settings_of_all_are_not_for_reps(world: World, path: str) -> None:
    response = as_user(world.anna).get(f"/settings/{path}")
    assert response.status_code in {302, 403, 404}
