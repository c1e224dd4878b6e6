"""A lead, its stays in stages, its closings, its people and products."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from cadans.assignment.models import Territory
from cadans.contacts.models import BuyingRole, Company, Person, Tag
from cadans.ground.ids import Row
from cadans.ground.money import AmountField, CurrencyField, as_money, money_has_currency
from cadans.leads.offer import LossReason, Product, Source
from cadans.process.models import Pipeline, ProcessVersion, Stage
from cadans.team.models import User
from cadans.team.queries import owners_seen_by


class LeadQuerySet(models.QuerySet["Lead"]):
    """The vocabulary of leads."""

    def present(self) -> LeadQuerySet:
        """Leads that were not deleted or merged away."""
        return self.filter(deleted_at=None)

    def visible_to(self, user: User) -> LeadQuerySet:
        """Leads that this user may see. Every read for a person begins here."""
        return self.present().filter(owners_seen_by(user))

    def open(self) -> LeadQuerySet:
        """Leads that are still to be won or lost."""
        return self.filter(status=Lead.Status.OPEN)

    def closed(self) -> LeadQuerySet:
        """Leads that were won or lost."""
        return self.filter(status__in=[Lead.Status.WON, Lead.Status.LOST])

    def idle(self, *, on: datetime) -> LeadQuerySet:
        """Open leads longer without a touch than their stage's idle limit allows."""
        limit = models.ExpressionWrapper(
            F("stage__idle_days") * timedelta(days=1), output_field=models.DurationField()
        )
        return self.open().filter(stage__idle_days__isnull=False, touched_at__lt=on - limit)

    def with_names(self) -> LeadQuerySet:
        """With everything that a card or a row shows, in one query.

        A pipeline's draft is a large document that nobody shows with a lead.
        """
        names = ("stage", "owner", "company", "source", "pipeline", "territory")
        return self.select_related(*names).defer("pipeline__draft")


