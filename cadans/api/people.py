"""/people: whom one talks to."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel

from cadans.api.answers import answer, nothing
from cadans.api.auth import ApiRequest
from cadans.api.etags import revision_seen
from cadans.api.paging import Page, Part, page
from cadans.api.schemas.contact import PersonFields, PersonShown, person_shown
from cadans.api.schemas.kinds import Email, Key, Line, Moment
from cadans.contacts import actions
from cadans.contacts.models import Person
from cadans.contacts.queries import companies, people
from cadans.ground.errors import Invalid, NotFound
from cadans.ground.rows import one_of
from cadans.leads.finding import people_with_words

router = Router(tags=["people"])


class PersonFilters(BaseModel):
    """Which people."""

    q: Line | None = None
    email: Email | None = None
    company: uuid.UUID | None = None
    external_id: Key | None = None
    changed_since: Moment | None = None


@router.get("", response=Page[PersonShown])
def list_people(
    request: ApiRequest, wanted: Annotated[PersonFilters, Query()], paging: Part
) -> HttpResponse:
    """People, the newest first."""
    rows = people()
    exact = {
        "email": wanted.email.lower() if wanted.email else None,
        "company": wanted.company,
        "external_id": wanted.external_id,
        "changed_at__gte": wanted.changed_since,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if wanted.q:
        rows = rows.filter(id__in=people_with_words(wanted.q).order_by().values("id"))
    return page(rows, paging, each=person_shown, by=("-id",))


@router.post("", response={201: PersonShown})
def add_person(request: ApiRequest, body: PersonFields) -> HttpResponse:
    """Make a person; an e-mail address that is taken is refused (409)."""
    person = actions.add_person(request.auth.user, **_fields(body), via="api")
    return answer(
        person_shown(person),
        status=201,
        revision=person.revision,
        headers={"Location": f"{request.path}/{person.id}"},
    )


@router.get("/{person}", response=PersonShown)
def show_person(request: ApiRequest, person: uuid.UUID) -> HttpResponse:
    """One person."""
    return _show(one_of(people(), person))


@router.patch("/{person}", response=PersonShown)
def change_person(request: ApiRequest, person: uuid.UUID, body: PersonFields) -> HttpResponse:
    """Change fields of a person; what is left out stays as it is, null makes empty."""
    return _show(
        actions.change_person(
            request.auth.user,
            one_of(people(), person),
            changes=_fields(body),
            revision=revision_seen(request),
            via="api",
        )
    )


@router.delete("/{person}", response={204: None})
def delete_person(request: ApiRequest, person: uuid.UUID) -> HttpResponse:
    """Take a person out of sight. Their part in leads stays in the history."""
    found = one_of(people(), person)
    actions.delete_person(request.auth.user, found, revision=revision_seen(request), via="api")
    return nothing()


def _show(person: Person) -> HttpResponse:
    return answer(person_shown(person), revision=person.revision)


def _fields(body: PersonFields) -> dict[str, Any]:
    fields = {name: getattr(body, name) for name in body.model_fields_set}
    if fields.get("company"):
        fields["company"] = _company(fields["company"])
    empty = {name: "" for name in TEXTS if name in fields and fields[name] is None}
    return fields | empty


TEXTS = {"name", "email", "phone", "job_title", "language"}


def _company(id: uuid.UUID) -> Any:
    try:
        return one_of(companies(), id)
    except NotFound as error:
        raise Invalid(error.message, pointer="/company", code="unknown_company") from None
