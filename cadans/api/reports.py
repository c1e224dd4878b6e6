"""/reports/{metric}: the figures of the pages, for programs."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, ConfigDict, Field

from cadans.api.answers import answer
from cadans.api.auth import ApiRequest
from cadans.api.schemas.kinds import Key
from cadans.ground.errors import Invalid
from cadans.insight.filters import read_filters
from cadans.insight.reports import report, span_of

router = Router(tags=["reports"])


class ReportQuestion(BaseModel):
    """The period, the filters, the breakdown."""

    since: Key | None = Field(default=None, alias="from", description="a date, or `all`")
    until: Key | None = Field(default=None, alias="to", description="the first day not counted")
    by: Key | None = None
    pipeline: Key | None = None
    version: Key | None = None
    owner: Key | None = None
    team: Key | None = None
    territory: Key | None = None
    product: Key | None = None
    product_line: Key | None = None
    source: Key | None = None
    currency: Key | None = None
    against: Key | None = Field(default=None, description="impact: the version to compare with")
    against_from: Key | None = Field(default=None, description="impact: a period to compare with")
    against_to: Key | None = Field(default=None, description="its first day not counted")


class Report(BaseModel):
    """A metric's figures; every rate as value, numerator, denominator and interval."""

    model_config = ConfigDict(extra="allow")

    metric: str
    period: dict[str, Any]
    filters: dict[str, Any]
    total: dict[str, Any]
    rows: list[dict[str, Any]]


@router.get("/{metric}", response=Report)
def show_report(
    request: ApiRequest, metric: str, question: Annotated[ReportQuestion, Query()]
) -> HttpResponse:
    """A metric over a period, over the leads that the token's user may see."""
    try:
        asked = question.model_dump(by_alias=True, exclude_none=True)
        filters = read_filters(asked, span=span_of(metric))
        figures = report(metric, filters, request.auth.user)
    except Invalid as error:
        error.pointer = f"?{error.pointer.removeprefix('/')}"
        raise
    return answer(Report(**figures))
