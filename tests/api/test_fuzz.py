"""Whatever is sent, the API answers by its own document and never with a mistake of ours."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import booleans
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from cadans.api.v1 import api
from tests.api.program import ROOT, Program
from tests.world import World

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 5

schema = schemathesis.openapi.from_dict(api.get_openapi_schema(path_prefix=f"{ROOT}/"))
OPERATIONS = [found.ok() for found in schema.get_all_operations()]


@pytest.mark.parametrize("operation", OPERATIONS, ids=[one.label for one in OPERATIONS])
def test_every_operation_answers_by_the_document(world: World, operation: Any) -> None:
    lead = world.lead("Bakkerij Zon", external_id="z1")
    token = Program(world.admin).token
    known = {
        "lead": lead.id,
        "task": world.task(lead, "look_up").id,
        "person": lead.parts.get().person_id,
        "company": lead.company_id,
        "pipeline": "new-customers",
        "goal": "reached",
        "metric": "funnel",
        "product": world.pump.id if world.pump else "",
        "source": world.website.id if world.website else "",
        "reason": world.too_expensive.id if world.too_expensive else "",
        "user": world.anna.id,
        "team": world.team.id,
    }

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), there=booleans())
    def ask(case: Any, there: bool) -> None:
        if there:
            case.path_parameters = {
                name: str(known.get(name, value))
                for name, value in (case.path_parameters or {}).items()
            }
        case.validate_response(send(case, token), checks=CHECKS)

    ask()


def send(case: Any, token: str) -> schemathesis.Response:
    """Send a made-up request to the product, in this process."""
    asked = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
    headers = {name: text(value) for name, value in asked.headers.items()}
    media = headers.pop("Content-Type", "application/octet-stream")
    headers.pop("Content-Length", None)
    answered = Client(raise_request_exception=False).generic(
        asked.method or "GET",
        (asked.url or "").removeprefix("http://testserver"),
        data=asked.body or b"",
        content_type=media,
        headers={**headers, "Authorization": f"Bearer {token}"},
    )
    return schemathesis.Response(
        status_code=answered.status_code,
        headers={name: [value] for name, value in answered.items()},
        content=answered.content,
        request=asked,
        elapsed=0.0,
        verify=True,
    )


def text(value: str | bytes) -> str:
    """A header's value as text."""
    return value.decode("latin-1") if isinstance(value, bytes) else value
