"""What the tests of the designer's pages share: where it is, what a page sends, what is kept."""

from typing import Any

from django.test import Client

from cadans.playbooks.queries import draft_of
from cadans.process.design import StageDesign
from cadans.process.models import Pipeline

DESIGNER = "/process/new-customers/"
HTMX: Any = {"headers": {"HX-Request": "true", "HX-Target": "designer"}}
PANEL: Any = {"headers": {"HX-Request": "true", "HX-Target": "drawer-body"}}


def pipeline() -> Pipeline:
    """The cast's pipeline, as it is kept now."""
    return Pipeline.objects.get(key="new-customers")


def stage(key: str = "new") -> StageDesign:
    """A stage of the draft, as it is kept now."""
    return draft_of(pipeline()).stage(key)


def post(client: Client, path: str, **data: Any) -> Any:
    """The answer of the designer to an edit on a page that is not out of date."""
    data.setdefault("revision", pipeline().draft_revision)
    return client.post(f"{DESIGNER}{path}", data, **HTMX)
