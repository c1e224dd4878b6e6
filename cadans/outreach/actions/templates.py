"""Templates of mail: written, changed, removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from cadans.events.act import Act, Subject
from cadans.ground.errors import Conflict, Invalid, Outdated
from cadans.ground.rows import locked
from cadans.outreach.merging import BadMerge, check
from cadans.outreach.models.templates import LANGUAGES, MailTemplate
from cadans.outreach.queries.templates import known_fields, mail_templates
from cadans.team.models import User
from cadans.team.queries import require_role

KEEPERS = (User.Role.MANAGER, User.Role.ADMIN)
LONGEST_NAME = 80
LONGEST_SUBJECT = 200
LONGEST_BODY = 20_000


def add_mail_template(
    actor: User | None,
    *,
    name: str,
    subject: Mapping[str, str],
    body: Mapping[str, str],
    is_active: bool = True,
    key: str = "",
    via: str = "web",
) -> MailTemplate:
    """A new template; without a key one is made of the name.

    Raises Invalid, naming the field that there is not, or Conflict when the name is taken.
    """
    require_role(actor, *KEEPERS)
    template = MailTemplate(**_clean(name, subject, body), is_active=is_active)
    template.key = _free_key(key or template.name, is_given=bool(key))
    with Act(actor, via=via) as act:
        _must_be_free(template)
        template.save(force_insert=True)
        act.record("mail_template_added", _subject(template), data=_told(template))
    return template


def change_mail_template(
    actor: User | None,
    template: MailTemplate,
    *,
    name: str,
    subject: Mapping[str, str],
    body: Mapping[str, str],
    is_active: bool = True,
    revision: int | None = None,
    via: str = "web",
) -> MailTemplate:
    """Write a template anew; its key stays. Mail that was sent stays as it was.

    Raises Invalid, Conflict, or Outdated when `revision` is not the present one.
    """
    require_role(actor, *KEEPERS)
    fields = _clean(name, subject, body)
    with Act(actor, via=via) as act:
        template = locked(mail_templates(), template.id)
        if revision is not None and template.revision != revision:
            raise Outdated(
                _("Somebody else changed this in the meantime. Look again, then change it.")
            )
        for field, value in (fields | {"is_active": is_active}).items():
            setattr(template, field, value)
        _must_be_free(template)
        template.revision += 1
        template.changed_at = timezone.now()
        template.save()
        act.record("mail_template_changed", _subject(template), data=_told(template))
    return template


def delete_mail_template(
    actor: User | None,
    template: MailTemplate,
    *,
    revision: int | None = None,
    via: str = "web",
) -> None:
    """Remove a template. Raises NotFound, or Outdated."""
    require_role(actor, *KEEPERS)
    with Act(actor, via=via) as act:
        template = locked(mail_templates(), template.id)
        if revision is not None and template.revision != revision:
            raise Outdated(
                _("Somebody else changed this in the meantime. Look again, then change it.")
            )
        act.record("mail_template_deleted", _subject(template), data=_told(template))
        template.delete()


def in_words(error: BadMerge) -> str:
    """What is wrong with a text, and what would be right, in the reader's language."""
    facts = {"what": error.what, "line": error.line}
    if error.kind == "field":
        sentence = _("There is no field “%(what)s” (line %(line)s). Choose one from the list.")
    elif error.kind == "part":
        sentence = _(
            "“%(what)s” cannot be used here (line %(line)s): only fields, “default” with words in"
            " quotes, and “if”."
        )
    else:
        sentence = _(
            "A brace, a quote or an “endif” is missing near line %(line)s. A field is written as"
            " {{ person.first_name }}."
        )
    return sentence % facts


def _clean(name: str, subject: Mapping[str, str], body: Mapping[str, str]) -> dict[str, Any]:
    name = " ".join(name.split())
    if not name:
        raise _wrong("name", "name", _("Give the template a name."))
    _must_fit(name, LONGEST_NAME, "name", "name")
    known = known_fields()
    fields: dict[str, Any] = {"name": name, "subject": {}, "body": {}}
    for language in LANGUAGES:
        line = " ".join((subject.get(language) or "").split())
        text = (body.get(language) or "").replace("\r\n", "\n").strip()
        if bool(line) != bool(text):
            empty = "body" if line else "subject"
            message = (
                _("Write the text too, or leave the subject empty.")
                if line
                else _("Write a subject too, or leave the text empty.")
            )
            raise _wrong(f"{empty}_{language}", f"{empty}/{language}", message)
        for place, words, longest in (
            ("subject", line, LONGEST_SUBJECT),
            ("body", text, LONGEST_BODY),
        ):
            if words:
                _must_fit(words, longest, f"{place}_{language}", f"{place}/{language}")
                _must_merge(words, known, f"{place}_{language}", f"{place}/{language}")
                fields[place][language] = words
    if not fields["subject"]:
        language = LANGUAGES[0]
        raise _wrong(
            f"subject_{language}",
            f"subject/{language}",
            _("Write a subject and a text in at least one language."),
        )
    return fields


def _must_fit(words: str, longest: int, field: str, pointer: str) -> None:
    if len(words) > longest or "\x00" in words:
        message = _("Too long: at most %(longest)s characters.") % {"longest": longest}
        raise _wrong(field, pointer, message)


def _must_merge(words: str, known: frozenset[str], field: str, pointer: str) -> None:
    try:
        check(words, known)
    except BadMerge as error:
        raise _wrong(field, pointer, in_words(error)) from None


def _must_be_free(template: MailTemplate) -> None:
    others = MailTemplate.objects.exclude(id=template.id)
    if others.filter(Q(name__iexact=template.name)).exists():
        message = _("There is a template “%(name)s” already.") % {"name": template.name}
        raise Conflict(message, pointer="/name", code="duplicate")


def _free_key(wanted: str, *, is_given: bool) -> str:
    start = slugify(wanted)[:50].strip("-") or "template"
    key, number = start, 1
    while MailTemplate.objects.filter(key=key).exists():
        if is_given:
            message = _("There is a template with the key “%(key)s” already.") % {"key": key}
            raise Conflict(message, pointer="/key", code="duplicate")
        number += 1
        key = f"{start}-{number}"
    return key


def _wrong(field: str, pointer: str, message: str) -> Invalid:
    return Invalid(message, pointer=f"/{pointer}", fields={field: message})


def _subject(template: MailTemplate) -> Subject:
    return Subject("mail_template", template.id)


def _told(template: MailTemplate) -> dict[str, Any]:
    names = ("key", "name", "subject", "body", "is_active")
    return {name: getattr(template, name) for name in names}
