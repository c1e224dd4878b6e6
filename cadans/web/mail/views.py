"""Write a mail on a lead, and see what has not gone out."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from cadans.ground.errors import CadansError
from cadans.ground.rows import one_of
from cadans.leads.lists import parts_of
from cadans.leads.models import Lead
from cadans.leads.queries import visible_lead
from cadans.outreach.actions.receiving import dismiss_mail, make_lead_of, make_person_of
from cadans.outreach.actions.sending import drop_mail, say_it_was_sent, send_again
from cadans.outreach.actions.writing import send_mail
from cadans.outreach.models import Message
from cadans.outreach.queries.mail import from_unknown, mail_of_lead, mailboxes_to_write_from, outbox
from cadans.team.named import as_id
from cadans.web.inline import tell
from cadans.web.live import changed
from cadans.web.mail.forms import MailForm
from cadans.web.mail.telling import letter_of
from cadans.web.paging import page_of
from cadans.web.requests import PageRequest, posted


@login_required
@require_http_methods(["GET", "POST"])
def write(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Write a mail on the lead, or answer one (`?reply=`), in the side panel."""
    lead = visible_lead(request.user, id)
    answered = _answered(lead, request.GET.get("reply", ""))
    boxes = mailboxes_to_write_from(request.user)
    people = [part.person for part in parts_of(lead) if part.person.email]
    first: dict[str, Any] = {"to": request.GET.get("to", "") or (people[0].email if people else "")}
    if answered is not None:
        first = _answer_to(answered)
    form = MailForm(posted(request), mailboxes=boxes, initial=first)
    if request.method == "POST" and form.is_valid():
        chosen = next(
            (one for one in boxes if str(one.id) == form.cleaned_data.get("mailbox")), None
        )
        to, cc = form.addresses
        try:
            message = send_mail(
                request.user,
                lead,
                mailbox=chosen,
                to=to,
                cc=cc,
                subject=form.cleaned_data["subject"],
                text=form.cleaned_data["text"],
                in_reply_to=answered,
            )
        except CadansError as error:
            tell(form, error)
        else:
            held = message.state == Message.State.HELD
            told = _("The mail waits in the outbox.") if held else _("The mail is on its way.")
            return changed(told, "info" if held else "success", close=True)
    shown = {"lead": lead, "form": form, "people": people, "answered": answered, "boxes": boxes}
    shown["can_send"] = any(box.can_send for box in boxes)
    return render(request, "mail/write.html", shown, status=422 if form.errors else 200)


def _answered(lead: Lead, id: str) -> Message | None:
    if not id:
        return None
    key = as_id(id)
    if key is None:
        raise Http404
    return one_of(mail_of_lead(lead), key)


def _answer_to(message: Message) -> dict[str, Any]:
    """To whom an answer goes, under which subject, from the mailbox that the mail came into."""
    to = [row[0] for row in message.to] if message.is_out else [message.from_address]
    subject = message.subject
    if not subject.lower().startswith(("re:", "antw:", "aw:", "sv:")):
        subject = f"Re: {subject}"
    return {
        "to": ", ".join(to),
        "cc": "",
        "subject": subject,
        "mailbox": str(message.mailbox_id or ""),
    }


@login_required
@require_GET
def waiting(request: PageRequest) -> HttpResponse:
    """The outbox: what was written and has not gone out, and why."""
    page = page_of(
        request,
        outbox(request.user),
        whole=lambda rows: rows.select_related("lead", "mailbox", "by"),
    )
    rows = [(message, letter_of(message)) for message in page.rows]
    shown = {"rows": rows, "page": page}
    return render(request, "mail/outbox.html", shown)


@login_required
@require_GET
def unknown(request: PageRequest) -> HttpResponse:
    """Mail of senders who are on no lead: a lead, a person, or nothing."""
    page = page_of(
        request,
        from_unknown(request.user),
        whole=lambda rows: rows.select_related("mailbox", "person"),
    )
    rows = [(message, letter_of(message)) for message in page.rows]
    return render(request, "mail/unknown.html", {"rows": rows, "page": page})


@login_required
@require_POST
def lead_of(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Make a lead of it."""
    lead = make_lead_of(request.user, _seen(request, id))
    return HttpResponseClientRedirect(reverse("lead:page", args=[lead.id]))


@login_required
@require_POST
def person_of(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Make a person of its sender."""
    person = make_person_of(request.user, _seen(request, id))
    return HttpResponseClientRedirect(reverse("people:page", args=[person.id]))


@login_required
@require_POST
def dismiss(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Take it off the list."""
    dismiss_mail(request.user, _seen(request, id))
    return _done(request, _("Taken off the list."))


@login_required
@require_POST
def again(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Send it again, as a person asks."""
    send_again(request.user, _seen(request, id))
    return _done(request, _("The mail is on its way."))


@login_required
@require_POST
def was_sent(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """A person saw that it was sent."""
    say_it_was_sent(request.user, _seen(request, id))
    return _done(request, _("Noted as sent."))


@login_required
@require_POST
def drop(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Never send it."""
    drop_mail(request.user, _seen(request, id))
    return _done(request, _("The mail will not be sent."))


def _seen(request: PageRequest, id: uuid.UUID) -> Message:
    return one_of(Message.objects.visible_to(request.user), id)


def _done(request: PageRequest, told: str) -> HttpResponse:
    response = changed(told)
    response["HX-Refresh"] = "true"
    return response
