"""Who knocks on the door, when, and for what: leads as they arrive, in the order of time. Pure."""

from __future__ import annotations

import random
import unicodedata
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import accumulate
from zoneinfo import ZoneInfo

from cadans.demo import story, words
from cadans.demo.deeds import Contact, Firm, Line, Open
from cadans.demo.story import CLASSIC, TRIAL, ProductStory, SourceStory

ZONE = ZoneInfo("Europe/Amsterdam")
UTC = ZoneInfo("UTC")
CENT = Decimal("0.01")
AGAIN = 0.16
"""The share of leads at firms who were there before."""
KNOWN_FIRMS = 400
"""How many firms of late are remembered for that."""


@dataclass
class Case:
    """A lead as the simulation knows it: what is behind it, and what was said so far."""

    n: int
    pipeline: str
    source: SourceStory
    firm: Firm
    contact: Contact
    product: ProductStory
    opening: Open
    rng: random.Random
    at: datetime
    known: set[str] = field(default_factory=set)
    heard: set[str] = field(default_factory=set)
    stays: dict[str, int] = field(default_factory=dict)

    def worth(self) -> Decimal:
        """What the lead is thought to be worth, in whole tens."""
        amount = sum(line.quantity * line.price for line in self.lines())
        guess = round(float(amount) * self.rng.uniform(0.85, 1.15), -1)
        return Decimal(max(10, guess)).quantize(CENT)

    def lines(self) -> list[Line]:
        """The products that suit this firm."""
        size = self.firm.employees / (30 if self.product.line == "Software" else 90)
        quantity = Decimal(max(1, min(12, round(size * self.source.size))))
        lines = [Line(self.product.name, quantity, self.product.price)]
        if self.product.line == "Laadpleinen":
            lines.append(Line(story.EXTRA.name, quantity, story.EXTRA.price))
        return lines


