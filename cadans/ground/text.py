"""Texts that a manager wrote in more than one language: `{"nl": "…", "en": "…"}`."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language


def in_language(text: Mapping[Any, str], language: str | None = None) -> str:
    """The text in the reader's language, else in whichever language it was written."""
    wanted = (language or get_language() or "nl")[:2]
    return text.get(wanted) or next((value for value in text.values() if value), "")
