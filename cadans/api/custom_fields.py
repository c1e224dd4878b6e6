"""/custom-fields: an organisation's own fields on leads, people and companies."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import HttpResponse
from ninja import Router

from cadans.api.answers import nothing, small
from cadans.api.auth import SET_UP, ApiRequest
from cadans.api.etags import require_same
from cadans.api.paging import Page, Part, page
from cadans.api.schemas.setup import (
    CustomFieldChanges,
    CustomFieldShown,
    NewCustomField,
    custom_field_shown,
)
from cadans.ground.rows import locked, one_of
from cadans.leads.actions import own_fields
from cadans.leads.offered import custom_fields

router = Router(tags=["custom-fields"], auth=SET_UP)


@router.get("", response=Page[CustomFieldShown])
def list_custom_fields(request: ApiRequest, paging: Part) -> HttpResponse:
    """All own fields, by subject and key."""
    return page(custom_fields(), paging, each=custom_field_shown, by=("subject", "key", "id"))


@router.post("", response={201: CustomFieldShown})
def add_custom_field(request: ApiRequest, body: NewCustomField) -> HttpResponse:
    """A new field, at the end of its subject's fields."""
    field = own_fields.add_custom_field(
        request.auth.user,
        subject=body.subject,
        name_nl=body.name_nl,
        name_en=body.name_en,
        kind=body.kind,
        options=body.options,
        key=body.key,
        via="api",
    )
    return small(custom_field_shown(field), status=201)


@router.get("/{field}", response=CustomFieldShown)
def show_custom_field(request: ApiRequest, field: uuid.UUID) -> HttpResponse:
    """One own field."""
    return small(custom_field_shown(one_of(custom_fields(), field)))


@router.patch("/{field}", response=CustomFieldShown)
def change_custom_field(
    request: ApiRequest, field: uuid.UUID, body: CustomFieldChanges
) -> HttpResponse:
    """Rename a field or change what one chooses from. The values stay."""
    with transaction.atomic():
        found = locked(custom_fields(), field)
        require_same(request, custom_field_shown(found))
        changed = own_fields.change_custom_field(
            request.auth.user,
            found,
            name_nl=body.name_nl or found.name_nl,
            name_en=body.name_en or found.name_en,
            options=found.options if body.options is None else body.options,
            via="api",
        )
    return small(custom_field_shown(changed))


@router.delete("/{field}", response={204: None})
def delete_custom_field(request: ApiRequest, field: uuid.UUID) -> HttpResponse:
    """Remove a field that nothing has a value in."""
    with transaction.atomic():
        found = locked(custom_fields(), field)
        require_same(request, custom_field_shown(found))
        own_fields.delete_custom_field(request.auth.user, found, via="api")
    return nothing()
