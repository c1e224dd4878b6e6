"""Fields that are changed in place: shown, opened with a click, saved or refused on the spot.

`templates/inline/_field.html` shows an `Inline`; while somebody fills it in, news from others
leaves it alone (`data-hold`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from cadans.ground.errors import CadansError, Invalid
from cadans.web.live import with_news


@dataclass(frozen=True)
class Inline:
    """A field as the page shows it: its name, label, value in words, and where it is changed."""

    name: str
    label: str
    text: str
    url: str
    href: str = ""
    wide: bool = False
    form: forms.Form | None = None

    @property
    def id(self) -> str:
        """The element's id."""
        return f"field-{self.name.replace('.', '-')}"


def edit_inline(
    request: HttpRequest,
    inline: Inline,
    make_form: Callable[[Mapping[str, Any] | None], forms.Form],
    save: Callable[[Mapping[str, Any]], Inline],
) -> HttpResponse:
    """One field's own address: GET its form (or, with ?shown, its value), POST to save.

    Somebody else's change since the form was opened is told before it is overwritten.
    """
    if request.method != "POST":
        form = None if "shown" in request.GET else make_form(None)
        return _answer(request, inline, form)
    form = make_form(request.POST)
    if not form.is_valid():
        return _answer(request, inline, form, status=422)
    if request.POST.get("was", inline.text) != inline.text:
        form.add_error(
            None,
            _("Somebody else changed this to “%(value)s” meanwhile. Save again to overwrite it.")
            % {"value": inline.text or "–"},
        )
        return _answer(request, inline, form, status=422)
    try:
        saved = save(form.cleaned_data)
    except Invalid as error:
        tell(form, error)
        return _answer(request, inline, form, status=422)
    return with_news(_answer(request, saved, None))


def tell(form: forms.Form, error: CadansError) -> None:
    """Put what an action refused at its fields, or above the form."""
    told = dict(getattr(error, "fields", {}))
    pointer = error.pointer.strip("/").replace("/", "-").split("-")[0]
    if not told and pointer in form.fields:
        told = {pointer: error.message}
    for name, message in told.items():
        form.add_error(name if name in form.fields else None, message)
    if not told:
        form.add_error(None, error.message)


def _answer(
    request: HttpRequest, inline: Inline, form: forms.Form | None, *, status: int = 200
) -> HttpResponse:
    shown = {"field": replace(inline, form=form)}
    return render(request, "inline/_field.html", shown, status=status)
