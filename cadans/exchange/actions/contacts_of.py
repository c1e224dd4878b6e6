"""The companies and people that a chunk of rows names: looked up together, made when missing."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models.functions import Lower

from cadans.assignment.atlas import Piece, Place
from cadans.assignment.queries import atlas
from cadans.contacts.actions import clean_country, clean_domain
from cadans.contacts.models import Company, Person
from cadans.exchange.actions.books import Books
from cadans.exchange.rows import RowRefused, Values
from cadans.ground.errors import CadansError


class Contacts:
    """Finds or makes the companies and people of one chunk.

    A company is known by its domain, else by its name; a person by the e-mail address, else by
    name within the same company.
    """

    def __init__(self, books: Books, rows: Iterable[Values]) -> None:
        self.books = books
        rows = list(rows)
        self._domains: dict[str, uuid.UUID] = {}
        self._companies: dict[str, uuid.UUID] = {}
        self._bare: dict[str, uuid.UUID] = {}
        self._emails: dict[str, uuid.UUID] = {}
        self._places: dict[uuid.UUID, Place] = {}
        self._people: dict[tuple[str, uuid.UUID | None], uuid.UUID] = {}
        self._find_companies(rows)
        self._find_people(rows)

    def _find_companies(self, rows: Sequence[Values]) -> None:
        names = {row["company"].lower() for row in rows if row.get("company")}
        domains = {row["company_domain"] for row in rows if row.get("company_domain")}
        columns = ("id", "name", "domain", "country", "region", "postcode")
        present = Company.objects.filter(deleted_at=None)
        if domains:
            by_domain = present.filter(domain__in=domains)
            for id, _name, domain, *place in by_domain.values_list(*columns):
                self._domains[domain] = id
                self._places[id] = Place(*place)
        if names:
            low = present.alias(low=Lower("name")).filter(low__in=names)
            by_name = low.order_by("-made_at", "-id")
            for id, name, domain, *place in by_name.values_list(*columns):
                self._companies[name.lower()] = id
                self._places[id] = Place(*place)
                if not domain:
                    self._bare[name.lower()] = id

    def _find_people(self, rows: Sequence[Values]) -> None:
        emails = {row["person_email"] for row in rows if row.get("person_email")}
        names = {
            row["person_name"]
            for row in rows
            if row.get("person_name") and not row.get("person_email")
        }
        present = Person.objects.filter(deleted_at=None)
        if emails:
            self._emails.update(present.filter(email__in=emails).values_list("email", "id"))
        if names:
            found = present.filter(name__in=names).order_by("-made_at", "-id")
            for id, name, company in found.values_list("id", "name", "company_id"):
                self._people[name, company] = id

    def company(self, row: Values) -> uuid.UUID | None:
        """The row's company; None when it names none."""
        name, domain = row.get("company"), row.get("company_domain") or ""
        if not name and not domain:
            return None
        name = name or domain
        if domain and domain in self._domains:
            return self._domains[domain]
        known = self._bare if domain else self._companies
        if name.lower() in known:
            return known[name.lower()]
        fields = {"name": name, "domain": domain, "country": row.get("country") or ""}
        id = self._add(Company, "company", fields)
        self._places[id] = Place(fields["country"])
        self._companies[name.lower()] = id
        if domain:
            self._domains[domain] = id
        else:
            self._bare[name.lower()] = id
        return id

    def piece(self, company: uuid.UUID | None) -> Piece | None:
        """The area of a territory in which a company of the chunk lies."""
        place = self._places.get(company) if company else None
        return atlas().piece_of(place) if place else None

    def person(self, row: Values, company: uuid.UUID | None) -> uuid.UUID | None:
        """The row's person; None when it names none."""
        name, email = row.get("person_name") or "", row.get("person_email") or ""
        if not name and not email:
            return None
        if email and email in self._emails:
            return self._emails[email]
        if not email and (name, company) in self._people:
            return self._people[name, company]
        name = name or email.split("@")[0].replace(".", " ").title()
        fields = {"name": name, "email": email, "company_id": company}
        id = self._add(Person, "person", fields)
        if email:
            self._emails[email] = id
        else:
            self._people[name, company] = id
        return id

    def _add(
        self, model: type[Company] | type[Person], kind: str, fields: dict[str, Any]
    ) -> uuid.UUID:
        now = self.books.acts.now
        id = self.books.add(model, made_at=now, changed_at=now, **fields)
        assert id is not None
        told = {
            name.removesuffix("_id"): str(value) if isinstance(value, uuid.UUID) else value
            for name, value in fields.items()
        }
        self.books.acts.record(
            f"{kind}_added", at=now, subject=id, subject_kind=kind, data={"fields": told}
        )
        return id


def clean_company_values(row: Values) -> None:
    """Put the row's domain and country into shape. Raises RowRefused."""
    try:
        if row.get("company_domain"):
            row["company_domain"] = clean_domain(row["company_domain"])
        if row.get("country"):
            row["country"] = clean_country(row["country"])
    except CadansError as error:
        raise RowRefused(error.message) from None
