"""Mailboxes in the settings: one's own, and those that are shared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cadans.ground.errors import CadansError
from cadans.outreach.actions.mailboxes import (
    add_mailbox,
    change_mailbox,
    delete_mailbox,
    drafted,
)
from cadans.outreach.checking import check_mailbox
from cadans.outreach.models import Mailbox
from cadans.outreach.models.mailboxes import Security
from cadans.outreach.queries.mail import mailboxes_kept_by
from cadans.outreach.trouble import in_words
from cadans.team.models import Team, User
from cadans.team.named import as_id
from cadans.web.requests import PageRequest
from cadans.web.settings.listing import EVERYBODY, ByUser, Listing, Shown

OWN, ALL = "own", "all"


class MailboxForm(ByUser):
    """A mailbox: whose it is, where its mail goes out, where it comes in."""

    address = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
    sender = forms.CharField(
        label=gettext_lazy("Sender’s name"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("What receivers see. Empty: the name of whoever writes."),
    )
    whose = forms.ChoiceField(label=gettext_lazy("Who uses it"))
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)
    smtp_host = forms.CharField(
        label=gettext_lazy("Server for sending (SMTP)"), max_length=253, required=False
    )
    smtp_port = forms.IntegerField(label=gettext_lazy("Port for sending"), initial=587)
    smtp_security = forms.ChoiceField(
        label=gettext_lazy("Security when sending"), choices=Security, initial=Security.STARTTLS
    )
    smtp_user = forms.CharField(
        label=gettext_lazy("User name for sending"), max_length=254, required=False
    )
    smtp_password = forms.CharField(
        label=gettext_lazy("Password for sending"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    imap_host = forms.CharField(
        label=gettext_lazy("Server for receiving (IMAP)"), max_length=253, required=False
    )
    imap_port = forms.IntegerField(label=gettext_lazy("Port for receiving"), initial=993)
    imap_security = forms.ChoiceField(
        label=gettext_lazy("Security when receiving"), choices=Security, initial=Security.TLS
    )
    imap_user = forms.CharField(
        label=gettext_lazy("User name for receiving"), max_length=254, required=False
    )
    imap_password = forms.CharField(
        label=gettext_lazy("Password for receiving"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    imap_folder = forms.CharField(
        label=gettext_lazy("Folder"), max_length=200, required=False, initial="INBOX"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(OWN, _("Only me"))]
        if self.user.role != User.Role.REP:
            choices.append((ALL, _("Everybody")))
            choices += [
                (str(team.id), _("Team %(name)s") % {"name": team.name}) for team in _teams()
            ]
        self.fields["whose"].choices = choices  # type: ignore[attr-defined]
        if self.thing is None:
            del self.fields["is_active"]
            self.fields["address"].initial = self.user.email
        else:
            kept = _("Empty: the one that is kept.")
            for name in ("smtp_password", "imap_password"):
                if getattr(self.thing, name):
                    self.fields[name].help_text = kept

    def clean(self) -> dict[str, Any]:
        """Whose it is, as owner and team."""
        cleaned = super().clean() or {}
        whose = cleaned.pop("whose", OWN)
        cleaned["owner"] = self.user if whose == OWN else None
        cleaned["team"] = _teams().filter(id=as_id(whose)).first() if as_id(whose) else None
        return cleaned


def _teams() -> Any:
    return Team.objects.order_by("name")


def _rows(user: User) -> Iterator[Shown]:
    for one in mailboxes_kept_by(user):
        whose = one.team.name if one.team else _("everybody")
        told = [_("your own") if one.owner_id else _("shared by %(whose)s") % {"whose": whose}]
        told.append(in_words(one.problem, one.problem_told))
        badges = []
        if one.problem:
            badges.append((_("Needs attention"), "bad"))
        if not one.is_active:
            badges.append((_("Not in use"), "warn"))
        else:
            badges += [(_("Sends"), "")] if one.can_send else [(_("Does not send"), "warn")]
            badges += [(_("Receives"), "")] if one.can_receive else []
        yield Shown(one.id, one.address, " · ".join(filter(None, told)), badges, not one.is_active)


def _find(user: User, id: str) -> Mailbox | None:
    return mailboxes_kept_by(user).filter(id=id).first()


def _initial(one: Mailbox) -> Mapping[str, Any]:
    names = set(MailboxForm.base_fields) - {"whose", "smtp_password", "imap_password"}
    whose = OWN if one.owner_id else str(one.team_id or ALL)
    return {name: getattr(one, name) for name in names} | {"whose": whose}


@login_required
@require_POST
def check(request: PageRequest) -> HttpResponse:
    """Try what stands in the form, without keeping it, and say in words what is wrong."""
    kept = as_id(request.GET.get("mailbox", ""))
    thing = _find(request.user, str(kept)) if kept else None
    form = MailboxForm(request.POST, user=request.user, thing=thing)
    findings, problem = [], ""
    if form.is_valid():
        try:
            mailbox = drafted(request.user, thing or Mailbox(), form.cleaned_data)
            findings = check_mailbox(mailbox)
        except CadansError as error:
            problem = error.message
    else:
        problem = " ".join(str(errors[0]) for errors in form.errors.values())
    shown = {"findings": findings, "problem": problem}
    return render(request, "settings/_mailbox_checked.html", shown)


MAILBOXES = Listing(
    key="mailboxes",
    title=gettext_lazy("Mailboxes"),
    about=gettext_lazy(
        "Where your mail goes out and comes in. What is sent and answered stands on the lead."
    ),
    add_label=gettext_lazy("Add a mailbox"),
    icon="mail",
    empty=gettext_lazy("No mailbox yet. Until there is one, mail waits in the outbox."),
    rows=_rows,
    find=_find,
    form=MailboxForm,
    initial=_initial,
    add=lambda actor, data: add_mailbox(actor, **data),
    change=lambda actor, one, data: change_mailbox(actor, one, changes=data),
    delete=delete_mailbox,
    part="settings/_mailbox_check.html",
    roles=EVERYBODY,
)
