"""/leads/{id}/mail and /mail: what was written on a lead, and what has not gone out."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Router

from cadans.api.answers import small
from cadans.api.auth import WORK, ApiRequest
from cadans.api.paging import Page, Part, page
from cadans.api.schemas.mail import MailShown, NewMail, mail_shown
from cadans.ground.errors import NotFound
from cadans.ground.rows import one_of
from cadans.leads.queries import visible_lead
from cadans.outreach.actions import sending
from cadans.outreach.actions.writing import send_mail
from cadans.outreach.models import Mailbox, Message
from cadans.outreach.queries.mail import mail_of_lead, mailboxes_to_write_from, outbox
from cadans.team.models import User

router = Router(tags=["mail"], auth=WORK)
of_leads = Router(tags=["mail"], auth=WORK)


@of_leads.get("/{lead}/mail", response=Page[MailShown])
def list_mail_of_lead(request: ApiRequest, lead: uuid.UUID, paging: Part) -> HttpResponse:
    """The mail on a lead, the newest first."""
    found = visible_lead(request.auth.user, lead)
    return page(mail_of_lead(found), paging, each=mail_shown, by=("-id",))


@of_leads.post("/{lead}/mail", response={201: MailShown})
def write_mail(request: ApiRequest, lead: uuid.UUID, body: NewMail) -> HttpResponse:
    """Write a mail on a lead. A job sends it; without a mail server it is `held`."""
    user = request.auth.user
    found = visible_lead(user, lead)
    answered = one_of(mail_of_lead(found), body.in_reply_to) if body.in_reply_to else None
    message = send_mail(
        user,
        found,
        mailbox=_mailbox(user, body.mailbox),
        to=body.to,
        cc=body.cc,
        subject=body.subject,
        text=body.text,
        html=body.html,
        in_reply_to=answered,
        via="api",
    )
    return small(mail_shown(message), status=201)


@router.get("", response=Page[MailShown])
def list_outbox(request: ApiRequest, paging: Part) -> HttpResponse:
    """What was written and has not gone out, the newest first."""
    rows = outbox(request.auth.user).order_by()
    return page(rows, paging, each=mail_shown, by=("-id",))


@router.post("/{mail}/send", response=MailShown)
def send_mail_again(request: ApiRequest, mail: uuid.UUID) -> HttpResponse:
    """Send what is held, failed or unclear."""
    return _after(sending.send_again(request.auth.user, _seen(request, mail), via="api"))


@router.post("/{mail}/drop", response=MailShown)
def drop_mail(request: ApiRequest, mail: uuid.UUID) -> HttpResponse:
    """Never send it."""
    return _after(sending.drop_mail(request.auth.user, _seen(request, mail), via="api"))


def _seen(request: ApiRequest, mail: uuid.UUID) -> Message:
    return one_of(Message.objects.visible_to(request.auth.user), mail)


def _after(message: Message) -> HttpResponse:
    return small(mail_shown(message))


def _mailbox(user: User, wanted: str | None) -> Mailbox | None:
    boxes = mailboxes_to_write_from(user)
    if wanted is None:
        return next((one for one in boxes if one.can_send), boxes[0] if boxes else None)
    for one in boxes:
        if wanted.lower() in (one.address, str(one.id)):
            return one
    raise NotFound(_("There is no such mailbox."), pointer="/mailbox")
