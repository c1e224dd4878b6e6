"""Templates of mail: what is written again and again, with merge fields, in each language."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadans.ground.ids import Row

LANGUAGES = ("nl", "en")


class MailTemplateQuerySet(models.QuerySet["MailTemplate"]):
    """The vocabulary of templates."""

    def active(self) -> MailTemplateQuerySet:
        """Those that can be chosen when one writes."""
        return self.filter(is_active=True)


class MailTemplate(Row):
    """A mail to be filled in for one reader: `subject` and `body` (Markdown) per language.

    `key` is what playbooks and programs call it; it never changes.
    """

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=80)
    subject = models.JSONField(default=dict)
    body = models.JSONField(default=dict)
    is_active = models.BooleanField(default=True)
    revision = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager[MailTemplate]] = MailTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(Lower("name"), name="one_mail_template_a_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def languages(self) -> list[str]:
        """The languages in which it is written."""
        return [one for one in LANGUAGES if self.subject.get(one) and self.body.get(one)]

    def language_for(self, wanted: str) -> str:
        """The language that a reader of `wanted` gets: theirs where it is written in that."""
        written = self.languages
        return wanted if wanted in written or not written else written[0]
