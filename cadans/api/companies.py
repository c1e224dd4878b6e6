"""/companies: the firms one sells to."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import BaseModel

from cadans.api.answers import answer, nothing
from cadans.api.auth import ApiRequest
from cadans.api.etags import revision_seen
from cadans.api.paging import Page, Part, page
from cadans.api.schemas.contact import CompanyFields, CompanyShown, company_shown
from cadans.api.schemas.kinds import Key, Line, Moment
from cadans.contacts import actions
from cadans.contacts.models import Company
from cadans.contacts.queries import companies
from cadans.ground.errors import Invalid, NotFound
from cadans.ground.rows import one_of
from cadans.leads.finding import companies_with_words

router = Router(tags=["companies"])

TEXTS = {
    *("name", "domain", "industry", "kind", "market", "phone"),
    *("address", "postcode", "city", "region", "country"),
}


class CompanyFilters(BaseModel):
    """Which companies."""

    q: Line | None = None
    domain: Key | None = None
    external_id: Key | None = None
    changed_since: Moment | None = None


@router.get("", response=Page[CompanyShown])
def list_companies(
    request: ApiRequest, wanted: Annotated[CompanyFilters, Query()], paging: Part
) -> HttpResponse:
    """Companies, the newest first."""
    rows = companies()
    exact = {
        "domain": wanted.domain.lower() if wanted.domain else None,
        "external_id": wanted.external_id,
        "changed_at__gte": wanted.changed_since,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if wanted.q:
        rows = rows.filter(id__in=companies_with_words(wanted.q).order_by().values("id"))
    return page(rows, paging, each=company_shown, by=("-id",))


@router.post("", response={201: CompanyShown})
def add_company(request: ApiRequest, body: CompanyFields) -> HttpResponse:
    """Make a company; a domain that is taken is refused (409)."""
    company = actions.add_company(request.auth.user, **_fields(body), via="api")
    return answer(
        company_shown(company),
        status=201,
        revision=company.revision,
        headers={"Location": f"{request.path}/{company.id}"},
    )


@router.get("/{company}", response=CompanyShown)
def show_company(request: ApiRequest, company: uuid.UUID) -> HttpResponse:
    """One company."""
    return _show(one_of(companies(), company))


@router.patch("/{company}", response=CompanyShown)
def change_company(request: ApiRequest, company: uuid.UUID, body: CompanyFields) -> HttpResponse:
    """Change fields of a company; what is left out stays as it is, null makes empty."""
    return _show(
        actions.change_company(
            request.auth.user,
            one_of(companies(), company),
            changes=_fields(body, company),
            revision=revision_seen(request),
            via="api",
        )
    )


@router.delete("/{company}", response={204: None})
def delete_company(request: ApiRequest, company: uuid.UUID) -> HttpResponse:
    """Take a company out of sight. Its leads and people stay and keep their history."""
    found = one_of(companies(), company)
    actions.delete_company(request.auth.user, found, revision=revision_seen(request), via="api")
    return nothing()


def _show(company: Company) -> HttpResponse:
    return answer(company_shown(company), revision=company.revision)


def _fields(body: CompanyFields, company: uuid.UUID | None = None) -> dict[str, Any]:
    fields = {name: getattr(body, name) for name in body.model_fields_set}
    if fields.get("parent"):
        fields["parent"] = _parent(fields["parent"], company)
    empty = {name: "" for name in TEXTS if name in fields and fields[name] is None}
    return fields | empty


def _parent(id: uuid.UUID, child: uuid.UUID | None) -> Company:
    if id == child:
        raise Invalid(_("A company cannot belong to itself."), pointer="/parent", code="own_parent")
    try:
        return one_of(companies(), id)
    except NotFound as error:
        raise Invalid(error.message, pointer="/parent", code="unknown_company") from None
