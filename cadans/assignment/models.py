"""Territories, whose turn it was, and what was learned of who wins."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cadans.ground.ids import Row


class Territory(Row):
    """A part of the market, in a tree: a country, regions of it, ranges of postcodes."""

    name = models.CharField(_("name"), max_length=80)
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children"
    )
    external_id = models.CharField(max_length=120, null=True, blank=True, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "territories"
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"], name="territory_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")), name="territory_is_not_its_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Area(Row):
    """A piece of the map that belongs to a territory. Empty parts mean: any."""

    territory = models.ForeignKey(Territory, models.CASCADE, related_name="areas")
    country = models.CharField(_("country"), max_length=2)
    region = models.CharField(_("region"), max_length=80, blank=True)
    postcode_from = models.CharField(_("postcode from"), max_length=16, blank=True)
    postcode_to = models.CharField(_("postcode to"), max_length=16, blank=True)

    class Meta:
        indexes = [models.Index(fields=["country"], name="area_by_country")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(postcode_from="", postcode_to="")
                | (
                    ~models.Q(postcode_from="")
                    & models.Q(postcode_to__gte=models.F("postcode_from"))
                ),
                name="postcodes_are_in_order",
            )
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.country, self.region, self.postcode_from) if part)


class Turn(models.Model):
    """Whose turn it was last under a rule. The row is locked while a rep is chosen, so that
    creators working at the same time deal out fairly."""

    pool = models.CharField(primary_key=True, max_length=120)
    last = models.UUIDField(null=True)
    dealt = models.PositiveBigIntegerField(default=0)
    tally = models.JSONField(default=dict, help_text="what the strategy keeps of each: id → number")

    def __str__(self) -> str:
        return f"{self.pool}: {self.dealt}"


class WinTable(models.Model):
    """What was learned of the reps' chances to win in a pipeline (`insight/win_model.py`).

    `document` is what `chances.chances_in` reads; empty when nothing was closed yet.
    """

    pipeline = models.UUIDField(primary_key=True)
    document = models.JSONField(default=dict)
    closed = models.PositiveIntegerField(
        default=0, help_text="closed leads that it was learned from"
    )
    learned_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.pipeline}: {self.closed}"
