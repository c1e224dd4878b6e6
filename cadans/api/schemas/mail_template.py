"""Templates of mail, as the API reads and shows them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from cadans.api.schemas.kinds import Wish
from cadans.outreach.actions.templates import LONGEST_BODY, LONGEST_NAME, LONGEST_SUBJECT
from cadans.outreach.letters import Letter, shown_missing
from cadans.outreach.models.templates import MailTemplate

Subject = Annotated[str, StringConstraints(max_length=LONGEST_SUBJECT)]
Body = Annotated[str, StringConstraints(max_length=LONGEST_BODY)]
Language = Literal["nl", "en"]


class Subjects(Wish):
    """A subject in each language in which the template is written."""

    nl: Subject = ""
    en: Subject = ""


class Bodies(Wish):
    """A text in each language in which the template is written."""

    nl: Body = Field(default="", description="Markdown")
    en: Body = Field(default="", description="Markdown")


class WholeMailTemplate(Wish):
    """A template as it is to be."""

    name: Annotated[str, StringConstraints(max_length=LONGEST_NAME)]
    subject: Subjects = Field(description="with merge fields: `{{ person.first_name }}`")
    body: Bodies = Field(description="with merge fields, in Markdown")
    is_active: bool = Field(default=True, description="false: no longer to be chosen")


class NewMailTemplate(WholeMailTemplate):
    """A template to be made; without a key one is made of the name."""

    key: Annotated[str, StringConstraints(max_length=50)] = Field(
        default="", description="what playbook files call it; never changes"
    )


class MailTemplateShown(BaseModel):
    """A template of mail."""

    id: uuid.UUID
    key: str
    name: str
    subject: dict[str, str]
    body: dict[str, str]
    is_active: bool
    made_at: datetime
    changed_at: datetime


class PreviewWish(Wish):
    """For which lead a template is filled in, and whom on it."""

    lead: uuid.UUID
    person: uuid.UUID | None = Field(default=None, description="empty: the first with an address")
    language: Language | None = Field(default=None, description="empty: the reader’s own")


class PreviewShown(BaseModel):
    """A template filled in for one reader; where a field is missing its name stands in brackets."""

    language: str
    to: str | None = Field(description="the reader’s e-mail address")
    subject: str
    html: str
    text: str
    missing: list[str] = Field(description="fields that are not known for this reader")
    can_go: bool = Field(description="whether it could be sent: nothing is missing")


def mail_template_shown(template: MailTemplate) -> MailTemplateShown:
    """A template of mail."""
    return MailTemplateShown.model_validate(template, from_attributes=True)


def preview_shown(letter: Letter, *, language: str, to: str | None) -> PreviewShown:
    """A letter to be looked at."""

    def bracketed(name: str) -> str:
        return f"[{name}]"

    return PreviewShown(
        language=language,
        to=to,
        subject=shown_missing(letter.subject, bracketed),
        html=shown_missing(letter.html, bracketed),
        text=shown_missing(letter.text, bracketed),
        missing=list(letter.missing),
        can_go=letter.can_go and bool(to),
    )
