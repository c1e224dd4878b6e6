"""Companies, people and tags: whom one sells to."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Lower, Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadans.ground.ids import Row


class BuyingRole(models.TextChoices):
    """A person's part in a purchase."""

    DECISION_MAKER = "decision_maker", _("Decision maker")
    CHAMPION = "champion", _("Champion")
    INFLUENCER = "influencer", _("Influencer")
    USER = "user", _("User")
    GATEKEEPER = "gatekeeper", _("Gatekeeper")
    BLOCKER = "blocker", _("Blocker")


class Tag(Row):
    """A short word stuck on leads, people or companies."""

    name = models.CharField(max_length=40)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="one_tag_a_name")]

    def __str__(self) -> str:
        return self.name


class Contact(Row):
    """What people and companies have in common."""

    phone = models.CharField(_("phone"), max_length=40, blank=True)
    custom = models.JSONField(default=dict, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    external_id = models.CharField(max_length=120, null=True, blank=True)

    class Meta:
        abstract = True


class CompanyQuerySet(models.QuerySet["Company"]):
    """The vocabulary of companies."""

    def present(self) -> CompanyQuerySet:
        """Companies that were not deleted or merged away."""
        return self.filter(deleted_at=None)


class Company(Contact):
    """A firm one sells to."""

    name = models.CharField(_("name"), max_length=160)
    domain = models.CharField(_("website domain"), max_length=120, blank=True)
    industry = models.CharField(_("industry"), max_length=80, blank=True)
    kind = models.CharField(_("type"), max_length=80, blank=True)
    market = models.CharField(_("market"), max_length=80, blank=True)
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    address = models.CharField(_("address"), max_length=160, blank=True)
    postcode = models.CharField(_("postcode"), max_length=16, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    region = models.CharField(_("region"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="subsidiaries"
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="companies")

    objects: ClassVar[models.Manager[Company]] = CompanyQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(Lower("name"), name="company_by_name"),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="company_name_trigrams"),
            models.Index(fields=["-changed_at"], name="company_by_change"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["domain"],
                condition=models.Q(deleted_at=None) & ~models.Q(domain=""),
                name="one_company_a_domain",
            ),
            models.UniqueConstraint(
                fields=["external_id"],
                condition=models.Q(external_id__isnull=False),
                name="one_company_an_external_id",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PersonQuerySet(models.QuerySet["Person"]):
    """The vocabulary of people."""

    def present(self) -> PersonQuerySet:
        """People who were not deleted or merged away."""
        return self.filter(deleted_at=None)


class Person(Contact):
    """Somebody one sells to."""

    name = models.CharField(_("name"), max_length=160)
    email = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    company = models.ForeignKey(
        Company, models.SET_NULL, null=True, blank=True, related_name="people"
    )
    language = models.CharField(_("language"), max_length=5, blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="people")

    objects: ClassVar[models.Manager[Person]] = PersonQuerySet.as_manager()

    class Meta:
        indexes = [
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="person_name_trigrams"),
            GinIndex(OpClass(Upper("email"), name="gin_trgm_ops"), name="person_email_trigrams"),
            models.Index(fields=["-changed_at"], name="person_by_change"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                condition=models.Q(deleted_at=None) & ~models.Q(email=""),
                name="one_person_an_email",
            ),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="person_email_is_lower_case"
            ),
            models.UniqueConstraint(
                fields=["external_id"],
                condition=models.Q(external_id__isnull=False),
                name="one_person_an_external_id",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        """At most two letters for an avatar."""
        words = [word for word in (self.name or self.email).split() if word[:1].isalnum()]
        letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[:2] for word in words]
        return "".join(letters).upper()
