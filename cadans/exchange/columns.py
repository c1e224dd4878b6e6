"""What a file may hold: our columns for each kind, and the names that others give them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from cadans.exchange.models import Kind

Shape = Literal["text", "moment", "day", "amount", "whole", "email", "choice"]

CUSTOM = "custom."


@dataclass(frozen=True)
class Column:
    """One of our columns: its name, what its cells are, how long they may be, its other names."""

    name: str
    shape: Shape = "text"
    longest: int = 0
    needed: bool = False
    aliases: tuple[str, ...] = ()


def _columns(*columns: Column) -> dict[str, Column]:
    return {column.name: column for column in columns}


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


EXTERNAL_ID = Column(
    "external_id",
    longest=120,
    aliases=_names(
        "id, record id, extern id, externe id, referentie, reference, legacy id, opportunity id, "
        "opportunityid, deal id, deal - id, deal - pipedrive system id, hs_object_id, lead id, "
        "kenmerk, nummer, external identifier"
    ),
)

LEADS = _columns(
    EXTERNAL_ID,
    Column(
        "title",
        longest=200,
        aliases=_names(
            "name, naam, titel, onderwerp, deal name, dealname, deal - title, opportunity name, "
            "opportunity, kans, lead, lead name, deal"
        ),
    ),
    Column("pipeline", longest=80, aliases=_names("pijplijn, deal - pipeline")),
    Column(
        "stage",
        longest=120,
        aliases=_names("fase, stadium, deal stage, dealstage, stagename, deal - stage, stage name"),
    ),
    Column("status", "choice", aliases=_names("state, toestand, deal - status")),
    Column(
        "value",
        "amount",
        aliases=_names(
            "amount, waarde, bedrag, deal - value, deal value, omzet, expected revenue, "
            "verwachte omzet, dealwaarde"
        ),
    ),
    Column(
        "currency",
        longest=3,
        aliases=_names(
            "valuta, munt, munteenheid, currencyisocode, deal - currency of value, deal currency"
        ),
    ),
    Column(
        "owner",
        longest=254,
        aliases=_names(
            "eigenaar, deal owner, deal - owner, opportunity owner, salesperson, verkoper, "
            "assignee, toegewezen aan, accountmanager, sales agent, sales rep, owner name"
        ),
    ),
    Column(
        "company",
        longest=160,
        aliases=_names(
            "bedrijf, bedrijfsnaam, klant, account, account name, organization, organisation, "
            "organisatie, company name, associated company, organization - name, partner_name, "
            "customer"
        ),
    ),
    Column(
        "company_domain",
        longest=120,
        aliases=_names("domain, domein, website, url, company domain name, web site"),
    ),
    Column("country", longest=80, aliases=_names("land, company country, billingcountry")),
    Column(
        "person_name",
        longest=160,
        aliases=_names(
            "contact, contactpersoon, contact person, contact name, person - name, "
            "associated contact, persoon, contact_name"
        ),
    ),
    Column(
        "person_email",
        "email",
        254,
        aliases=_names(
            "email, e-mail, e-mailadres, mail, contact email, person - email, "
            "person - email (work), email_from, email address"
        ),
    ),
    Column(
        "source",
        longest=80,
        aliases=_names("bron, lead source, leadsource, original source, herkomst, deal - source"),
    ),
    Column("product", longest=120, aliases=_names("product name, product - name, artikel")),
    Column(
        "territory", longest=80, aliases=_names("regio, region, gebied, deal - territory, rayon")
    ),
    Column(
        "opened_at",
        "moment",
        aliases=_names(
            "created, created date, create date, createdate, createddate, geopend, geopend op, "
            "aangemaakt, aangemaakt op, deal - creation date, deal created, created on, "
            "creation date, engage date, opened"
        ),
    ),
    Column(
        "closed_at",
        "moment",
        aliases=_names(
            "closed, closed date, gesloten, gesloten op, deal - closed on, deal closed time, "
            "date closed, afgesloten op"
        ),
    ),
    Column(
        "expected_close",
        "day",
        aliases=_names(
            "expected close date, verwachte sluitdatum, verwachte afsluiting, "
            "deal - expected close date, expected closing, verwacht op, date_deadline"
        ),
    ),
    Column(
        "lost_reason",
        longest=80,
        aliases=_names(
            "reden van verlies, verliesreden, closed lost reason, deal - lost reason, loss reason"
        ),
    ),
    Column("competitor", longest=120, aliases=_names("concurrent, main competitor")),
)

STAGE_CHANGES = _columns(
    Column(
        "external_id",
        longest=120,
        needed=True,
        aliases=(*EXTERNAL_ID.aliases, "lead", "deal", "case id", "case_id"),
    ),
    Column(
        "stage",
        longest=120,
        needed=True,
        aliases=_names("fase, stadium, stagename, stage name, deal stage, deal_stage, activity"),
    ),
    Column(
        "entered_at",
        "moment",
        needed=True,
        aliases=_names(
            "date entered, date_entered, createddate, created date, timestamp, moment, datum, "
            "changed at, entered"
        ),
    ),
    Column("owner", longest=254, aliases=LEADS["owner"].aliases),
)

PEOPLE = _columns(
    EXTERNAL_ID,
    Column(
        "name",
        longest=160,
        aliases=_names("naam, full name, volledige naam, person - name, name - full, contact"),
    ),
    Column("email", "email", 254, aliases=LEADS["person_email"].aliases),
    Column(
        "phone",
        longest=40,
        aliases=_names("telefoon, telefoonnummer, phone number, mobile, mobiel, person - phone"),
    ),
    Column("job_title", longest=120, aliases=_names("functie, title, job title, functietitel")),
    Column("company", longest=160, aliases=LEADS["company"].aliases),
    Column("company_domain", longest=120, aliases=LEADS["company_domain"].aliases),
    Column("language", longest=5, aliases=_names("taal")),
)

COMPANIES = _columns(
    EXTERNAL_ID,
    Column("name", longest=160, aliases=(*LEADS["company"].aliases, "name", "naam")),
    Column("domain", longest=120, aliases=(*LEADS["company_domain"].aliases[1:], "domein")),
    Column("industry", longest=80, aliases=_names("branche, sector, bedrijfstak")),
    Column("kind", longest=80, aliases=_names("type, soort, company type")),
    Column("market", longest=80, aliases=_names("markt, segment")),
    Column(
        "employees", "whole", aliases=_names("medewerkers, number of employees, numberofemployees")
    ),
    Column("phone", longest=40, aliases=_names("telefoon, telefoonnummer, phone number")),
    Column("address", longest=160, aliases=_names("adres, straat, street, billingstreet")),
    Column(
        "postcode", longest=16, aliases=_names("zip, postal code, postal_code, billingpostalcode")
    ),
    Column("city", longest=80, aliases=_names("plaats, stad, billingcity")),
    Column("region", longest=80, aliases=_names("provincie, state, state/region, billingstate")),
    Column("country", longest=80, aliases=_names("land, billingcountry, country/region")),
)

COLUMNS: dict[str, dict[str, Column]] = {
    Kind.LEADS: LEADS,
    Kind.STAGE_CHANGES: STAGE_CHANGES,
    Kind.PEOPLE: PEOPLE,
    Kind.COMPANIES: COMPANIES,
}


def guess_columns(kind: str, headers: list[str]) -> dict[str, str]:
    """Our column → the header that seems to hold it. A header is used once.

    An exact name wins over another's name for it; case, spaces, dashes and underscores do not
    count. Headers `custom.<key>` are kept as they are.
    """
    known: dict[str, str] = {}
    for header in headers:
        if header:
            known.setdefault(plain_name(header), header)
    taken: set[str] = set()
    guess: dict[str, str] = {}
    columns = COLUMNS[kind].values()
    for column in columns:
        if header := known.get(plain_name(column.name), ""):
            guess[column.name] = header
            taken.add(header)
    for column in columns:
        for alias in column.aliases:
            header = known.get(plain_name(alias), "")
            if column.name not in guess and header and header not in taken:
                guess[column.name] = header
                taken.add(header)
    for header in headers:
        if header.lower().startswith(CUSTOM) and header not in taken:
            guess[CUSTOM + header[len(CUSTOM) :].strip().lower()] = header
    return guess


def plain_name(text: str) -> str:
    """`Deal - Owner*` → `dealowner`: what two spellings of a header have in common."""
    bare = unicodedata.normalize("NFKD", text).casefold()
    return re.sub(r"[^a-z0-9]", "", bare)
