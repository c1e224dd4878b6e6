"""The addresses that are left alone: looked through, added to, let go of, taken in, given out."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterator
from typing import Any

from charset_normalizer import from_bytes
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from cadans.ground.errors import CadansError, Invalid
from cadans.ground.rows import one_of
from cadans.outreach.actions.suppression import release, suppress, suppress_all
from cadans.outreach.models import Suppression
from cadans.outreach.queries.suppression import suppressions
from cadans.team.queries import require_role
from cadans.web.paging import page_of
from cadans.web.requests import PageRequest
from cadans.web.settings.listing import KEEPERS
from cadans.web.settings.places import groups
from cadans.web.settings.views import tell
from cadans.web.spreadsheet import harmless

LARGEST = 5 * 1024**2
MOST = 50_000
"""How large a list may be that is taken in at once, in bytes and in lines."""

HEADINGS = ("address", "email", "e-mail", "e-mailadres", "email address", "mail", "adres")
REASONS = ("reason", "reden")
Reason = Suppression.Reason


class SuppressForm(forms.Form):
    """An address to leave alone."""

    address = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"), choices=Reason.choices, initial=Reason.BY_HAND
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)


class ReleaseForm(forms.Form):
    """Why an address is written to again."""

    because = forms.CharField(
        label=gettext_lazy("Why may mail go there again?"), max_length=300, required=False
    )


class TakeInForm(forms.Form):
    """A list from another system."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy(
            "A column “address” (or “e-mail”), and if you like one “reason”: unsubscribed, bounced,"
            " complained or by_hand. Without a heading the first column is read."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason, where the file gives none"),
        choices=Reason.choices,
        initial=Reason.UNSUBSCRIBED,
    )


@login_required
@require_GET
def listing(request: PageRequest) -> HttpResponse:
    """The list, the newest first."""
    require_role(request.user, *KEEPERS)
    words, reason = request.GET.get("q", "").strip()[:200], request.GET.get("reason", "")
    rows = suppressions(words=words, reason=reason if reason in Reason.values else "")
    context = {
        "page": page_of(request, rows),
        "words": words,
        "reason": reason,
        "reasons": Reason.choices,
        "is_asked": bool(words or reason),
    }
    if request.htmx and request.htmx.target == "more":
        return render(request, "settings/_suppressions.html", context)
    return _page(request, "settings/suppressions.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def add(request: PageRequest) -> HttpResponse:
    """Leave one address alone, in the side panel."""
    require_role(request.user, *KEEPERS)
    if not request.htmx:
        return redirect("settings:suppressions")
    form = SuppressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            suppress(request.user, **form.cleaned_data, source=Suppression.Source.COLLEAGUE)
        except CadansError as error:
            tell(form, error)
        else:
            return HttpResponseClientRedirect(reverse("settings:suppressions"))
    context = {"form": form}
    status = 422 if form.errors else 200
    return render(request, "settings/_suppression_add.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def let_go(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Take an address off the list, in the side panel, with a reason."""
    require_role(request.user, *KEEPERS)
    if not request.htmx:
        return redirect("settings:suppressions")
    one = one_of(suppressions(), id)
    form = ReleaseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            release(request.user, one, because=form.cleaned_data["because"])
        except CadansError as error:
            tell(form, error)
        else:
            return HttpResponseClientRedirect(reverse("settings:suppressions"))
    context = {"form": form, "one": one}
    status = 422 if form.errors else 200
    return render(request, "settings/_suppression_release.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def take_in(request: PageRequest) -> HttpResponse:
    """Leave the addresses of a file alone."""
    require_role(request.user, *KEEPERS)
    form = TakeInForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            rows = list(rows_of(form.cleaned_data["file"], form.cleaned_data["reason"]))
            added, known, refused = suppress_all(request.user, rows)
        except CadansError as error:
            tell(form, error)
        else:
            messages.success(request, _taken_in(added, known))
            if refused:
                messages.warning(request, _not_read(refused))
            return redirect("settings:suppressions")
    return _page(request, "settings/suppressions_import.html", {"form": form})


@login_required
@require_GET
def download(request: PageRequest) -> HttpResponse:
    """The whole list as a CSV file, which can be taken in again."""
    require_role(request.user, *KEEPERS)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="suppressions.csv"'
    out = csv.writer(response)
    out.writerow(["address", "reason", "source", "note", "at"])
    for one in suppressions().iterator(chunk_size=2000):
        cells = (one.address, one.reason, one.source, one.note, one.at.isoformat())
        out.writerow([harmless(cell) for cell in cells])
    return response


def rows_of(file: UploadedFile[Any], usual: str) -> Iterator[tuple[str, str]]:
    """The addresses of a file, each with its reason. Raises Invalid."""
    raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise _unreadable(_("The file is too large (at most %(size)s MB).") % {"size": 5})
    best = from_bytes(raw.removeprefix(b"\xef\xbb\xbf")).best()
    text = str(best) if best else ""
    if not text.strip() or "\x00" in text:
        raise _unreadable(_("There is no list of addresses in this file."))
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    table = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    if len(table) > MOST:
        message = _("At most %(most)s lines at a time; split the file.") % {"most": f"{MOST:,}"}
        raise _unreadable(message)
    heading = [cell.strip().lower() for cell in table[0]]
    place = next((n for n, cell in enumerate(heading) if cell in HEADINGS), None)
    why = next((n for n, cell in enumerate(heading) if cell in REASONS), None)
    for row in table[1:] if place is not None else table:
        address = row[place or 0].strip() if len(row) > (place or 0) else ""
        given = row[why].strip().lower() if why is not None and len(row) > why else ""
        if address:
            yield address, given if given in Reason.values else usual


def _unreadable(message: str) -> Invalid:
    return Invalid(message, pointer="/file", fields={"file": message})


def _taken_in(added: int, known: int) -> str:
    told = ngettext("%(n)d address added.", "%(n)d addresses added.", added) % {"n": added}
    if not known:
        return told
    there = ngettext("%(n)d was there already.", "%(n)d were there already.", known)
    return f"{told} {there % {'n': known}}"


def _not_read(refused: list[str]) -> str:
    told = ngettext(
        "%(n)d line holds no e-mail address: %(lines)s",
        "%(n)d lines hold no e-mail address: %(lines)s",
        len(refused),
    )
    shown = ", ".join(f"“{one[:60]}”" for one in refused[:5])
    return told % {"n": len(refused), "lines": shown + (" …" if len(refused) > 5 else "")}


def _page(request: PageRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    form = context.get("form")
    status = 422 if form is not None and form.errors else 200
    context |= {"groups": groups(request.user), "current": "suppressions"}
    return render(request, template, context, status=status)
