"""/mail-templates: mail that is written again and again."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from ninja import Router

from cadans.api.answers import answer, nothing
from cadans.api.auth import SET_UP, WORK, ApiRequest
from cadans.api.etags import revision_seen
from cadans.api.paging import Page, Part, page
from cadans.api.schemas.mail_template import (
    MailTemplateShown,
    NewMailTemplate,
    PreviewShown,
    PreviewWish,
    WholeMailTemplate,
    mail_template_shown,
    preview_shown,
)
from cadans.ground.errors import Invalid
from cadans.ground.rows import one_of
from cadans.leads.lists import whole_lead
from cadans.outreach.actions import templates
from cadans.outreach.merging import BadMerge
from cadans.outreach.queries.templates import language_of, letter_of, mail_templates, reader_of

router = Router(tags=["mail-templates"], auth=SET_UP)


@router.get("", response=Page[MailTemplateShown])
def list_mail_templates(request: ApiRequest, paging: Part) -> HttpResponse:
    """All of them, by name."""
    return page(mail_templates(), paging, each=mail_template_shown, by=("name", "id"))


@router.post("", response={201: MailTemplateShown})
def add_mail_template(request: ApiRequest, body: NewMailTemplate) -> HttpResponse:
    """A new one; a field that there is not is refused and named."""
    template = templates.add_mail_template(request.auth.user, **body.model_dump(), via="api")
    return answer(mail_template_shown(template), status=201, revision=template.revision)


@router.get("/{template}", response=MailTemplateShown)
def show_mail_template(request: ApiRequest, template: uuid.UUID) -> HttpResponse:
    """One of them."""
    found = one_of(mail_templates(), template)
    return answer(mail_template_shown(found), revision=found.revision)


@router.put("/{template}", response=MailTemplateShown)
def put_mail_template(
    request: ApiRequest, template: uuid.UUID, body: WholeMailTemplate
) -> HttpResponse:
    """Write it anew, whole; its key stays."""
    changed = templates.change_mail_template(
        request.auth.user,
        one_of(mail_templates(), template),
        **body.model_dump(),
        revision=revision_seen(request),
        via="api",
    )
    return answer(mail_template_shown(changed), revision=changed.revision)


@router.delete("/{template}", response={204: None})
def delete_mail_template(request: ApiRequest, template: uuid.UUID) -> HttpResponse:
    """Remove one."""
    found = one_of(mail_templates(), template)
    templates.delete_mail_template(
        request.auth.user, found, revision=revision_seen(request), via="api"
    )
    return nothing()


@router.post("/{template}/preview", response=PreviewShown, auth=WORK)
def preview_mail_template(
    request: ApiRequest, template: uuid.UUID, body: PreviewWish
) -> HttpResponse:
    """Filled in for a lead; sends nothing and changes nothing."""
    found = one_of(mail_templates(), template)
    lead = whole_lead(request.auth.user, body.lead)
    person = reader_of(lead, body.person)
    language = body.language or found.language_for(language_of(person))
    try:
        letter = letter_of(found, lead, person=person, language=language)
    except BadMerge as error:
        raise Invalid(templates.in_words(error), pointer=f"/body/{language}") from None
    to = person.email if person and person.email else None
    return answer(preview_shown(letter, language=language, to=to))
