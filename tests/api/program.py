"""A program that asks the API, acting as one of the cast with a token of its own."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from cadans.team.actions import create_token
from cadans.team.models import User

ROOT = "/api/v1"


class Program:
    """A client with a token. Answers have `.status_code`, `.json()` and headers."""

    def __init__(self, user: User, *scopes: str) -> None:
        self.user = user
        allowed = scopes or ("read", "write", *([] if user.role == "rep" else ["settings"]))
        _row, self.token = create_token(None, user, name="test", scopes=allowed)
        self.client = Client(raise_request_exception=True)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send a request; header names are written with underscores."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent.setdefault("Authorization", f"Bearer {self.token}")
        more: dict[str, Any] = {}
        if body is not None:
            more["data"] = body if isinstance(body, str | bytes) else json.dumps(body)
            more["content_type"] = sent.pop("Content-Type", "application/json")
        return self.client.generic(method, f"{ROOT}{path}", headers=sent, **more)

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("PATCH", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("PUT", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.ask("DELETE", path, **headers)