class Lead(Row):
    """One possible sale, from first interest to won or lost."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        WON = "won", _("Won")
        LOST = "lost", _("Lost")
        CANCELLED = "cancelled", _("Cancelled")

    title = models.CharField(_("title"), max_length=200)
    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="leads")
    version = models.ForeignKey(ProcessVersion, models.PROTECT, related_name="leads")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="leads")
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    value = AmountField(_("value"), null=True, blank=True)
    currency = CurrencyField(_("currency"), blank=True, default="")
    owner = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="leads", verbose_name=_("owner")
    )
    company = models.ForeignKey(
        Company, models.PROTECT, null=True, blank=True, related_name="leads"
    )
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, related_name="leads")
    territory = models.ForeignKey(
        Territory, models.PROTECT, null=True, blank=True, related_name="leads"
    )
    competitor = models.CharField(_("competitor"), max_length=120, blank=True)
    loss_reason = models.ForeignKey(
        LossReason, models.PROTECT, null=True, blank=True, related_name="leads"
    )
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    expected_close = models.DateField(_("expected close"), null=True, blank=True)
    stage_entered_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now, help_text="last activity or move")
    custom = models.JSONField(default=dict, blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="leads")
    external_id = models.CharField(max_length=120, null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )

    objects: ClassVar[models.Manager[Lead]] = LeadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="open", closed_at=None)
                | (~Q(status="open") & Q(closed_at__isnull=False)),
                name="status_and_closed_at_agree",
            ),
            models.CheckConstraint(
                condition=money_has_currency("value", "currency"), name="lead_value_has_currency"
            ),
            models.CheckConstraint(
                condition=Q(value=None) | Q(value__gte=0), name="value_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at")),
                name="closed_after_opened",
            ),
            models.UniqueConstraint(
                fields=["external_id"],
                condition=Q(external_id__isnull=False, deleted_at=None),
                name="one_lead_an_external_id",
            ),
        ]
        indexes = [
            models.Index(
                fields=["pipeline", "stage", "-stage_entered_at", "id"],
                include=["value", "currency", "owner"],
                condition=Q(status="open", deleted_at=None),
                name="board_of_open_leads",
            ),
            models.Index(
                fields=["owner"],
                condition=Q(status="open", deleted_at=None),
                name="open_leads_of_owner",
            ),
            models.Index(fields=["-opened_at", "-id"], name="lead_by_opening"),
            models.Index(fields=["company"], name="lead_of_company"),
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="lead_title_trigrams"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def money(self) -> Money | None:
        """The value as money, or None."""
        return as_money(self.value, self.currency)

    @property
    def is_open(self) -> bool:
        """Whether the lead is still to be won or lost."""
        return self.status == self.Status.OPEN

    def is_idle(self, on: datetime | None = None) -> bool:
        """Whether nobody touched it for longer than its stage allows."""
        limit = self.stage.idle_days
        if not self.is_open or limit is None:
            return False
        return self.touched_at < (on or timezone.now()) - timedelta(days=limit)

    def days_in_stage(self, on: datetime | None = None) -> int:
        """Whole days since it entered its stage (until it was closed)."""
        end = self.closed_at or on or timezone.now()
        return max((end - self.stage_entered_at).days, 0)


class StageVisit(Row):
    """One stay of one lead in one stage: when, how it ended, by what cause.

    `owner` is whoever owned the lead when the visit began (or, when an assignment rule gave it
    away on entering, whoever got it). A stage that ends the lead is visited for no time.
    """

    class How(models.TextChoices):
        ADVANCED = "advanced", _("Goals met")
        MOVED = "moved", _("Moved by hand")
        WON = "won", _("Won")
        LOST = "lost", _("Lost")
        CANCELLED = "cancelled", _("Cancelled")

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="visits")
    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="+")
    version = models.ForeignKey(ProcessVersion, models.PROTECT, related_name="+")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="visits")
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="visits")
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    how = models.CharField(max_length=10, choices=How, blank=True, default="")
    goals_met = models.BooleanField(default=False)
    jumped = models.BooleanField(default=False, help_text="a stage before it was passed over")
    reason = models.CharField(max_length=300, blank=True, help_text="why it was moved by hand")
    held = models.BooleanField(
        default=False, help_text="put back by hand with its goals met: it waits for a change"
    )
    entered_by = models.UUIDField(help_text="the event that began it")
    left_by = models.UUIDField(null=True, help_text="the event that ended it")
    # Kept by the database itself, whoever writes visits (docs/decisions/0018).
    is_first = models.BooleanField(
        default=True,
        db_default=True,
        help_text="the lead's first visit to the stage, and one that counts on the way up",
    )
    higher_at = models.DateTimeField(
        null=True, help_text="when the lead first entered a higher stage after it"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead"], condition=Q(left_at=None), name="one_open_visit_a_lead"
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("entered_at")),
                name="visit_left_after_entered",
            ),
            models.CheckConstraint(
                condition=Q(left_at=None, how="") | (Q(left_at__isnull=False) & ~Q(how="")),
                name="visit_left_somehow",
            ),
        ]
        indexes = [
            models.Index(fields=["lead", "entered_at"], name="visit_of_lead"),
            models.Index(
                fields=["pipeline", "entered_at"],
                include=["lead", "stage", "owner", "left_at", "how"],
                name="visit_by_pipeline",
            ),
            models.Index(
                fields=["pipeline", "entered_at"],
                include=["lead", "stage", "owner", "version", "higher_at"],
                condition=Q(is_first=True),
                name="first_visits",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} in {self.stage_id}"


class ClosingQuerySet(models.QuerySet["Closing"]):
    """The vocabulary of closings."""

    def standing(self) -> ClosingQuerySet:
        """Closings that were not undone by reopening, of leads that are still there."""
        return self.filter(reopened_at=None, lead__deleted_at=None)


class Closing(Row):
    """The end of a lead: won, lost or cancelled, when, by whom, in which stage, at what value.

    Kept as a fact of its own so that re-assigning a lead later changes no figure. `worth` is the
    value in the organisation's currency at the rate of the day.
    """

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="closings")
    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="+")
    version = models.ForeignKey(ProcessVersion, models.PROTECT, related_name="+")
    stage = models.ForeignKey(
        Stage, models.PROTECT, related_name="+", help_text="the stage it was in"
    )
    status = models.CharField(max_length=10, choices=Lead.Status)
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="closings")
    reason = models.ForeignKey(LossReason, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    at = models.DateTimeField()
    value = AmountField(null=True)
    currency = CurrencyField(blank=True, default="")
    worth = AmountField(null=True)
    reopened_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Closing]] = ClosingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead"], condition=Q(reopened_at=None), name="one_standing_closing"
            ),
            models.CheckConstraint(condition=~Q(status="open"), name="closing_is_no_opening"),
        ]
        indexes = [
            models.Index(
                fields=["at"],
                include=["status", "owner", "pipeline", "worth", "lead"],
                condition=Q(reopened_at=None),
                name="closing_by_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.status}"


class LeadPerson(Row):
    """A person's part in a lead."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="parts")
    person = models.ForeignKey(Person, models.CASCADE, related_name="parts")
    role = models.CharField(_("buying role"), max_length=20, choices=BuyingRole, blank=True)
    is_first = models.BooleanField(default=False, help_text="the first contact")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead", "person"], name="person_once_on_a_lead"),
            models.UniqueConstraint(
                fields=["lead"], condition=Q(is_first=True), name="one_first_contact"
            ),
        ]
        ordering = ["-is_first", "id"]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.lead_id}"


class LeadProduct(Row):
    """A product on a lead: how many, at what price each (in the lead's currency)."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT, related_name="lines")
    quantity = models.DecimalField(max_digits=12, decimal_places=3, default=1)
    price = AmountField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead", "product"], name="product_once_on_a_lead"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="quantity_is_positive"),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_id}"
