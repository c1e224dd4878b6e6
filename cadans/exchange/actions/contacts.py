"""Import people and companies, a chunk at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext as _

from cadans.contacts.actions import clean_country, clean_domain
from cadans.contacts.models import Company, Person
from cadans.exchange.actions.books import Books
from cadans.exchange.actions.contacts_of import Contacts, clean_company_values
from cadans.exchange.actions.fates import Batch, Fate, key_of, known_digests, remember
from cadans.exchange.actions.leads import distinct
from cadans.exchange.models import Kind
from cadans.exchange.rows import RowRefused, Values
from cadans.ground.custom_fields import CustomField, clean_values
from cadans.ground.errors import CadansError

Thing = TypeVar("Thing", Company, Person)


class ContactsImport(Generic[Thing]):
    """What the imports of people and of companies have in common."""

    kind: str
    model: type[Thing]
    word: str

    def __init__(self) -> None:
        self.custom_fields = list(CustomField.objects.filter(subject=self.word))

    def write(self, books: Books, rows: Sequence[Values]) -> list[Fate]:
        """Import these rows within the transaction at hand; what became of each, in order."""
        fates: list[Fate] = []
        for batch in distinct(rows):
            fates += self._write(books, batch)
            books.write()
        return fates

    def _write(self, books: Books, rows: Sequence[Values]) -> list[Fate]:
        batch = Batch([key_of(row) for row in rows])
        known = known_digests(self.kind, batch.keys)
        cleaned: dict[str, dict[str, Any]] = {}
        for row, (key, _digest) in zip(rows, batch.keys, strict=True):
            try:
                cleaned[key] = self.clean(row)
            except RowRefused as error:
                batch.refuse(key, error.reason)
        found = self.find(list(cleaned.values()))
        contacts = Contacts(books, self.named(rows))
        changed: dict[Any, Thing] = {}
        added: set[str] = set()
        for row, (key, digest) in zip(rows, batch.keys, strict=True):
            if key in batch.fates:
                continue
            fields = cleaned[key]
            marks = self.marks(fields)
            thing = next((found[mark] for mark in marks if mark in found), None)
            if thing is not None and known.get(key) == digest:
                batch.skip(key)
            elif thing is None and marks and not added.isdisjoint(marks):
                batch.refuse(key, _("The same one comes twice in the file."))
            elif thing is None:
                self.add(books, contacts, row, fields)
                added.update(marks)
                batch.create(key)
            elif self.change(books, contacts, row, fields, thing):
                changed[thing.id] = thing
                batch.update(key)
            else:
                batch.skip(key)
        if changed:
            names = [*self.fields, "custom", "external_id", "changed_at", "revision"]
            self.model._default_manager.bulk_update(changed.values(), names, batch_size=500)
        remember(books, self.kind, batch, known)
        return batch.in_order()

    fields: tuple[str, ...] = ()

    def clean(self, row: Values) -> dict[str, Any]:
        """The row's own fields as they are stored, blank ones left out. Raises RowRefused."""
        fields = {name: row[name] for name in self.fields if row.get(name) not in (None, "")}
        if row.get("external_id"):
            fields["external_id"] = row["external_id"]
        if row.get("custom"):
            try:
                fields["custom"] = clean_values(self.custom_fields, row["custom"])
            except CadansError as error:
                raise RowRefused(error.message) from None
        return fields

    def marks(self, fields: Mapping[str, Any]) -> list[str]:
        """By what one is known, the surest first."""
        raise NotImplementedError

    def find(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Thing]:
        """Those that are there already, by each of their marks."""
        raise NotImplementedError

    def named(self, rows: Sequence[Values]) -> Sequence[Values]:
        """The rows as far as they name companies of other things."""
        return ()

    def related(self, contacts: Contacts, row: Values) -> dict[str, Any]:
        """What else the row fills."""
        return {}

    def add(self, books: Books, contacts: Contacts, row: Values, fields: Mapping[str, Any]) -> None:
        """Enter a new one."""
        values = {**fields, **self.related(contacts, row)}
        now = books.acts.now
        id = books.add(self.model, made_at=now, changed_at=now, **values)
        told = {name.removesuffix("_id"): _told(value) for name, value in values.items()}
        books.acts.begin()
        books.acts.record(
            f"{self.word}_added", at=now, subject=id, subject_kind=self.word, data={"fields": told}
        )

    def change(
        self,
        books: Books,
        contacts: Contacts,
        row: Values,
        fields: Mapping[str, Any],
        thing: Thing,
    ) -> bool:
        """Bring one in line with the row. Returns whether anything changed."""
        values = {**fields, **self.related(contacts, row)}
        if "custom" in values:
            values["custom"] = {**thing.custom, **values["custom"]}
        changes = {}
        for name, value in values.items():
            before = getattr(thing, name)
            if value is not None and before != value:
                changes[name.removesuffix("_id")] = [_told(before), _told(value)]
                setattr(thing, name, value)
        if not changes:
            return False
        thing.revision += 1
        thing.changed_at = books.acts.now
        books.acts.begin()
        books.acts.record(
            f"{self.word}_changed",
            at=books.acts.now,
            subject=thing.id,
            subject_kind=self.word,
            data={"changes": changes},
        )
        return True


