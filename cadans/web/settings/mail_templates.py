"""Templates of mail: the list, the editor, and the mail as a real lead would get it."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cadans.ground.errors import CadansError, NotFound
from cadans.ground.rows import one_of
from cadans.leads.lists import Wanted, leads_wanted, whole_lead
from cadans.leads.models import Lead
from cadans.outreach.actions.templates import (
    LONGEST_BODY,
    LONGEST_NAME,
    LONGEST_SUBJECT,
    add_mail_template,
    change_mail_template,
    delete_mail_template,
    in_words,
)
from cadans.outreach.letters import Letter, letter, shown_missing
from cadans.outreach.merging import BadMerge
from cadans.outreach.models import MailTemplate
from cadans.outreach.models.templates import LANGUAGES
from cadans.outreach.queries.templates import (
    THINGS,
    Field,
    known_fields,
    language_of,
    mail_templates,
    merge_fields,
    reader_of,
    values_of,
)
from cadans.team.queries import require_role
from cadans.web.requests import PageRequest
from cadans.web.settings.listing import KEEPERS
from cadans.web.settings.places import groups
from cadans.web.settings.views import tell

OFFERED = 20
"""How many leads the preview offers at a time."""

LANGUAGE_NAMES = {"nl": gettext_lazy("Dutch"), "en": gettext_lazy("English")}


def _subject(language: str) -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=LONGEST_SUBJECT,
        required=False,
        widget=forms.TextInput(
            attrs={"data-merge": language, "autocomplete": "off", "lang": language}
        ),
    )


def _body(language: str) -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Text"),
        max_length=LONGEST_BODY,
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={"data-merge": language, "rows": 12, "lang": language, "spellcheck": "true"}
        ),
    )


class TemplateForm(forms.Form):
    """A template of mail, in both languages."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("Only your colleagues see it."),
    )
    subject_nl = _subject("nl")
    body_nl = _body("nl")
    subject_en = _subject("en")
    body_en = _body("en")
    is_active = forms.BooleanField(
        label=gettext_lazy("Can be chosen"), required=False, initial=True
    )
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def written(self) -> dict[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "subject": {one: data[f"subject_{one}"] for one in LANGUAGES},
            "body": {one: data[f"body_{one}"] for one in LANGUAGES},
            "is_active": data["is_active"],
        }


