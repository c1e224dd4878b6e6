"""What all operations share in the OpenAPI document: headers, errors, the shape of an ETag."""

from __future__ import annotations

from typing import Any

from cadans.api.problems import PROBLEM_JSON, TITLES, Problem

KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 255, "pattern": "^[\\x21-\\x7e]{1,255}$"},
    "description": "Sent twice with the same body, the request is carried out once (24 hours).",
}
MATCH_PARAMETER = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The ETag that was read; 412 when somebody changed the thing since.",
}
EVERYWHERE = (401, 403, 404, 422, 429)
WITH_BODY = (400, 413, 415)


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """The document with the shared parts added."""
    schemas = document["components"]["schemas"]
    shape = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= shape.pop("$defs", {})
    schemas["Problem"] = shape
    for operations in document["paths"].values():
        for method, operation in operations.items():
            _complete(method, operation)
    return document


def _complete(method: str, operation: dict[str, Any]) -> None:
    statuses = [*EVERYWHERE]
    parameters = operation.setdefault("parameters", [])
    if "requestBody" in operation:
        statuses += WITH_BODY
    if method == "post":
        parameters.append(KEY_PARAMETER)
        statuses += [400, 409]
    if method in {"patch", "put", "delete"}:
        parameters.append(MATCH_PARAMETER)
        statuses += [409, 412]
    for status in sorted(set(statuses)):
        operation["responses"].setdefault(
            status,
            {
                "description": TITLES[status],
                "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        )
