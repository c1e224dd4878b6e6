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

from cadans.ground.custom_fields import CustomField
from cadans.ground.errors import CadansError, Conflict, Invalid
from cadans.team.models import User
from cadans.web.custom import custom_field_for, custom_text
from cadans.web.live import with_news


@dataclass(frozen=True)
class Inline:
    """A field as the page shows it: its name, label, value in words, and where it is changed."""

    name: str
    label: str
    text: str
    url: str
    href: str = ""
    form: forms.Form | None = None
    other: tuple[str, str] | None = None

    @property
    def id(self) -> str:
        """The element's id."""
        return f"field-{self.name.replace('.', '-')}"


@dataclass(frozen=True)
class Own:
    """A field of a thing: how it is called, shown, filled in and handed to the action."""

    label: Callable[[], str]
    text: Callable[[Any], str]
    fields: Callable[[Any], Mapping[str, forms.Field]]
    changes: Callable[[User, Mapping[str, Any]], Mapping[str, Any]] = lambda user, cleaned: cleaned
    href: Callable[[Any], str] = lambda thing: ""

    def shown(self, thing: Any, name: str, url: str) -> Inline:
        """The field with its value; a dash counts as nothing."""
        text = self.text(thing)
        return Inline(name, self.label(), "" if text == "–" else text, url, self.href(thing))

    def form(self, thing: Any, data: Mapping[str, Any] | None) -> forms.Form:
        """The form that changes it; its first control takes the focus."""
        form = forms.Form(data)
        form.fields.update(self.fields(thing))
        for one in form.fields.values():
            one.label = one.label or self.label()
        next(iter(form.fields.values())).widget.attrs["autofocus"] = True
        return form


def custom_own(definition: CustomField) -> Own:
    """An own field of the organisation as a field that is changed in place."""
    key = definition.key
    return Own(
        lambda: definition.name,
        lambda thing: custom_text(definition, thing.custom.get(key)),
        lambda thing: {"custom": custom_field_for(definition, initial=thing.custom.get(key))},
        lambda user, cleaned: {"custom": {key: cleaned["custom"]}},
    )


def text_own(name: str, label: Callable[[], str], longest: int, **given: Any) -> Own:
    """A line of text under its own name."""
    return Own(
        label,
        lambda thing: getattr(thing, name),
        lambda thing: {
            name: forms.CharField(
                required=False, max_length=longest, initial=getattr(thing, name), **given
            )
        },
    )


def tags_own() -> Own:
    """The tags of a thing, separated by commas."""

    def names(thing: Any) -> str:
        return ", ".join(sorted(tag.name for tag in thing.tags.all()))

    return Own(
        lambda: _("Tags"),
        names,
        lambda thing: {
            "tags": forms.CharField(
                required=False,
                max_length=500,
                initial=names(thing),
                help_text=_("Separate them with commas."),
            )
        },
        lambda user, cleaned: {"tags": cleaned["tags"].split(",")},
    )


def edit_inline(
    request: HttpRequest,
    inline: Inline,
    make_form: Callable[[Mapping[str, Any] | None], forms.Form],
    save: Callable[[Mapping[str, Any]], Inline],
    *,
    other: Callable[[Mapping[str, Any]], tuple[str, str] | None] = lambda cleaned: None,
) -> HttpResponse:
    """One field's own address: GET its form (or, with ?shown, its value), POST to save.

    Somebody else's change since the form was opened is told before it is overwritten. When the
    value is somebody else's already, `other` names them: (name, address).
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
    except (Invalid, Conflict) as error:
        inline = replace(inline, other=other(form.cleaned_data))
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
