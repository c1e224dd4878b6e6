"""/mailboxes: where mail goes out and comes in. One's own; for managers the shared ones too."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import HttpResponse
from ninja import Router

from cadans.api.answers import nothing, small
from cadans.api.auth import SET_UP, ApiRequest
from cadans.api.etags import require_same
from cadans.api.paging import Page, Part, page
from cadans.api.schemas.mail import (
    FindingShown,
    MailboxChanges,
    MailboxShown,
    NewMailbox,
    mailbox_shown,
    server_fields,
)
from cadans.ground.rows import locked, one_of
from cadans.outreach.actions import mailboxes as actions
from cadans.outreach.checking import check_mailbox
from cadans.outreach.queries.mail import mailboxes_kept_by
from cadans.team.named import team_named

router = Router(tags=["mail"], auth=SET_UP)


@router.get("", response=Page[MailboxShown])
def list_mailboxes(request: ApiRequest, paging: Part) -> HttpResponse:
    """Those that the token's user may set up, the newest first."""
    return page(mailboxes_kept_by(request.auth.user), paging, each=mailbox_shown, by=("-id",))


@router.post("", response={201: MailboxShown})
def add_mailbox(request: ApiRequest, body: NewMailbox) -> HttpResponse:
    """A mailbox; a second one of the same address is refused (409)."""
    user = request.auth.user
    shared = body.shared or body.team is not None
    made = actions.add_mailbox(
        user,
        address=body.address,
        sender=body.sender,
        owner=None if shared else user,
        team=team_named(body.team) if body.team else None,
        imap_folder=body.folder,
        **server_fields(body.smtp, "smtp"),
        **server_fields(body.imap, "imap"),
        via="api",
    )
    return small(mailbox_shown(made), status=201)


@router.get("/{mailbox}", response=MailboxShown)
def show_mailbox(request: ApiRequest, mailbox: uuid.UUID) -> HttpResponse:
    """One of them."""
    return small(mailbox_shown(one_of(mailboxes_kept_by(request.auth.user), mailbox)))


@router.patch("/{mailbox}", response=MailboxShown)
def change_mailbox(request: ApiRequest, mailbox: uuid.UUID, body: MailboxChanges) -> HttpResponse:
    """Change its servers, its sender's name, or whether it is in use."""
    changes: dict[str, object] = {
        name: value
        for name, value in {
            "sender": body.sender,
            "is_active": body.is_active,
            "imap_folder": body.folder,
        }.items()
        if value is not None
    }
    changes |= server_fields(body.smtp, "smtp") | server_fields(body.imap, "imap")
    with transaction.atomic():
        found = locked(mailboxes_kept_by(request.auth.user), mailbox)
        require_same(request, mailbox_shown(found))
        changed = actions.change_mailbox(request.auth.user, found, changes=changes, via="api")
    return small(mailbox_shown(changed))


@router.delete("/{mailbox}", response={204: None})
def delete_mailbox(request: ApiRequest, mailbox: uuid.UUID) -> HttpResponse:
    """Forget it and its passwords. Its mail stays on its leads."""
    with transaction.atomic():
        found = locked(mailboxes_kept_by(request.auth.user), mailbox)
        require_same(request, mailbox_shown(found))
        actions.delete_mailbox(request.auth.user, found, via="api")
    return nothing()


@router.post("/{mailbox}/check", response=list[FindingShown])
def try_mailbox(request: ApiRequest, mailbox: uuid.UUID) -> list[FindingShown]:
    """Log in to its servers; nothing is sent, read or changed."""
    found = one_of(mailboxes_kept_by(request.auth.user), mailbox)
    return [
        FindingShown(part=one.part, problem=one.kind, told=one.told) for one in check_mailbox(found)
    ]
