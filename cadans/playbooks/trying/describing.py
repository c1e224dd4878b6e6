"""A lead's fields as goals and rules name them, kept up to date by what the log tells. Pure.

It says of a moment in the past what `leads.facts.fields_of` says of now. What the log does not
keep of the past (a company's facts, somebody's phone number) is taken as it is today.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from cadans.playbooks.trying.played import Person, Played
from cadans.playbooks.trying.told import Names, Start, as_day
from cadans.process.needs import Needs

CENT = Decimal("0.01")
PLAIN = ("title", "currency", "competitor", "external_id")


class Describing:
    """Writes the fields of leads; only those that the design looks at cost anything.

    `learns` says whether a rule looks at what was learned, and so at what makes leads alike.
    """

    def __init__(self, needs: Needs, names: Names, *, learns: bool = False) -> None:
        self.names = names
        self.learns = learns
        self.about_source = needs.about("source")
        self.about_territory = needs.about("territory")
        self.about_company = learns or needs.about("company")  # its size is a trait
        self.about_owner = needs.about("owner")
        self.about_tags = needs.about("tags")
        self.about_products = learns or needs.about("product", "product_line")
        self.fields_of_people = needs.about("people", "person")
        self.about_people = self.fields_of_people or "people" in needs.kinds

    def begin(self, lead: Played, told: Mapping[str, Any], start: Start) -> None:
        """Describe a lead as it came in: `told` are the fields in the event of its making."""
        for name in PLAIN:
            lead.fields[name] = told.get(name)
        for name in ("value", "expected_close", "source", "territory", "company", "custom"):
            self.change(lead, name, told.get(name))
        self.owner(lead)
        if self.about_tags:
            lead.fields["tags"] = list(start.tags)
        self.products(lead, start.products)
        if self.about_people:
            for person, role in start.people.items():
                self.join(lead, person, role, anew=False)
            self._tell_people(lead)

    def change(self, lead: Played, name: str, value: Any) -> None:
        """Give a field another value, as the log writes it."""
        fields = lead.fields
        if self.learns and name in {"source", "territory"}:
            lead.traits[name] = str(value or "")
        if name == "value":
            fields["value"] = None if value is None else Decimal(str(value))
            self._weigh_value(fields)
        elif name == "expected_close":
            fields["expected_close"] = as_day(value)
        elif name == "custom":
            _forget(fields, "custom.")
            fields.update({f"custom.{key}": one for key, one in (value or {}).items()})
        elif name == "source":
            if self.about_source:
                fields["source"] = self.names.sources.get(value)
        elif name == "territory":
            if self.about_territory:
                fields["territory"] = self.names.territories.get(value)
        elif name == "company":
            if self.about_company:
                self._tell_company(fields, value)
        elif name == "tags":
            if self.about_tags:
                fields["tags"] = list(value or ())
        elif name in PLAIN:
            fields[name] = value
            if name == "currency":
                self._weigh_value(fields)

    def owner(self, lead: Played) -> None:
        """Tell who owns the lead now."""
        if self.about_owner:
            lead.fields["owner"] = self.names.emails.get(lead.owner) if lead.owner else None

    def products(self, lead: Played, products: Sequence[str]) -> None:
        """Tell which products (by their ids) are on the lead."""
        if self.about_products:
            known = [self.names.products[one] for one in products if one in self.names.products]
            lead.fields["product"] = [name for name, _line, _id in known]
            lead.fields["product_line"] = sorted({line for _name, line, _id in known if line})
            lead.traits["product_line"] = min((id for _name, _line, id in known if id), default="")

    def join(self, lead: Played, person: str, role: str, *, anew: bool = True) -> None:
        """Put somebody on the lead; on it already, their role changes."""
        if self.about_people and person in self.names.people:
            lead.people[person] = (role, *self.names.people[person])
            if anew:
                self._tell_people(lead)

    def leave(self, lead: Played, person: str) -> None:
        """Take somebody off the lead."""
        if lead.people.pop(person, None):
            self._tell_people(lead)

    def _weigh_value(self, fields: dict[str, Any]) -> None:
        fields.pop("worth", None)
        value = fields["value"]
        if value is not None and not fields["currency"]:
            fields["currency"] = self.names.home  # a value that products gave tells of none
        currency = fields["currency"]
        if value is not None and currency != self.names.home:
            rate = self.names.rates.get(currency)
            worth = None if rate is None else (value * rate).quantize(CENT, ROUND_HALF_EVEN)
            fields["worth"] = worth

    def _tell_company(self, fields: dict[str, Any], company: Any) -> None:
        _forget(fields, "company")
        fields.update(self.names.companies.get(company, {}))

    def _tell_people(self, lead: Played) -> None:
        if not self.fields_of_people:
            return
        _forget(lead.fields, "people", "person.")
        lead.fields.update(fields_of_people(list(lead.people.values())))


def _forget(fields: dict[str, Any], *starts: str) -> None:
    for key in [key for key in fields if key.startswith(starts)]:
        del fields[key]


def fields_of_people(people: Sequence[Person]) -> dict[str, Any]:
    """The flat fields of people, as `leads.facts` tells them."""
    fields: dict[str, Any] = {"people": [name for _role, name, _email, _phone in people]}
    for role, name, email, phone in people:
        for start in ("person", f"people.{role}"):
            fields[f"{start}.name"] = fields.get(f"{start}.name") or name
            fields[f"{start}.email"] = fields.get(f"{start}.email") or email
            fields[f"{start}.phone"] = fields.get(f"{start}.phone") or phone
        if role:
            fields.setdefault(f"people.{role}", name)
    return fields
