"""Set up mailboxes, and note how their servers do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cadans.contacts.actions import clean_email
from cadans.events.act import Act, Subject
from cadans.ground.errors import Conflict, Invalid, NotAllowed
from cadans.ground.rows import locked
from cadans.ground.sealed import seal
from cadans.outreach.models.mailboxes import SEALED_FOR, Mailbox, Security
from cadans.team.models import User

HOST = re.compile(r"^[^\s/:@\[\]]{1,253}$")
LIMITS = {"sender": 120, "smtp_user": 254, "imap_user": 254, "imap_folder": 200}
PASSWORDS = {"smtp_password", "imap_password"}
FIELDS = {
    *("address", "sender", "owner", "team", "is_active", *PASSWORDS),
    *("smtp_host", "smtp_port", "smtp_security", "smtp_user"),
    *("imap_host", "imap_port", "imap_security", "imap_user", "imap_folder"),
}


def add_mailbox(actor: User, *, via: str = "web", **fields: Any) -> Mailbox:
    """A mailbox of one's own (`owner`), or a shared one, which managers and administrators add.

    Passwords come as they are and are kept sealed. Raises Invalid, Conflict, NotAllowed.
    """
    mailbox = drafted(actor, Mailbox(owner=actor), fields)
    with Act(actor, via=via) as act:
        _refuse_taken(mailbox)
        act.add(mailbox)
        act.record("mailbox_added", _subject(mailbox), data={"address": mailbox.address})
    return mailbox


def change_mailbox(
    actor: User, mailbox: Mailbox, *, changes: Mapping[str, Any], via: str = "web"
) -> Mailbox:
    """Change a mailbox; an empty password leaves the one it has. Raises as `add_mailbox`."""
    with Act(actor, via=via) as act:
        found = locked(Mailbox.objects.kept_by(actor), mailbox.id)
        place = (found.imap_host, found.imap_user, found.imap_folder)
        drafted(actor, found, changes)
        _refuse_taken(found)
        if place != (found.imap_host, found.imap_user, found.imap_folder):
            found.seen_validity, found.seen_uid = None, 0
        found.changed_at = act.at
        found.revision += 1
        found.problem = found.problem_told = ""
        found.problem_since = None
        found.save()
        told = sorted(set(changes) - PASSWORDS)
        act.record("mailbox_changed", _subject(found), data={"changed": told})
    return found


def delete_mailbox(actor: User, mailbox: Mailbox, *, via: str = "web") -> None:
    """Forget a mailbox and its passwords. Its mail stays on its leads."""
    with Act(actor, via=via) as act:
        found = locked(Mailbox.objects.kept_by(actor), mailbox.id)
        subject = _subject(found)
        found.delete()
        act.record("mailbox_deleted", subject, data={"address": mailbox.address})


def drafted(actor: User, mailbox: Mailbox, fields: Mapping[str, Any]) -> Mailbox:
    """The mailbox with these fields filled in and nothing kept: to check it before it is saved."""
    for name, value in fields.items():
        if name not in FIELDS:
            raise Invalid(_("There is no field “%(name)s”.") % {"name": name}, pointer=f"/{name}")
        if name in PASSWORDS:
            if value:
                setattr(mailbox, name, seal(value, for_what=SEALED_FOR))
        else:
            setattr(mailbox, name, value.strip() if isinstance(value, str) else value)
    mailbox.address = clean_email(mailbox.address)
    if not mailbox.address:
        _refuse("address", _("Fill in an e-mail address."))
    for name, most in LIMITS.items():
        if len(getattr(mailbox, name)) > most or re.search(r"[\r\n\0]", getattr(mailbox, name)):
            _refuse(name, _("Too long: at most %(longest)s characters.") % {"longest": most})
    for part in ("smtp", "imap"):
        host, port = getattr(mailbox, f"{part}_host"), getattr(mailbox, f"{part}_port")
        if host and not HOST.match(host):
            _refuse(f"{part}_host", _("This is no host name, such as mail.example.com."))
        if not 1 <= port <= 65535:
            _refuse(f"{part}_port", _("A port is a number from 1 to 65535."))
        if getattr(mailbox, f"{part}_security") not in Security.values:
            _refuse(f"{part}_security", _("Choose TLS, STARTTLS or none."))
    mailbox.imap_folder = mailbox.imap_folder or "INBOX"
    if mailbox.owner_id is not None and mailbox.team_id is not None:
        _refuse("team", _("A mailbox of one’s own belongs to no team."))
    if actor.role == User.Role.REP and mailbox.owner_id != actor.id:
        raise NotAllowed(_("Shared mailboxes are set up by a manager."))
    if mailbox.owner_id not in (None, actor.id):
        raise NotAllowed(_("People set up their own mailbox themselves."))
    return mailbox


def note_problem(mailbox: Mailbox, kind: str, told: str) -> None:
    """Its server could not be used; its page says so until it can."""
    Mailbox.objects.filter(id=mailbox.id).exclude(problem=kind, problem_told=told).update(
        problem=kind, problem_told=told, problem_since=timezone.now()
    )


def note_well(mailbox: Mailbox) -> None:
    """Its server could be used."""
    Mailbox.objects.filter(id=mailbox.id).exclude(problem="").update(
        problem="", problem_told="", problem_since=None
    )


def _refuse_taken(mailbox: Mailbox) -> None:
    if Mailbox.objects.filter(address=mailbox.address).exclude(id=mailbox.id).exists():
        raise Conflict(_("There is a mailbox of that address already."), pointer="/address")


def _refuse(name: str, message: str) -> None:
    raise Invalid(message, pointer=f"/{name}", fields={name: message})


def _subject(mailbox: Mailbox) -> Subject:
    return Subject("mailbox", mailbox.id)