@login_required
@require_GET
def listing(request: PageRequest) -> HttpResponse:
    """All templates."""
    require_role(request.user, *KEEPERS)
    return _page(request, "settings/mail_templates.html", {"templates": list(mail_templates())})


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: PageRequest, id: uuid.UUID | None = None) -> HttpResponse:
    """Write a template, with the mail as a lead would get it beside it."""
    require_role(request.user, *KEEPERS)
    template = one_of(mail_templates(), id) if id else None
    form = TemplateForm(
        request.POST if request.method == "POST" else None,
        initial=_initial(template) if template else None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            if template is None:
                template = add_mail_template(request.user, **form.written())
            else:
                revision = form.cleaned_data["revision"]
                change_mail_template(request.user, template, **form.written(), revision=revision)
        except CadansError as error:
            tell(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("settings:mail_templates")
    offered = _offered(request, "")
    first = request.LANGUAGE_CODE[:2]
    order = sorted(LANGUAGES, key=lambda one: one != first)
    context = {
        "form": form,
        "template": template,
        "parts": [
            {
                "language": one,
                "name": LANGUAGE_NAMES[one],
                "subject": form[f"subject_{one}"],
                "body": form[f"body_{one}"],
                "is_open": place == 0
                or bool(form[f"body_{one}"].value())
                or bool(form[f"body_{one}"].errors or form[f"subject_{one}"].errors),
            }
            for place, one in enumerate(order)
        ],
        "fields": _by_thing(),
        "names": [{"path": one.path, "label": _whole_name(one)} for one in merge_fields()],
        "leads": offered,
    }
    return _page(request, "settings/mail_template.html", context)


@login_required
@require_POST
def preview(request: PageRequest) -> HttpResponse:
    """The mail as it stands in the editor, filled in for the lead that was chosen."""
    require_role(request.user, *KEEPERS)
    context: dict[str, Any] = {"languages": LANGUAGE_NAMES.items()}
    try:
        lead = whole_lead(request.user, uuid.UUID(request.POST.get("lead", "")))
    except (ValueError, NotFound):
        return render(request, "settings/_mail_preview.html", context)
    person = reader_of(lead)
    asked = request.POST.get("language", "")
    written = [one for one in LANGUAGES if request.POST.get(f"body_{one}", "").strip()]
    language = asked if asked in LANGUAGES else language_of(person)
    if language not in written and written and asked not in LANGUAGES:
        language = written[0]
    context |= {
        "lead": lead,
        "person": person,
        "language": language,
        "language_name": LANGUAGE_NAMES[language],
    }
    subject = request.POST.get(f"subject_{language}", "")[:LONGEST_SUBJECT]
    body = request.POST.get(f"body_{language}", "")[:LONGEST_BODY]
    if subject.strip() or body.strip():
        values = values_of(lead, person, language)
        try:
            filled = letter(subject, body, values, known=known_fields(), language=language)
        except BadMerge as error:
            context["mistake"] = in_words(error)
        else:
            context |= _shown(filled)
    return render(request, "settings/_mail_preview.html", context)


@login_required
@require_GET
def leads(request: PageRequest) -> HttpResponse:
    """The leads that the preview can be for, by words."""
    require_role(request.user, *KEEPERS)
    context = {"leads": _offered(request, request.GET.get("q", "").strip()[:100])}
    return render(request, "settings/_mail_leads.html", context)


@login_required
@require_POST
def delete(request: PageRequest, id: uuid.UUID) -> HttpResponse:
    """Remove a template."""
    delete_mail_template(request.user, one_of(mail_templates(), id))
    messages.success(request, _("Removed."))
    return redirect("settings:mail_templates")


def _initial(template: MailTemplate) -> dict[str, Any]:
    values: dict[str, Any] = {
        "name": template.name,
        "is_active": template.is_active,
        "revision": template.revision,
    }
    for one in LANGUAGES:
        values[f"subject_{one}"] = template.subject.get(one, "")
        values[f"body_{one}"] = template.body.get(one, "")
    return values


def _offered(request: PageRequest, words: str) -> list[Lead]:
    rows = leads_wanted(request.user, Wanted(words=words)).select_related("company")
    return list(rows.order_by("-opened_at", "-id")[:OFFERED])


def _by_thing() -> list[tuple[str, list[Field]]]:
    fields = merge_fields()
    return [
        (str(title), [field for field in fields if field.thing == thing])
        for thing, title in THINGS.items()
    ]


def _whole_name(field: Field) -> str:
    return f"{THINGS[field.thing]}: {field.label}"


def _shown(filled: Letter) -> dict[str, Any]:
    """A letter for the page: what is missing stands in it, marked."""
    labels = {field.path: field.label for field in merge_fields()}

    def marked(path: str) -> str:
        return f'<mark class="merge-missing">{escape(labels.get(path, path))}</mark>'

    return {
        "subject": mark_safe(shown_missing(escape(filled.subject), marked)),  # noqa: S308 - escaped
        "inner": mark_safe(shown_missing(filled.inner, marked)),  # noqa: S308 - by nh3
        "missing": [labels.get(path, path) for path in filled.missing],
        "text": shown_missing(filled.text, lambda path: f"[{labels.get(path, path)}]"),
    }


def _page(request: PageRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    form = context.get("form")
    status = 422 if form is not None and form.errors else 200
    context |= {"groups": groups(request.user), "current": "mail-templates"}
    return render(request, template, context, status=status)
