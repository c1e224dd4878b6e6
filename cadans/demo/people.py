"""Who works at the demo company. All of it is invented, and so is every address (.example)."""

from __future__ import annotations

from dataclasses import dataclass

FIRM = "Kadestroom"
DOMAIN = "kadestroom.example"
PASSWORD = "demo-password"  # noqa: S105 - only ever given to people of the demo company
"""The one password of the four demo log-ins below. Nobody else of the firm can log in."""


@dataclass(frozen=True)
class Seller:
    """A rep as the simulation sees them.

    `skill` multiplies the odds of getting a lead on, `pace` the days it takes, `tidy` is the
    share of tasks done in time, `weak_in` a stage in which the odds are halved.
    """

    key: str
    name: str
    team: str
    skill: float = 1.0
    pace: float = 1.0
    tidy: float = 0.85
    weak_in: str = ""

    @property
    def email(self) -> str:
        """The address with which they log in."""
        return f"{self.key}@{DOMAIN}"


@dataclass(frozen=True)
class Boss:
    """A manager or administrator."""

    key: str
    name: str
    role: str
    team: str = ""

    @property
    def email(self) -> str:
        """The address with which they log in."""
        return f"{self.key}@{DOMAIN}"


INSIDE, FIELD = "Binnendienst", "Buitendienst"

BOSSES = (
    Boss("beheer", "Ingrid Postma", "admin"),
    Boss("marloes", "Marloes Hendriks", "manager", FIELD),
    Boss("koen", "Koen Wijnberg", "manager", INSIDE),
)

SELLERS = (
    Seller("sanne", "Sanne de Vries", FIELD, skill=1.12, pace=0.9, tidy=0.94),
    # Gives fine first talks and then demonstrates everything he knows: the story's weak link.
    Seller("daan", "Daan Kuipers", FIELD, pace=1.05, tidy=0.88, weak_in="demo"),
    Seller("youssef", "Youssef Amrani", FIELD, skill=1.05, tidy=0.9),
    Seller("femke", "Femke Dijkstra", FIELD, skill=0.98, pace=1.1),
    Seller("ruben", "Ruben van Leeuwen", FIELD, skill=0.96, tidy=0.7),
    Seller("lieke", "Lieke Claes", FIELD, skill=1.02, pace=0.95),
    Seller("noor", "Noor Bakker", INSIDE, skill=1.08, pace=0.85, tidy=0.95),
    Seller("thijs", "Thijs Vermeulen", INSIDE, tidy=0.8),
    Seller("eva", "Eva Schouten", INSIDE, skill=1.03, pace=0.95, tidy=0.9),
    Seller("mehmet", "Mehmet Kaya", INSIDE, skill=0.97),
    Seller("iris", "Iris Hoekstra", INSIDE, skill=1.0, tidy=0.92),
    Seller("bram", "Bram Jacobs", INSIDE, skill=0.92, pace=1.2, tidy=0.66),
)

LOG_INS = (
    ("manager", f"marloes@{DOMAIN}", PASSWORD),
    ("admin", f"beheer@{DOMAIN}", PASSWORD),
    ("rep", f"sanne@{DOMAIN}", PASSWORD),
    ("rep", f"noor@{DOMAIN}", PASSWORD),
)
"""Role, e-mail address, password: what `cadans serve` prints. Made by `cadans demo` only."""

# Who is away when: the first day as days before (−: after) today, the number of days, why.
ABSENCES = (
    ("sanne", 470, 14, "Zomervakantie"),
    ("daan", 455, 21, "Zomervakantie"),
    ("youssef", 330, 10, "Vakantie"),
    ("femke", 300, 5, "Cursus"),
    ("ruben", 120, 14, "Vakantie"),
    ("lieke", 95, 12, "Vakantie"),
    ("noor", 110, 14, "Vakantie"),
    ("thijs", 80, 4, "Ziek"),
    ("eva", 60, 7, "Vakantie"),
    ("iris", 2, 5, "Herfst thuis"),
    ("mehmet", -6, 10, "Vakantie"),
)
