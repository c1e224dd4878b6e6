"""What an import's parts are called on the screen."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cadans.exchange.models import Kind

COLUMNS = {
    "external_id": _("Id in the other system"),
    "title": _("Title"),
    "pipeline": _("Pipeline"),
    "stage": _("Stage"),
    "status": _("Status"),
    "value": _("Value"),
    "currency": _("Currency"),
    "owner": _("Owner"),
    "company": _("Company"),
    "company_domain": _("Website domain"),
    "person_name": _("Contact: name"),
    "person_email": _("Contact: e-mail address"),
    "source": _("Source"),
    "product": _("Product"),
    "territory": _("Territory"),
    "opened_at": _("Opened on"),
    "closed_at": _("Closed on"),
    "expected_close": _("Expected close"),
    "lost_reason": _("Reason of loss"),
    "competitor": _("Competitor"),
    "entered_at": _("Entered the stage on"),
    "name": _("Name"),
    "email": _("E-mail address"),
    "phone": _("Phone"),
    "job_title": _("Job title"),
    "language": _("Language"),
    "domain": _("Website domain"),
    "industry": _("Industry"),
    "kind": _("Type"),
    "market": _("Market"),
    "employees": _("Employees"),
    "address": _("Address"),
    "postcode": _("Postcode"),
    "city": _("City"),
    "region": _("Region"),
    "country": _("Country"),
}

KINDS = [
    (Kind.LEADS, _("Leads: one possible sale a row")),
    (Kind.STAGE_CHANGES, _("Stage changes: when leads entered which stage")),
    (Kind.PEOPLE, _("People: one a row")),
    (Kind.COMPANIES, _("Companies: one a row")),
]

FOUND = {
    "owners": _("Owners that are not known"),
    "products": _("Products that are not known"),
    "sources": _("Sources that are not known"),
    "territories": _("Territories that are not known"),
    "reasons": _("Reasons of loss that are not known"),
    "stages": _("Stages that are not known"),
}

MADE = {
    "owners": _("Owners (as users who cannot log in)"),
    "products": _("Products"),
    "sources": _("Sources"),
    "territories": _("Territories"),
    "reasons": _("Reasons of loss"),
}

DATES = [
    ("", _("As the file shows")),
    ("dmy", _("Day, month, year (31-12-2025)")),
    ("mdy", _("Month, day, year (12/31/2025)")),
    ("ymd", _("Year, month, day (2025/12/31)")),
]

DECIMALS = [
    ("", _("As the file shows")),
    ("comma", _("Comma (1.250,50)")),
    ("point", _("Point (1,250.50)")),
]
