"""Mailchimp's words for what went wrong with a member, and ours for the same. Pure.

Its problem documents carry a `title` and a `detail`; the errors of a batch a code and a sentence.
Neither has a code for each case, so the sentences themselves are read (as its own client libraries
and many users of them do).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cadans.outreach.audiences.provider import Outcome

STATUSES = frozenset(
    {"subscribed", "unsubscribed", "cleaned", "pending", "transactional", "archived"}
)
LONGEST = 300


def outcome_of_problem(problem: Mapping[str, Any]) -> Outcome:
    """What a problem document about one member means."""
    told = _sentence(problem)
    for code, title in (
        ("exists", "member exists"),
        ("opted_out", "member in compliance state"),
        ("forgotten", "forgotten email not subscribed"),
        ("gone", "resource not found"),
    ):
        if str(problem.get("title", "")).casefold() == title:
            return Outcome(code, told)  # type: ignore[arg-type]
    return _of_sentence(told)


def outcome_of_batch(error: Mapping[str, Any]) -> Outcome:
    """What one of a batch's errors means."""
    told = str(error.get("error") or error.get("field_message") or "")[:LONGEST]
    if error.get("error_code") == "ERROR_CONTACT_EXISTS":
        return Outcome("exists", told)
    return _of_sentence(told)


def _sentence(problem: Mapping[str, Any]) -> str:
    parts = [str(problem.get("detail") or problem.get("title") or "")]
    for error in problem.get("errors") or []:
        if isinstance(error, Mapping):
            parts.append(f"{error.get('field', '')}: {error.get('message', '')}".strip(": "))
    return " ".join(part for part in parts if part)[:LONGEST]


SENTENCES = (
    (r"already a list member", "exists"),
    (r"compliance state|has unsubscribed|previously unsubscribed", "opted_out"),
    (r"permanently deleted|cannot be re-?imported|forgotten", "forgotten"),
    (r"a lot of lists very recently|not allowing more signups", "later"),
    (r"merge fields? (were|was) invalid|required|your merge fields", "fields"),
    (r"fake or invalid|valid email|real email address|invalid email|role-based", "invalid"),
)


def _of_sentence(told: str) -> Outcome:
    for pattern, code in SENTENCES:
        if re.search(pattern, told, re.IGNORECASE):
            return Outcome(code, told)  # type: ignore[arg-type]
    return Outcome("other", told)