class CompaniesImport(ContactsImport[Company]):
    """Companies: known by their external id, else by domain, else by name."""

    kind = Kind.COMPANIES
    model = Company
    word = "company"
    fields = (
        *("name", "domain", "industry", "kind", "market", "employees", "phone", "address"),
        *("postcode", "city", "region", "country"),
    )

    def clean(self, row: Values) -> dict[str, Any]:
        fields = super().clean(row)
        try:
            if "domain" in fields:
                fields["domain"] = clean_domain(fields["domain"])
            if "country" in fields:
                fields["country"] = clean_country(fields["country"])
        except CadansError as error:
            raise RowRefused(error.message) from None
        if not fields.get("name") and not fields.get("domain"):
            raise RowRefused(_("“%(column)s” is empty.") % {"column": "name"})
        fields.setdefault("name", fields.get("domain"))
        return fields

    def marks(self, fields: Mapping[str, Any]) -> list[str]:
        marks = [f"{name}:{fields[name]}" for name in ("external_id", "domain") if fields.get(name)]
        # Two firms may share a name; only one known by nothing else is known by it.
        return marks or [f"name:{fields['name'].lower()}"]

    def find(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Company]:
        present = Company.objects.filter(deleted_at=None).select_for_update()
        found: dict[str, Company] = {}
        ids = [row["external_id"] for row in rows if row.get("external_id")]
        domains = [row["domain"] for row in rows if row.get("domain")]
        names = [
            row["name"] for row in rows if not row.get("external_id") and not row.get("domain")
        ]
        for company in present.filter(name__in=names).order_by("-id"):
            found[f"name:{company.name.lower()}"] = company
        for company in present.filter(domain__in=domains):
            found[f"domain:{company.domain}"] = company
        for company in Company.objects.filter(external_id__in=ids).select_for_update():
            found[f"external_id:{company.external_id}"] = company
        return found


class PeopleImport(ContactsImport[Person]):
    """People: known by their external id, else by e-mail address, else new."""

    kind = Kind.PEOPLE
    model = Person
    word = "person"
    fields = ("name", "email", "phone", "job_title", "language")

    def clean(self, row: Values) -> dict[str, Any]:
        clean_company_values(row)
        fields = super().clean(row)
        if not fields.get("name"):
            if not fields.get("email"):
                raise RowRefused(_("A person needs a name or an e-mail address."))
            fields["name"] = fields["email"].split("@")[0].replace(".", " ").title()
        return fields

    def marks(self, fields: Mapping[str, Any]) -> list[str]:
        return [f"{name}:{fields[name]}" for name in ("external_id", "email") if fields.get(name)]

    def find(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Person]:
        present = Person.objects.filter(deleted_at=None).select_for_update()
        found: dict[str, Person] = {}
        emails = [row["email"] for row in rows if row.get("email")]
        ids = [row["external_id"] for row in rows if row.get("external_id")]
        for person in present.filter(email__in=emails):
            found[f"email:{person.email}"] = person
        for person in Person.objects.filter(external_id__in=ids).select_for_update():
            found[f"external_id:{person.external_id}"] = person
        return found

    def named(self, rows: Sequence[Values]) -> Sequence[Values]:
        return [
            {"company": row.get("company"), "company_domain": row.get("company_domain")}
            for row in rows
        ]

    def related(self, contacts: Contacts, row: Values) -> dict[str, Any]:
        company = contacts.company(row)
        return {"company_id": company} if company else {}


def _told(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | dict | bool) else str(value)
