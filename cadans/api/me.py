"""/me: who asks, and what the token allows."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from ninja import Router
from pydantic import BaseModel

from cadans.api.answers import answer
from cadans.api.auth import ApiRequest

router = Router(tags=["me"])


class Me(BaseModel):
    """The user behind the token."""

    id: uuid.UUID
    name: str
    email: str
    role: str
    language: str
    token: str
    scopes: list[str]


@router.get("", response=Me)
def show_me(request: ApiRequest) -> HttpResponse:
    """The user behind the token, and the token's name and scopes."""
    token = request.auth
    user = token.user
    return answer(
        Me(
            id=user.id,
            name=user.name,
            email=user.email,
            role=user.role,
            language=user.language,
            token=token.name,
            scopes=token.scopes,
        )
    )
