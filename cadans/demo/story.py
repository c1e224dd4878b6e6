"""The story that can be found back in the figures: what is sold, to whom, and how well it goes.

Four things are true of the simulated market, and a manager who looks should find them:

* Daan Kuipers gets half as many leads from the demo to a proposal as his colleagues (`people`).
* The comparison site brings many leads and few customers (`SOURCES`).
* Two thirds on, both pipelines got a second version: the decision maker is asked for earlier and
  the ask has a task. More is won since, in fewer days (`ODDS`, `DAYS`).
* August and December are quiet, September and the first weeks of a year are not (`SEASON`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class SourceStory:
    """Where leads come from: share of the market by pipeline, odds in the first two stages."""

    name: str
    classic: int
    trial: int
    odds: float = 1.0
    size: float = 1.0


SOURCES = (
    SourceStory("Proefaccount website", 0, 46),
    SourceStory("Webinar", 0, 18, odds=1.05),
    SourceStory("App store", 0, 12, odds=0.95, size=0.8),
    SourceStory("Aanbeveling van klant", 18, 0, odds=1.28, size=1.15),
    SourceStory("Beurs", 14, 0),
    SourceStory("Koude acquisitie", 16, 0, odds=0.9, size=1.2),
    SourceStory("Partner", 14, 0, odds=1.12, size=1.25),
    SourceStory("Website", 16, 0),
    SourceStory("Vergelijkingssite", 22, 0, odds=0.55, size=0.7),
)
TRIAL_SOURCES = ("Proefaccount website", "Webinar", "App store")
POOR_SOURCE = "Vergelijkingssite"

CLASSIC, TRIAL = "b2b-classic", "inbound-trial"
TRIAL_SHARE = 0.52

# The odds that a lead which entered a stage gets on, by version of the process.
ODDS: dict[tuple[str, str], tuple[float, float]] = {
    (CLASSIC, "new"): (0.75, 0.76),
    (CLASSIC, "need"): (0.75, 0.79),
    (CLASSIC, "demo"): (0.74, 0.77),
    (CLASSIC, "proposal"): (0.81, 0.84),
    (CLASSIC, "ask"): (0.94, 0.96),
    (CLASSIC, "contract"): (0.80, 0.85),
    (TRIAL, "sign-up"): (0.66, 0.68),
    (TRIAL, "trial"): (0.69, 0.72),
    (TRIAL, "value"): (0.73, 0.76),
    (TRIAL, "ask"): (0.90, 0.92),
    (TRIAL, "decision"): (0.79, 0.82),
}
# The usual days in a stage for a lead that gets on, by version.
DAYS: dict[tuple[str, str], tuple[float, float]] = {
    (CLASSIC, "new"): (2.0, 1.5),
    (CLASSIC, "need"): (8.0, 6.5),
    (CLASSIC, "demo"): (9.0, 7.5),
    (CLASSIC, "proposal"): (8.0, 6.0),
    (CLASSIC, "ask"): (6.0, 3.5),
    (CLASSIC, "contract"): (8.0, 5.0),
    (TRIAL, "sign-up"): (0.8, 0.6),
    (TRIAL, "trial"): (4.0, 3.0),
    (TRIAL, "value"): (6.0, 4.5),
    (TRIAL, "ask"): (4.0, 3.0),
    (TRIAL, "decision"): (5.0, 3.5),
}
CHANGE_AT = 2 / 3
"""When the second versions were published, as a part of the whole period."""

SEASON = (1.05, 1.0, 1.1, 1.0, 0.95, 1.05, 0.75, 0.5, 1.2, 1.15, 1.1, 0.6)
GROWTH = 1.35
"""Leads a day at the end of the period, compared with its beginning."""

STALL = 0.03
"""The share of stays in which nobody does anything any more."""
OVERRIDE = 0.06
"""The share of leads that get on by hand, with goals unmet."""


@dataclass(frozen=True)
class ProductStory:
    """Something that is sold: its list price, and the share of leads by pipeline."""

    name: str
    line: str
    price: Decimal
    classic: int
    trial: int


PRODUCTS = (
    ProductStory("Laadplein Compact", "Laadpleinen", Decimal(9800), 34, 0),
    ProductStory("Laadplein Groot", "Laadpleinen", Decimal(26500), 22, 0),
    ProductStory("Batterij op het terrein", "Energieopslag", Decimal(48000), 10, 0),
    ProductStory("Netaansluiting slim verdeeld", "Energieopslag", Decimal(15400), 18, 0),
    ProductStory("Stroomboek Start", "Software", Decimal(1440), 4, 52),
    ProductStory("Stroomboek Team", "Software", Decimal(3960), 6, 34),
    ProductStory("Stroomboek Concern", "Software", Decimal(11800), 6, 14),
)
EXTRA = ProductStory("Onderhoud en storingsdienst", "Diensten", Decimal(1850), 0, 0)

# Why leads are lost: how often in the first two stages, and later.
LOSS_REASONS = (
    ("Past niet bij hun situatie", 30, 4),
    ("Geen reactie meer", 34, 10),
    ("Geen budget", 12, 20),
    ("Te duur", 4, 28),
    ("Concurrent gekozen", 4, 24),
    ("Verkeerd moment", 16, 14),
)
RIVAL_REASON = "Concurrent gekozen"
SILENT_REASON = "Geen reactie meer"
SOUTH = ("Noord-Brabant", "Limburg", "Zeeland")