class Market:
    """Draws leads. The same seed on the same day draws the same ones."""

    def __init__(self, *, first: date, until: datetime, leads: int, seed: int) -> None:
        self.first = first
        self.until = until
        self.leads = leads
        self.seed = seed
        self.rng = random.Random(f"market {seed}")  # noqa: S311 - a simulation keeps no secrets
        self.firms: deque[Firm] = deque(maxlen=KNOWN_FIRMS)
        self.firm_count = 0
        self.contact_count = 0
        self.domains: dict[str, int] = {}

    def cases(self) -> Iterator[Case]:
        """The leads in the order in which they come."""
        for n, moment in enumerate(self._moments(), start=1):
            yield self._case(n, moment)

    def contact_at(self, firm: Firm, rng: random.Random, *, decides: bool) -> Contact:
        """Somebody new at a firm."""
        self.contact_count += 1
        first, last = rng.choice(words.FIRST_NAMES), rng.choice(words.SURNAMES)
        titles = words.BOSS_TITLES if decides else words.JOB_TITLES
        return Contact(
            n=self.contact_count,
            firm=firm.n,
            name=f"{first} {last}",
            email=f"{plain(first)}.{plain(last)}.{self.contact_count}@{firm.domain}",
            phone=f"+31 85 {rng.randrange(100, 999)} {rng.randrange(1000, 9999)}",
            job_title=rng.choice(titles),
        )

    def _moments(self) -> list[datetime]:
        last = (self.until.astimezone(ZONE) - timedelta(seconds=1)).date()
        days = [self.first + timedelta(days=n) for n in range((last - self.first).days + 1)]
        weights = list(accumulate(_bustle(day, self.first, len(days)) for day in days))
        rng = self.rng
        moments = []
        for day in rng.choices(days, cum_weights=weights, k=self.leads):
            hour = min(21.5, max(7.5, rng.gauss(12.8, 2.9)))
            seconds = int(hour * 3600) + rng.randrange(60)
            local = datetime.combine(day, time(0), ZONE) + timedelta(seconds=seconds)
            moments.append(min(local.astimezone(UTC), self.until - timedelta(minutes=5)))
        return sorted(moments)

    def _case(self, n: int, moment: datetime) -> Case:
        rng = random.Random(hash((self.seed, n)))  # noqa: S311
        weekend = moment.astimezone(ZONE).weekday() >= 5
        pipeline = TRIAL if weekend or rng.random() < story.TRIAL_SHARE else CLASSIC
        trial = pipeline == TRIAL
        source = rng.choices(
            story.SOURCES, [one.trial if trial else one.classic for one in story.SOURCES]
        )[0]
        product = rng.choices(
            story.PRODUCTS, [one.trial if trial else one.classic for one in story.PRODUCTS]
        )[0]
        if self.firms and rng.random() < AGAIN:
            firm = rng.choice(self.firms)
        else:
            firm = self._firm(rng)
            self.firms.append(firm)
        contact = self.contact_at(firm, rng, decides=False)
        case = Case(
            n=n,
            pipeline=pipeline,
            source=source,
            firm=firm,
            contact=contact,
            product=product,
            opening=None,  # type: ignore[arg-type]  # it needs the case's own figures, below
            rng=rng,
            at=moment,
        )
        knows_value = not trial and rng.random() < 0.6
        if knows_value:
            case.known.add("value")
        case.known |= {"company", "source"}
        case.opening = Open(
            lead=n,
            at=moment,
            by=None,
            title=f"{product.name}, {firm.vehicles} voertuig{'en' if firm.vehicles > 1 else ''}",
            firm=firm,
            contact=contact,
            source=source.name,
            territory="België" if firm.country == "BE" else firm.region,
            value=case.worth() if knows_value else None,
            custom={} if trial else {"laadpunten": str(rng.choice((2, 4, 6, 8, 12, 16, 24)))},
            external_id=f"KS-{n:06d}",
        )
        return case

    def _firm(self, rng: random.Random) -> Firm:
        self.firm_count += 1
        industry, endings, _share, size = rng.choices(
            words.INDUSTRIES, [one[2] for one in words.INDUSTRIES]
        )[0]
        belgian = rng.random() < 0.1
        city, region, district = rng.choice(words.TOWNS_BE if belgian else words.TOWNS_NL)
        start = rng.choice((rng.choice(words.FIRM_WORDS), rng.choice(words.SURNAMES), city))
        name = f"{start[0].upper()}{start[1:]} {rng.choice(endings)}"
        if self.domains.get(plain(name)):
            name = f"{name} {rng.choice(words.SURNAMES) if start == city else city}"
        stem = plain(name)
        used = self.domains[stem] = self.domains.get(stem, 0) + 1
        employees = max(3, min(4000, int(rng.lognormvariate(3.9, 1.0) * size)))
        letters = "" if belgian else " " + "".join(rng.choices("BCDGHKLNPRSTVWXZ", k=2))
        return Firm(
            n=self.firm_count,
            name=name,
            domain=f"{stem}{used if used > 1 else ''}.example",
            industry=industry,
            employees=employees,
            city=city,
            region=region,
            postcode=f"{district}{letters}",
            country="BE" if belgian else "NL",
            vehicles=max(1, int(employees * rng.uniform(0.1, 0.6))),
        )


def _bustle(day: date, first: date, days: int) -> float:
    """How many leads a day brings, compared with others."""
    growth = 1 + (story.GROWTH - 1) * (day - first).days / max(days, 1)
    week = (1.12, 1.15, 1.05, 1.0, 0.85, 0.10, 0.13)[day.weekday()]
    quiet = 0.3 if (day.month, day.day) >= (12, 24) or (day.month, day.day) == (1, 1) else 1.0
    return story.SEASON[day.month - 1] * growth * week * quiet


def plain(text: str) -> str:
    """Small letters and digits only, as in an address."""
    bare = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in bare if letter.isascii() and letter.isalnum())
