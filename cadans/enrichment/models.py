"""What was found about people and companies, when it was looked for, and whether it may be."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadans.contacts.models import Company, Person
from cadans.ground.ids import Row


class Switches(Row):
    """Whether Cadans looks things up: a single row, kept by an administrator."""

    asks_sites = models.BooleanField(default=True, help_text="company sites and domain records")
    asks_gravatar = models.BooleanField(default=False, help_text="public profiles, by address")

    objects: ClassVar[models.Manager[Switches]] = models.Manager()

    def __str__(self) -> str:
        return "on" if self.asks_sites else "off"


class AboutOne(Row):
    """What belongs to either a person or a company, and goes with them."""

    company = models.ForeignKey(
        Company, models.CASCADE, null=True, blank=True, related_name="%(class)s_rows"
    )
    person = models.ForeignKey(
        Person, models.CASCADE, null=True, blank=True, related_name="%(class)s_rows"
    )

    class Meta:
        abstract = True

    @property
    def subject(self) -> Company | Person:
        """Whom it is about."""
        subject: Company | Person | None = self.company or self.person
        assert subject is not None
        return subject


EXACTLY_ONE = models.Q(company=None) ^ models.Q(person=None)


class Inquiry(AboutOne):
    """The last time somebody or something was looked up: when it began and ended, and what
    went wrong, if anything did."""

    key = models.CharField(max_length=254, help_text="the domain or address that was asked about")
    begun_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=300, blank=True, help_text="in words, for a person")

    objects: ClassVar[models.Manager[Inquiry]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=EXACTLY_ONE, name="inquiry_about_one"),
            models.UniqueConstraint(fields=["company"], name="one_inquiry_a_company"),
            models.UniqueConstraint(fields=["person"], name="one_inquiry_a_person"),
        ]
        indexes = [models.Index(fields=["begun_at"], name="inquiry_by_time")]

    def __str__(self) -> str:
        return self.key


class Fact(AboutOne):
    """One thing that was found: its value, from where, when, how sure, and what became of it."""

    class Field(models.TextChoices):
        NAME = "name", _("Name")
        JOB_TITLE = "job_title", _("Job title")
        EMPLOYER = "employer", _("Company")
        PHONE = "phone", _("Phone")
        ADDRESS = "address", _("Address")
        POSTCODE = "postcode", _("Postcode")
        CITY = "city", _("City")
        REGION = "region", _("Region")
        COUNTRY = "country", _("Country")
        EMPLOYEES = "employees", _("Employees")
        LEGAL_NAME = "legal_name", _("Legal name")
        DESCRIPTION = "description", _("Description")
        KVK_NUMBER = "kvk_number", _("Chamber of Commerce number")
        VAT_NUMBER = "vat_number", _("VAT number")
        FOUNDED = "founded", _("Founded")
        LOGO = "logo", _("Logo")
        WEBSITE = "website", _("Website")
        LOCATION = "location", _("Lives in")
        PROFILE = "profile", _("Public profile")
        LINKEDIN = "linkedin", "LinkedIn"
        FACEBOOK = "facebook", "Facebook"
        INSTAGRAM = "instagram", "Instagram"
        X = "x", "X"
        YOUTUBE = "youtube", "YouTube"
        GITHUB = "github", "GitHub"
        TIKTOK = "tiktok", "TikTok"
        MAIL_SUITE = "mail_suite", _("Mail by")
        MAILBOX = "mailbox", _("Kind of address")

    class Source(models.TextChoices):
        JSON_LD = "json_ld", _("what the site tells search engines")
        OPEN_GRAPH = "open_graph", _("what the site tells social networks")
        TITLE = "title", _("the title of the site")
        PAGE = "page", _("a page of the site")
        DOMAIN = "domain", _("the domain name")
        MAIL_RECORDS = "mail_records", _("the mail records of the domain")
        GRAVATAR = "gravatar", _("Gravatar")
        ADDRESS = "address", _("the e-mail address itself")

    class State(models.TextChoices):
        SUGGESTED = "suggested", _("Suggested")
        FILLED = "filled", _("Filled in")
        ACCEPTED = "accepted", _("Accepted")
        NOTED = "noted", _("Noted")
        DISMISSED = "dismissed", _("Dismissed")
        UNDONE = "undone", _("Undone")

    field = models.CharField(max_length=16, choices=Field)
    value = models.CharField(max_length=500)
    source = models.CharField(max_length=12, choices=Source)
    url = models.CharField(max_length=2000, blank=True)
    confidence = models.PositiveSmallIntegerField(help_text="0 to 100")
    found_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=9, choices=State)
    before = models.CharField(max_length=200, blank=True, help_text="what it was filled in over")

    objects: ClassVar[models.Manager[Fact]] = models.Manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=EXACTLY_ONE, name="fact_about_one"),
            models.CheckConstraint(
                condition=models.Q(confidence__lte=100), name="fact_confidence_in_hundredths"
            ),
            models.UniqueConstraint(
                fields=["company", "field", "value"], name="one_company_fact_a_value"
            ),
            models.UniqueConstraint(
                fields=["person", "field", "value"], name="one_person_fact_a_value"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.value}"

    @property
    def is_link(self) -> bool:
        """Whether the value is an address on the web."""
        return self.value.startswith(("http://", "https://"))
